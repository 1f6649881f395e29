"""The statement: filters, the balance after each line, and the file for spreadsheets."""

import csv
import io
import re
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from tests.conftest import Customer, NewCustomer
from wallet import export, ledger, statement
from wallet.models import Transfer, Unit
from wallet.statement import Filters, Line


@pytest.fixture
def browser(alice: Customer) -> Client:
    """Alice's, signed in."""
    client = Client()
    client.force_login(alice.user)
    return client


def credit(customer: Customer, amount: int, memo: str = "", unit: Unit = Unit.USD) -> None:
    ledger.credit_by_staff(customer.account, unit, amount, f"test:{uuid.uuid4()}", memo)


def spend(customer: Customer, memo: str = "1k") -> None:
    hold = ledger.reserve(customer.account.pk, 30_000, f"test:{uuid.uuid4()}")
    ledger.post(hold.hold_id, memo=memo)


def everything(customer: Customer, filters: Filters = statement.EVERYTHING) -> list[Line]:
    """All pages, one after another."""
    found, cursor = statement.lines(customer.account, None, filters)
    while cursor is not None:
        page, cursor = statement.lines(customer.account, cursor, filters)
        found += page
    return found


def file(browser: Client, query: str = "") -> list[dict[str, str]]:
    answer: Any = browser.get(f"/wallet/statement.csv{query}")
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode()
    return list(csv.DictReader(io.StringIO(text)))


def memos(answer: Any) -> list[str]:
    return re.findall(r'class="statement__memo">([^<]*)<', answer.content.decode())


def test_each_line_has_the_balance_after_it(new_customer: NewCustomer) -> None:
    customer = new_customer("runs", credit_micros=10_000_000)
    for number in range(40):
        credit(customer, 1_000_000 + number)
        credit(customer, 2, unit=Unit.IMAGE)
        spend(customer)
    expected: dict[str, int] = {Unit.USD: 0, Unit.IMAGE: 0}
    lines = everything(customer)
    assert len(lines) > 3 * statement.LINES_PER_PAGE
    for line in reversed(lines):
        expected[line.unit] += line.change
        assert line.balance_after == expected[line.unit]
    wallet = statement.summary(customer.account)
    assert (expected["usd"], expected["image"]) == (wallet.balance_micros, wallet.trials_balance)
    assert [line.id for line in lines] == sorted((line.id for line in lines), reverse=True)
    # What is left out by a filter still moved the balance.
    balances = {line.id: line.balance_after for line in lines}
    charges = everything(customer, Filters(kind="charge"))
    assert len(charges) == 40
    assert {line.id: line.balance_after for line in charges}.items() <= balances.items()
    assert list(statement.all_lines(customer.account, statement.EVERYTHING)) == lines


def test_it_is_filtered_by_kind(browser: Client, alice: Customer) -> None:
    spend(alice, "a charge")
    credit(alice, 1, "a gift")
    assert memos(browser.get("/wallet?kind=charge")) == ["a charge"]
    assert "a charge" not in memos(browser.get("/wallet?kind=staff_credit"))
    assert "No movements match" in browser.get("/wallet?kind=refund").content.decode()


@pytest.fixture
def dated(new_customer: NewCustomer) -> Iterator[Customer]:
    """A customer with a line on each edge of two days of March; it never really happened."""
    customer = new_customer("days")
    other = Transfer.objects.filter(kind="staff_debit", debit__account=customer.account)[0]
    first = datetime(2026, 3, 1, 23, 59, 59, 999_999, tzinfo=UTC)
    tick = timedelta(microseconds=1)
    with transaction.atomic():
        for moment in (first, first + tick, first + timedelta(days=2), first + timedelta(2) + tick):
            Transfer.objects.create(
                debit=other.credit,
                credit=other.debit,
                amount=1,
                kind="staff_credit",
                reference=f"test:{uuid.uuid4()}",
                memo=f"{moment:%m-%d}",
                created_at=moment,
            )
        yield customer
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (date(2026, 3, 2), date(2026, 3, 3), ["03-03", "03-02"]),
        (None, date(2026, 3, 1), ["03-01"]),
        (date(2026, 3, 4), None, ["03-04"]),
        (date(2026, 3, 3), date(2026, 3, 2), []),
        (date.min, date.max, ["03-04", "03-03", "03-02", "03-01"]),
    ],
)
def test_days_are_whole_and_included(
    since: date | None, until: date | None, expected: list[str], dated: Customer
) -> None:
    lines = everything(dated, Filters("staff_credit", since, until))
    assert [line.memo for line in lines if line.created_at.month == 3] == expected


