"""A limit's promises one by one: what counts under it, in which month, and what it refuses."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from tests.conftest import Customer, NewCustomer
from tests.wallet.test_audit import behind_its_back, drift
from wallet import ledger
from wallet.audit import drifts
from wallet.ledger.budgets import this_month
from wallet.models import Budget, Hold
from wallet.statement import Summary, summary

PRICE = 30_000


def reference() -> str:
    return f"test:{uuid.uuid4()}"


@pytest.fixture
def name() -> str:
    """A name that nothing counts under yet."""
    return f"test:{uuid.uuid4()}"


def reserve(customer: Customer, name: str, limit_micros: int) -> ledger.Reservation:
    limit = ledger.Limit(name, limit_micros)
    return ledger.reserve(customer.account.pk, PRICE, reference(), limit=limit)


def counted(name: str, month: date | None = None) -> tuple[int, int]:
    """Held and spent of the month, this one unless told."""
    budget = Budget.objects.get(name=name, month=month or this_month())
    return budget.held, budget.spent


def test_what_is_reserved_charged_and_given_back_counts(alice: Customer, name: str) -> None:
    charged, returned, _ = (reserve(alice, name, 3 * PRICE) for _ in range(3))
    assert counted(name) == (3 * PRICE, 0)
    ledger.post(charged.hold_id)
    assert counted(name) == (2 * PRICE, PRICE)
    ledger.void(returned.hold_id)
    assert counted(name) == (PRICE, PRICE)
    assert ledger.used([name, "nobody's"]) == {name: 2 * PRICE}


def test_the_last_millionth_is_allowed_and_not_one_more(alice: Customer, name: str) -> None:
    first = reserve(alice, name, 2 * PRICE - 1)
    with pytest.raises(ledger.LimitReached):
        reserve(alice, name, 2 * PRICE - 1)
    reserve(alice, name, 2 * PRICE)
    # What is charged counts as what is reserved did.
    ledger.post(first.hold_id)
    with pytest.raises(ledger.LimitReached):
        reserve(alice, name, 2 * PRICE)


def test_what_is_given_back_can_be_spent_again(alice: Customer, name: str) -> None:
    ledger.void(reserve(alice, name, PRICE).hold_id)
    reserve(alice, name, PRICE)


def test_a_price_above_the_limit_is_refused_at_once(alice: Customer, name: str) -> None:
    with pytest.raises(ledger.LimitReached):
        reserve(alice, name, PRICE - 1)
    assert not Budget.objects.filter(name=name).exists()


def test_nothing_moves_when_the_limit_is_reached(alice: Customer, name: str) -> None:
    reserve(alice, name, PRICE)
    holds = Hold.objects.filter(book__account=alice.account)
    with pytest.raises(ledger.LimitReached):
        reserve(alice, name, PRICE)
    assert summary(alice.account) == Summary(10_000_000, PRICE, 0, 0)
    assert (holds.count(), counted(name)) == (1, (PRICE, 0))


def test_too_little_money_is_said_to_be_that(new_customer: NewCustomer, name: str) -> None:
    poor = new_customer(credit_micros=PRICE)
    reserve(poor, name, 10 * PRICE)
    with pytest.raises(ledger.InsufficientBalance):
        reserve(poor, name, 10 * PRICE)
    assert counted(name) == (PRICE, 0)


def test_free_images_count_nothing(new_customer: NewCustomer, name: str) -> None:
    customer = new_customer(credit_micros=PRICE, trials=2)
    # Not even where the limit is lower than the price.
    free = [reserve(customer, name, 1) for _ in range(2)]
    assert [each.unit for each in free] == ["image", "image"]
    ledger.post(free[0].hold_id)
    ledger.void(free[1].hold_id)
    assert not Budget.objects.filter(name=name).exists()
    assert reserve(customer, name, 1).unit == "image"
    with pytest.raises(ledger.LimitReached):
        reserve(customer, name, 1)


def test_names_have_limits_of_their_own(alice: Customer, name: str) -> None:
    reserve(alice, name, PRICE)
    reserve(alice, f"{name} other", PRICE)
    ledger.reserve(alice.account.pk, PRICE, reference())
    assert counted(name) == counted(f"{name} other") == (PRICE, 0)


def test_a_reservation_rolled_back_was_not_counted(alice: Customer, name: str) -> None:
    with transaction.atomic():
        reserve(alice, name, PRICE)
        transaction.set_rollback(True)
    reserve(alice, name, PRICE)


def last_month() -> date:
    return (this_month() - timedelta(days=1)).replace(day=1)


def turn_the_month(name: str) -> None:
    """All that counts under the name happened in the month before."""
    holds = "UPDATE wallet_hold SET created_at = %s WHERE budget_id IN (SELECT id FROM {})"
    budget = Budget.objects.get(name=name)
    with connection.cursor() as cursor:
        cursor.execute(
            holds.format("wallet_budget WHERE name = %s"), [f"{last_month()} 12:00Z", name]
        )
    Budget.objects.filter(pk=budget.pk).update(month=last_month())


def test_a_new_month_begins_with_nothing_spent(alice: Customer, name: str) -> None:
    late, never = reserve(alice, name, 2 * PRICE), reserve(alice, name, 2 * PRICE)
    turn_the_month(name)
    reserve(alice, name, PRICE)
    # What the old month left open ends there.
    ledger.post(late.hold_id)
    ledger.void(never.hold_id)
    assert counted(name, last_month()) == (0, PRICE)
    assert counted(name) == (PRICE, 0)
    with pytest.raises(ledger.LimitReached):
        reserve(alice, name, PRICE)
    assert drifts() == []


OWN = "SELECT id FROM wallet_hold WHERE reference LIKE %(like)s"


def test_what_was_made_without_a_limit_is_counted_later(alice: Customer, name: str) -> None:
    own = uuid.uuid4().hex

    def unlimited() -> int:
        return ledger.reserve(alice.account.pk, PRICE, f"{own}:{uuid.uuid4()}").hold_id

    charged, returned, open_one, old = (unlimited() for _ in range(4))
    ledger.post(charged)
    ledger.void(returned)
    with connection.cursor() as cursor:
        statement = "UPDATE wallet_hold SET created_at = %s WHERE id = %s"
        cursor.execute(statement, [f"{last_month()} 12:00Z", old])
    # Again is no more.
    for _ in range(2):
        ledger.count(name, OWN, {"like": f"{own}:%"})
        assert counted(name) == (PRICE, PRICE)
    ledger.post(open_one)
    ledger.void(old)
    ledger.post(unlimited())
    unlimited()
    ledger.count(name, OWN, {"like": f"{own}:%"})
    assert counted(name) == (PRICE, 3 * PRICE)
    with pytest.raises(ledger.LimitReached):
        reserve(alice, name, 4 * PRICE)
    assert drifts() == []


def test_free_images_are_not_counted_later_either(new_customer: NewCustomer, name: str) -> None:
    customer, own = new_customer(trials=1), uuid.uuid4().hex
    ledger.reserve(customer.account.pk, PRICE, own)
    ledger.count(name, OWN, {"like": own})
    assert not Budget.objects.filter(name=name).exists()


@pytest.mark.parametrize("column", ["held", "spent"])
def test_the_audit_finds_a_wrong_count(column: str, alice: Customer, name: str) -> None:
    ledger.post(reserve(alice, name, 2 * PRICE).hold_id)
    reserve(alice, name, 2 * PRICE)
    budget = Budget.objects.get(name=name)
    change = f"UPDATE wallet_budget SET {column} = {column} {{}} 7 WHERE id = %s"
    with drift(change.format("+"), change.format("-"), budget.pk):
        (found,) = drifts()
    month = f"{this_month():%Y-%m}"
    should, wrong = PRICE, PRICE + 7
    assert str(found) == f"{column} of budget {name} of {month} is {wrong}, should be {should}"


def test_the_audit_finds_a_hold_that_left_its_budget(alice: Customer, name: str) -> None:
    hold_id = reserve(alice, name, PRICE).hold_id
    budget = Budget.objects.get(name=name)
    leave = "UPDATE wallet_hold SET budget_id = NULL WHERE id = %s"
    with drift(leave, leave.replace("NULL", str(budget.pk)), hold_id):
        (found,) = drifts()
    assert (found.expected, found.found) == (0, PRICE)


def test_the_audit_finds_a_hold_in_another_month(alice: Customer, name: str) -> None:
    hold_id = reserve(alice, name, PRICE).hold_id
    hold = Hold.objects.get(pk=hold_id)
    behind_its_back("UPDATE wallet_hold SET created_at = '2026-01-15Z' WHERE id = %s", hold_id)
    found = drifts()
    restore = f"UPDATE wallet_hold SET created_at = '{hold.created_at}' WHERE id = %s"
    behind_its_back(restore, hold_id)
    assert [(each.book_id, each.expected) for each in found] == [(hold.book_id, 202601)]


def test_the_audit_finds_a_free_image_that_counts(new_customer: NewCustomer, name: str) -> None:
    customer = new_customer(credit_micros=PRICE, trials=1)
    free = reserve(customer, name, PRICE)
    reserve(customer, name, PRICE)
    budget = Budget.objects.get(name=name)
    join = f"UPDATE wallet_hold SET budget_id = {budget.pk} WHERE id = %s"
    with drift(join, join.replace(str(budget.pk), "NULL"), free.hold_id):
        assert len(drifts()) == 2
