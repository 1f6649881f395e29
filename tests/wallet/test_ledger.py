"""The ledger's promises one by one: what moves, what does not, and that nothing moves twice."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Account
from tests.conftest import Customer, NewCustomer
from wallet import ledger
from wallet.models import Book, Hold, Transfer, Unit
from wallet.statement import summary

PRICE = 30_000
CENT = 10_000


def reference() -> str:
    return f"test:{uuid.uuid4()}"


def state(customer: Customer) -> tuple[int, int, int, int]:
    """Balance and held in micro-dollars, balance and held in images."""
    books = summary(customer.account)
    return books.balance_micros, books.held_micros, books.trials_balance, books.trials_held


def reserve(customer: Customer, price_micros: int = PRICE) -> ledger.Reservation:
    return ledger.reserve(customer.account.pk, price_micros, reference())


def test_free_images_are_reserved_before_money(new_customer: NewCustomer) -> None:
    customer = new_customer(credit_micros=PRICE, trials=1)
    first, second = reserve(customer), reserve(customer)
    assert (first.unit, first.amount) == ("image", 1)
    assert (second.unit, second.amount) == ("usd", PRICE)
    assert state(customer) == (PRICE, PRICE, 1, 1)
    with pytest.raises(ledger.InsufficientBalance):
        reserve(customer)


def test_the_last_cent_can_be_reserved_and_not_one_millionth_more(
    new_customer: NewCustomer,
) -> None:
    customer = new_customer(credit_micros=PRICE)
    with pytest.raises(ledger.InsufficientBalance):
        reserve(customer, PRICE + 1)
    assert state(customer) == (PRICE, 0, 0, 0)
    reserve(customer, PRICE)
    with pytest.raises(ledger.InsufficientBalance):
        reserve(customer, 1)


def test_a_refused_reservation_leaves_no_hold(new_customer: NewCustomer) -> None:
    name = reference()
    with pytest.raises(ledger.InsufficientBalance):
        ledger.reserve(new_customer().account.pk, PRICE, name)
    assert not Hold.objects.filter(reference=name).exists()


def test_a_reservation_needs_a_new_reference(alice: Customer) -> None:
    name = reference()
    ledger.reserve(alice.account.pk, PRICE, name)
    with pytest.raises(IntegrityError, match="reference"), transaction.atomic():
        ledger.reserve(alice.account.pk, PRICE, name)
    assert state(alice)[1] == PRICE


def test_nothing_is_free_of_charge(alice: Customer) -> None:
    for price in (0, -1):
        with pytest.raises(AssertionError):
            reserve(alice, price)


def test_an_account_without_books_affords_nothing(database: None) -> None:
    account = Account.objects.create(name="no books")
    with pytest.raises(ledger.InsufficientBalance):
        ledger.reserve(account.pk, PRICE, reference())


def test_a_reservation_rolled_back_never_was(alice: Customer) -> None:
    with transaction.atomic():
        reserve(alice)
        transaction.set_rollback(True)
    assert state(alice) == (10_000_000, 0, 0, 0)


def test_posting_charges_the_hold_into_revenue(alice: Customer) -> None:
    hold = Hold.objects.get(pk=reserve(alice).hold_id)
    ledger.post(hold.pk, memo="1k, 1024×1024")
    hold.refresh_from_db()
    assert state(alice) == (10_000_000 - PRICE, 0, 0, 0)
    assert (hold.status, hold.resolved_at is None) == ("posted", False)
    charge = hold.transfer
    assert charge is not None
    assert (charge.kind, charge.amount, charge.memo) == ("charge", PRICE, "1k, 1024×1024")
    assert charge.reference == hold.reference
    assert charge.debit.account == alice.account
    assert (charge.credit.kind, charge.credit.unit, charge.credit.account) == (
        "revenue",
        "usd",
        None,
    )


def test_posting_a_free_image_charges_no_money(new_customer: NewCustomer) -> None:
    customer = new_customer(credit_micros=PRICE, trials=2)
    hold = reserve(customer)
    ledger.post(hold.hold_id)
    assert state(customer) == (PRICE, 0, 1, 0)
    assert Hold.objects.get(pk=hold.hold_id).transfer.credit.unit == "image"  # type: ignore[union-attr]  # Posted just now.


def test_an_endless_memo_is_cut(alice: Customer) -> None:
    hold = reserve(alice)
    ledger.post(hold.hold_id, memo="×" * 501)
    assert Transfer.objects.get(hold=hold.hold_id).memo == "×" * 500


def test_voiding_gives_the_reserved_amount_back(new_customer: NewCustomer) -> None:
    customer = new_customer(credit_micros=PRICE, trials=1)
    trial, money = reserve(customer), reserve(customer)
    ledger.void(trial.hold_id)
    ledger.void(money.hold_id)
    assert state(customer) == (PRICE, 0, 1, 0)
    assert not Transfer.objects.filter(hold__in=[trial.hold_id, money.hold_id]).exists()


@pytest.mark.parametrize("first", [ledger.post, ledger.void])
@pytest.mark.parametrize("second", [ledger.post, ledger.void])
def test_a_hold_is_resolved_once(first: object, second: object, alice: Customer) -> None:
    assert callable(first)
    assert callable(second)
    hold = reserve(alice)
    reserve(alice)
    first(hold.hold_id)
    before = state(alice)
    with pytest.raises(ledger.HoldResolved):
        second(hold.hold_id)
    assert state(alice) == before


def test_an_unknown_hold_resolves_to_nothing(database: None) -> None:
    for resolve in (ledger.post, ledger.void):
        with pytest.raises(ledger.HoldResolved):
            resolve(2**62)


def test_a_reference_credits_once(alice: Customer) -> None:
    name = reference()
    assert ledger.credit_by_staff(alice.account, Unit.USD, CENT, name, "a gift") is True
    assert ledger.credit_by_staff(alice.account, Unit.USD, CENT, name, "a gift") is False
    assert state(alice)[0] == 10_000_000 + CENT
    assert Transfer.objects.filter(reference=name).count() == 1


def test_a_reference_debits_once(alice: Customer) -> None:
    name = reference()
    assert ledger.debit_by_staff(alice.account, Unit.USD, CENT, name, "a fee") is True
    assert ledger.debit_by_staff(alice.account, Unit.USD, CENT, name, "a fee") is False
    assert state(alice)[0] == 10_000_000 - CENT


def test_a_reference_grants_free_images_once(alice: Customer) -> None:
    name = reference()
    assert ledger.grant_trials(alice.account, 2, name, "welcome") is True
    assert ledger.grant_trials(alice.account, 2, name, "welcome") is False
    assert state(alice)[2] == 2


def test_a_reference_cannot_name_another_movement(alice: Customer, bob: Customer) -> None:
    name = reference()
    ledger.credit_by_staff(alice.account, Unit.USD, 5, name, "")
    before = state(alice), state(bob)
    for customer, unit, amount in [(alice, "usd", 6), (bob, "usd", 5), (alice, "image", 5)]:
        with pytest.raises(ledger.ReferenceReused):
            ledger.credit_by_staff(customer.account, Unit(unit), amount, name, "")
    assert (state(alice), state(bob)) == before


def test_each_kind_of_movement_has_references_of_its_own(alice: Customer) -> None:
    name = reference()
    assert ledger.credit_by_staff(alice.account, Unit.USD, 5, name, "")
    assert ledger.debit_by_staff(alice.account, Unit.USD, 5, name, "")
    assert state(alice)[0] == 10_000_000


def test_no_movement_of_nothing(alice: Customer) -> None:
    for move in (ledger.credit_by_staff, ledger.debit_by_staff):
        for amount in (0, -1):
            with pytest.raises(AssertionError):
                move(alice.account, Unit.USD, amount, reference(), "")


def test_what_is_reserved_cannot_be_debited(new_customer: NewCustomer) -> None:
    customer = new_customer(credit_micros=3 * PRICE)
    reserve(customer)
    name = reference()
    with pytest.raises(ledger.InsufficientBalance):
        ledger.debit_by_staff(customer.account, Unit.USD, 2 * PRICE + 1, name, "")
    assert state(customer) == (3 * PRICE, PRICE, 0, 0)
    # A refusal does not use the reference up.
    assert ledger.debit_by_staff(customer.account, Unit.USD, 2 * PRICE, name, "")
    assert state(customer) == (PRICE, PRICE, 0, 0)


def test_a_refused_debit_leaves_the_outer_transaction_usable(alice: Customer) -> None:
    with transaction.atomic():
        with pytest.raises(ledger.InsufficientBalance):
            ledger.debit_by_staff(alice.account, Unit.USD, 10_000_001, reference(), "")
        ledger.debit_by_staff(alice.account, Unit.USD, 1, reference(), "")
    assert state(alice)[0] == 9_999_999


def test_house_books_keep_no_balance(alice: Customer) -> None:
    ledger.post(reserve(alice).hold_id)
    house = Book.objects.filter(account=None)
    assert set(house.values_list("balance", "held")) == {(0, 0)}


def indebt(customer: Customer, owed_micros: int) -> None:
    """A refund of more than there is."""
    book = Book.objects.get(account=customer.account, unit=Unit.USD)
    refund(customer, book.balance + owed_micros)


def refund(customer: Customer, amount_micros: int) -> None:
    kind = Transfer.Kind.REFUND
    assert ledger.take_back(customer.account, amount_micros, kind, reference(), "a refund")


def test_debt_blocks_everything_and_is_repaid_first(new_customer: NewCustomer) -> None:
    customer = new_customer(credit_micros=PRICE, trials=1)
    indebt(customer, 2 * PRICE)
    assert state(customer) == (-2 * PRICE, 0, 1, 0)
    assert not summary(customer.account).affords(PRICE)
    with pytest.raises(ledger.InsufficientBalance):
        reserve(customer)
    ledger.credit_by_staff(customer.account, Unit.USD, 2 * PRICE - 1, reference(), "")
    with pytest.raises(ledger.InsufficientBalance):
        reserve(customer)
    ledger.credit_by_staff(customer.account, Unit.USD, 1, reference(), "")
    assert reserve(customer).unit == "image"


def test_jobs_under_way_can_end_in_debt(new_customer: NewCustomer) -> None:
    customer = new_customer(credit_micros=2 * PRICE)
    kept, lost = reserve(customer), reserve(customer)
    # The refund takes what is reserved, too.
    refund(customer, 2 * PRICE)
    ledger.post(kept.hold_id)
    ledger.void(lost.hold_id)
    assert state(customer) == (-PRICE, 0, 0, 0)


def test_debt_is_as_deep_as_it_must_be_and_no_deeper(new_customer: NewCustomer) -> None:
    customer = new_customer(credit_micros=PRICE)
    indebt(customer, 3 * PRICE)
    book = Book.objects.get(account=customer.account, unit=Unit.USD)
    assert (book.balance, book.debt_limit) == (-3 * PRICE, 3 * PRICE)
    ledger.credit_payment(customer.account, 2 * PRICE, reference(), "")
    book.refresh_from_db()
    assert (book.balance, book.debt_limit) == (-PRICE, PRICE)
    with pytest.raises(ledger.InsufficientBalance):
        ledger.debit_by_staff(customer.account, Unit.USD, 1, reference(), "")
    ledger.credit_payment(customer.account, 2 * PRICE, reference(), "")
    book.refresh_from_db()
    assert (book.balance, book.debt_limit) == (PRICE, 0)


def test_a_debt_limit_is_no_credit_line(new_customer: NewCustomer) -> None:
    customer = new_customer(credit_micros=PRICE)
    Book.objects.filter(account=customer.account).update(debt_limit=10 * PRICE)
    reserve(customer)
    with pytest.raises(ledger.InsufficientBalance):
        reserve(customer)