def test_paging_keeps_the_filters(browser: Client, alice: Customer) -> None:
    for number in range(35):
        credit(alice, 1, f"gift {number}")
        credit(alice, 1, unit=Unit.IMAGE)
        spend(alice, f"charge {number}")
    path = f"/wallet?kind=charge&since=2020-01-01&until={timezone.now():%Y-%m-%d}"
    first = browser.get(path)
    link = re.search(r'hx-get="([^"]+)"', first.content.decode())
    assert link
    older = browser.get(unescape(link[1]), headers={"HX-Request": "true"})
    assert memos(first) + memos(older) == [f"charge {number}" for number in reversed(range(35))]
    # The file is the whole of it, not a page.
    shown = file(browser, path.removeprefix("/wallet"))
    assert [row["memo"] for row in shown] == memos(first) + memos(older)


@pytest.mark.parametrize(
    "query",
    [
        "kind=nonsense",
        "kind=charge'--",
        "kind=%00",
        "since=yesterday&until=2026-13-45",
        "since=0001-01-01&until=9999-12-31",
        "since=2026-01-01T00:00",
        "until=" + "9" * 400,
    ],
)
def test_an_invented_filter_does_no_harm(query: str, browser: Client) -> None:
    assert browser.get(f"/wallet?{query}").status_code == 200
    assert file(browser, f"?{query}")


def test_the_file_is_for_machines(browser: Client, alice: Customer) -> None:
    spend(alice, "1k, 1024×1024")
    credit(alice, 5, "five", Unit.IMAGE)
    credit(alice, 1_234_567_890_001, "much")
    answer: Any = browser.get("/wallet/statement.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(
        r'attachment; filename="sharkapi-statement-\d{4}-\d\d-\d\d.csv"',
        answer.headers["Content-Disposition"],
    )
    assert answer.streaming
    rows = file(browser)
    assert tuple(rows[0]) == export.COLUMNS
    much, five, charge = rows[:3]
    assert (much["unit"], much["amount"]) == ("usd", "1234567.890001")
    assert much["balance after"] == "1234577.860001"
    assert (five["unit"], five["amount"], five["balance after"]) == ("image", "5", "5")
    assert (charge["amount"], charge["balance after"]) == ("-0.03", "9.97")
    assert (charge["kind"], charge["memo"]) == ("Image", "1k, 1024×1024")
    assert datetime.fromisoformat(much["time"]).tzinfo is not None
    assert much["reference"].startswith("test:")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_is_a_formula(start: str, browser: Client, alice: Customer) -> None:
    memo = f'{start}HYPERLINK("http://evil.example","x"),\n"'
    credit(alice, 1, memo)
    spend(alice, memo)
    for row in file(browser)[:2]:
        assert row["memo"] == f"'{memo}"
        float(row["amount"])
        float(row["balance after"])


def test_the_file_is_its_owners_alone(browser: Client, bob: Customer) -> None:
    credit(bob, 1, "for bob alone")
    assert "for bob alone" not in [row["memo"] for row in file(browser)]
    answer = Client().get("/wallet/statement.csv")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/accounts/login/")


def test_a_long_statement_is_not_held_in_memory(alice: Customer) -> None:
    """The file begins before its last line is read, from a cursor that the database keeps."""
    for _ in range(20):
        credit(alice, 1)
    lines = statement.all_lines(alice.account, statement.EVERYTHING)
    assert next(lines).change == 1
    credit(alice, 7)
    assert 7 not in [line.change for line in lines]
