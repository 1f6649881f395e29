"""The audit finds every kind of drift and says so with its exit code; it is quiet when all is well.

Drift is impossible by the ledger, so it is made behind its back and repaired at once: the audit
at the session's end must find nothing.
"""

import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, transaction

from tests.conftest import CHECKOUT, Customer, process_environment
from wallet import ledger
from wallet.audit import drifts
from wallet.models import Book, Hold, Transfer, Unit


def behind_its_back(statement: str, *values: int) -> None:
    """Runs a statement as the database's owner could, with its triggers switched off."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)


@contextmanager
def drift(statement: str, repair: str, *values: int) -> Iterator[None]:
    """Breaks the ledger for the length of the block."""
    behind_its_back(statement, *values)
    try:
        yield
    finally:
        behind_its_back(repair, *values)


def audit() -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "audit_ledger"],
        cwd=CHECKOUT,
        env=process_environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture
def book(alice: Customer) -> Book:
    """Alice's money, with one hold posted, one voided and one open."""
    posted, voided, _ = (
        ledger.reserve(alice.account.pk, 30_000, f"test:{uuid.uuid4()}").hold_id for _ in range(3)
    )
    ledger.post(posted)
    ledger.void(voided)
    return Book.objects.get(account=alice.account, unit=Unit.USD)


def test_a_sound_ledger_passes(book: Book) -> None:
    assert drifts() == []
    done = audit()
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("The ledger adds up: ")


def test_the_command_names_each_drift_and_fails(book: Book) -> None:
    set_balance = "UPDATE wallet_book SET balance = balance {} 7 WHERE id = %s"
    with drift(set_balance.format("+"), set_balance.format("-"), book.pk):
        done = audit()
    assert done.returncode == 1
    should, found = book.balance, book.balance + 7
    assert f"book {book.pk}: balance is {found}, should be {should}" in done.stderr
    assert "adds up" not in done.stdout


@pytest.mark.parametrize("column", ["balance", "held"])
@pytest.mark.parametrize("amount", [1, -1])
def test_a_wrong_sum_is_found(column: str, amount: int, book: Book) -> None:
    change = f"UPDATE wallet_book SET {column} = {column} + ({{}}) WHERE id = %s"
    with drift(change.format(amount), change.format(-amount), book.pk):
        (found,) = drifts()
    right = getattr(book, column)
    assert (found.what, found.book_id) == (column, book.pk)
    assert (found.expected, found.found) == (right, right + amount)
    assert drifts() == []


def test_a_lost_transfer_is_found(book: Book) -> None:
    credit = Transfer.objects.get(credit=book)
    to, back = (
        "UPDATE wallet_transfer SET amount = amount + 1 WHERE id = %s",
        "UPDATE wallet_transfer SET amount = amount - 1 WHERE id = %s",
    )
    with drift(to, back, credit.pk):
        (found,) = drifts()
    assert (found.what, found.expected) == ("balance", book.balance + 1)


def test_a_hold_resolved_without_its_book_is_found(book: Book) -> None:
    hold = Hold.objects.get(book=book, status="held")
    to = "UPDATE wallet_hold SET status = 'voided', resolved_at = now() WHERE id = %s"
    back = "UPDATE wallet_hold SET status = 'held', resolved_at = null WHERE id = %s"
    with drift(to, back, hold.pk):
        (found,) = drifts()
    assert (found.what, found.expected, found.found) == ("held", 0, 30_000)


@pytest.mark.parametrize("wrong", ["amount = amount {} 1", "reference = {}reference{}"])
def test_a_posted_hold_that_its_transfer_denies_is_found(wrong: str, book: Book) -> None:
    hold = Hold.objects.get(book=book, status="posted")
    by_amount = "amount" in wrong
    to, back = ("+", "-") if by_amount else ("'x' || ", "")
    changed = wrong.format(to) if by_amount else f"reference = 'x' || '{hold.reference}'"
    restored = wrong.format(back) if by_amount else f"reference = '{hold.reference}'"
    update = "UPDATE wallet_hold SET {} WHERE id = %s"
    with drift(update.format(changed), update.format(restored), hold.pk):
        (found,) = drifts()
    assert (found.what, found.book_id) == ("posted hold", book.pk)


def test_a_posted_hold_of_another_book_is_found(book: Book, bob: Customer) -> None:
    hold = Hold.objects.get(book=book, status="posted")
    other = Book.objects.get(account=bob.account, unit=Unit.USD)
    move = "UPDATE wallet_hold SET book_id = {} WHERE id = %s"
    with drift(move.format(other.pk), move.format(book.pk), hold.pk):
        (found,) = drifts()
    assert (found.what, found.book_id) == ("posted hold", other.pk)


def test_a_transfer_between_units_is_found(book: Book) -> None:
    """Free images must not become money, even where each book's own sum is right."""
    promotion = Book.objects.get(account=None, kind="promotion", unit=Unit.USD)
    images = Book.objects.get(account=None, kind="promotion", unit=Unit.IMAGE)
    credit = Transfer.objects.get(credit=book, debit=promotion)
    move = "UPDATE wallet_transfer SET debit_id = {} WHERE id = %s"
    with drift(move.format(images.pk), move.format(promotion.pk), credit.pk):
        (found,) = drifts()
    assert (found.what, found.found) == ("units of a transfer", credit.pk)
