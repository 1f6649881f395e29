"""Staff credit and debit through the ledger, each time once, and touch nothing of it by hand."""

import uuid
from collections.abc import Iterator

import httpx
import pytest

from accounts.models import User
from tests.conftest import Customer
from tests.visitor import Visitor, field
from wallet import ledger
from wallet.models import Book, Hold, Transfer, Unit
from wallet.statement import Summary, summary


@pytest.fixture
def clerk(site: str, staff: User) -> Iterator[Visitor]:
    """Staff who may do everything, signed in."""
    with Visitor(site) as visitor:
        visitor.sign_in(staff.email)
        yield visitor


class Form:
    """The page by which staff move money or images of one book."""

    def __init__(self, clerk: Visitor, customer: Customer, unit: Unit = Unit.USD) -> None:
        self.clerk = clerk
        self.book = Book.objects.get(account=customer.account, unit=unit)
        self.path = f"/admin/wallet/book/{self.book.pk}/adjust/"
        self.page = clerk.get(self.path)
        assert self.page.status_code == 200
        self.reference = field(self.page, "reference")

    def send(self, direction: str, amount: str, reason: str = "a gift") -> httpx.Response:
        data: dict[str, object] = {"direction": direction, "amount": amount, "reason": reason}
        return self.clerk.post(self.path, {**data, "reference": self.reference})


def test_a_credit_is_on_the_statement_with_its_reason(
    clerk: Visitor, staff: User, alice: Customer, site: str
) -> None:
    form = Form(clerk, alice)
    assert "$10.00 now" in form.page.text
    assert form.send("credit", "2.50", "sorry for the wait").status_code == 302
    assert summary(alice.account).balance_micros == 12_500_000
    transfer = Transfer.objects.filter(credit=form.book).latest("pk")
    assert (transfer.actor, transfer.memo) == (staff, "sorry for the wait")
    assert (transfer.kind, transfer.reference) == ("staff_credit", f"staff:{form.reference}")
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        assert "sorry for the wait" in visitor.get("/wallet").text
    assert "sorry for the wait" in clerk.get("/admin/wallet/transfer/").text


def test_images_are_moved_one_by_one(clerk: Visitor, alice: Customer) -> None:
    assert Form(clerk, alice, Unit.IMAGE).send("credit", "5").status_code == 302
    assert Form(clerk, alice, Unit.IMAGE).send("debit", "2").status_code == 302
    assert summary(alice.account) == Summary(10_000_000, 0, 3, 0)


@pytest.mark.parametrize("direction", ["credit", "debit"])
def test_sending_a_form_twice_moves_once(direction: str, clerk: Visitor, alice: Customer) -> None:
    form = Form(clerk, alice)
    assert form.send(direction, "1").status_code == 302
    assert form.send(direction, "1").status_code == 302
    assert "It had been done before" in clerk.get("/admin/wallet/book/").text
    moved = 1_000_000 if direction == "credit" else -1_000_000
    assert summary(alice.account).balance_micros == 10_000_000 + moved
    # The book's history tells of it once, too.
    assert clerk.get(f"/admin/wallet/book/{form.book.pk}/history/").text.count("$1.00.") == 1


def test_a_form_sent_again_with_another_amount_moves_nothing(
    clerk: Visitor, alice: Customer
) -> None:
    """The browser's back button brings the old form; it must say so instead of failing."""
    form = Form(clerk, alice)
    assert form.send("credit", "1").status_code == 302
    again = form.send("credit", "2")
    assert again.status_code == 200
    assert "used before" in again.text
    assert summary(alice.account).balance_micros == 11_000_000
    assert Form(clerk, alice).reference != form.reference


def test_no_more_is_taken_than_is_available(clerk: Visitor, alice: Customer) -> None:
    ledger.reserve(alice.account.pk, 30_000, f"test:{uuid.uuid4()}")
    form = Form(clerk, alice)
    refused = form.send("debit", "9.98")
    assert refused.status_code == 200
    assert "Nothing was moved" in refused.text
    assert summary(alice.account).balance_micros == 10_000_000
    # Corrected in the same form, it is taken.
    assert form.send("debit", "9.97").status_code == 302
    assert summary(alice.account) == Summary(30_000, 30_000, 0, 0)


BAD = ["", "0", "0.00", "-1", "1e1", "NaN", "1,5", "1.005", "１０", "9" * 10, "9" * 21, "1\x00"]


@pytest.mark.parametrize("unit", Unit)
@pytest.mark.parametrize("direction", ["credit", "debit", "give"])
def test_a_bad_amount_is_explained(
    unit: Unit, direction: str, clerk: Visitor, alice: Customer
) -> None:
    before = summary(alice.account)
    images = ["1.0", "1.5", "10001"] if unit == Unit.IMAGE else []
    amounts = ["1"] if direction == "give" else BAD + images
    for amount in amounts:
        page = Form(clerk, alice, unit).send(direction, amount)
        assert page.status_code == 200, amount
        assert "errorlist" in page.text, amount
    assert summary(alice.account) == before


@pytest.mark.parametrize("reason", ["", " ", "x" * 501])
def test_a_reason_is_needed(reason: str, clerk: Visitor, alice: Customer) -> None:
    assert "errorlist" in Form(clerk, alice).send("credit", "1", reason).text
    assert summary(alice.account).balance_micros == 10_000_000


def test_the_houses_books_are_not_adjusted(clerk: Visitor) -> None:
    house = Book.objects.filter(account=None)[0]
    for pk in (house.pk, 2**62, "9" * 30):
        assert clerk.get(f"/admin/wallet/book/{pk}/adjust/").status_code == 404


def test_nothing_of_the_ledger_is_written_by_hand(clerk: Visitor, alice: Customer) -> None:
    hold_id = ledger.reserve(alice.account.pk, 30_000, f"test:{uuid.uuid4()}").hold_id
    book = Book.objects.get(account=alice.account, unit=Unit.USD)
    transfer = Transfer.objects.get(credit=book)
    rows = {"book": book, "transfer": transfer, "hold": Hold.objects.get(pk=hold_id)}
    data: dict[str, object] = {"balance": "99999999", "held": "0", "amount": "1", "post": "yes"}
    data |= {"status": "voided", "debit_limit": "1", "_save": "Save", "memo": "by hand"}
    for model, row in rows.items():
        base = f"/admin/wallet/{model}/"
        for path in ("add/", f"{row.pk}/change/", f"{row.pk}/delete/"):
            assert clerk.post(f"{base}{path}", data).status_code == 403, f"{base}{path}"
        chosen = {"action": "delete_selected", "_selected_action": str(row.pk), "post": "yes"}
        clerk.post(base, {**data, **chosen})
        row.refresh_from_db()
    assert summary(alice.account) == Summary(10_000_000, 30_000, 0, 0)
    assert (transfer.amount, transfer.memo) == (10_000_000, "for the test")
