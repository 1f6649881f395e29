"""What the database itself refuses, whatever code asks for it."""

import re
import uuid
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import ProtectedError

from tests.conftest import Customer
from wallet import ledger
from wallet.models import Book, Transfer, Unit


def run(statement: str, **values: Any) -> None:
    """One statement in a transaction that is rolled back, should it be accepted."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE wallet_transfer SET amount = amount + 1 WHERE id = %(id)s",
        "UPDATE wallet_transfer SET memo = 'x' WHERE id = %(id)s",
        "DELETE FROM wallet_transfer WHERE id = %(id)s",
        "TRUNCATE wallet_transfer CASCADE",
    ],
)
def test_transfers_are_for_ever(statement: str, alice: Customer) -> None:
    transfer = Transfer.objects.filter(credit__account=alice.account, kind="staff_credit").get()
    values = {"id": transfer.pk} if "%(id)s" in statement else {}
    with pytest.raises(DatabaseError, match="append-only"):
        run(statement, **values)
    assert Transfer.objects.get(pk=transfer.pk).amount == transfer.amount


BOOK = "INSERT INTO wallet_book (account_id, kind, unit, balance, held, debt_limit) VALUES "
TRANSFER = (
    "INSERT INTO wallet_transfer (debit_id, credit_id, amount, kind, reference, memo, created_at) "
    "VALUES (%(house)s, %(book)s, 1, 'staff_credit', %(new)s, '', now())"
)
HOLD = (
    "INSERT INTO wallet_hold (book_id, amount, status, reference, created_at, resolved_at) "
    "VALUES (%(book)s, 1, 'held', %(new)s, now(), null)"
)
BUDGET = "INSERT INTO wallet_budget (name, month, held, spent) VALUES (%(new)s, '2026-01-01', 0, 0)"
REFUSED = [
    ("book_not_overdrawn", "UPDATE wallet_book SET balance = held - 1 WHERE id = %(book)s"),
    ("book_not_overdrawn", "UPDATE wallet_book SET held = balance + 1 WHERE id = %(book)s"),
    (
        "book_not_overdrawn",
        "UPDATE wallet_book SET debt_limit = 5, balance = -6 WHERE id = %(book)s",
    ),
    ("book_amounts_positive", "UPDATE wallet_book SET held = -1 WHERE id = %(book)s"),
    ("book_amounts_positive", "UPDATE wallet_book SET debt_limit = -1 WHERE id = %(book)s"),
    ("book_of_account", BOOK + "(%(account)s, 'customer', 'usd', 0, 0, 0)"),
    ("book_of_house", BOOK + "(null, 'revenue', 'usd', 0, 0, 0)"),
    ("book_has_one_owner", BOOK + "(null, 'customer', 'usd', 0, 0, 0)"),
    ("book_has_one_owner", "UPDATE wallet_book SET kind = 'revenue' WHERE id = %(book)s"),
    ("transfer_once", TRANSFER.replace("%(new)s", "%(used)s")),
    ("transfer_amount_positive", TRANSFER.replace(" 1,", " 0,")),
    ("transfer_amount_positive", TRANSFER.replace(" 1,", " -1,")),
    ("transfer_moves", TRANSFER.replace("%(house)s", "%(book)s")),
    ("hold_amount_positive", HOLD.replace(" 1,", " 0,")),
    ("hold_resolved_has_time", HOLD.replace("'held'", "'voided'")),
    ("hold_posted_has_transfer", HOLD.replace("'held'", "'posted'").replace("null", "now()")),
    ("budget_amounts_positive", BUDGET.replace("0, 0", "-1, 0")),
    ("budget_amounts_positive", BUDGET.replace("0, 0", "0, -1")),
    (
        "budget_amounts_positive",
        BUDGET.replace("spent)", "spent, earlier)").replace("0, 0", "0, 0, 1"),
    ),
    ("budget_once_a_month", f"{BUDGET}, (%(new)s, '2026-01-01', 1, 1)"),
]


@pytest.mark.parametrize(("constraint", "statement"), REFUSED)
def test_constraints_hold(constraint: str, statement: str, alice: Customer) -> None:
    book = Book.objects.get(account=alice.account, unit=Unit.USD)
    used = Transfer.objects.get(credit=book)
    values = {
        "book": book.pk,
        "account": alice.account.pk,
        "house": used.debit_id,
        "used": used.reference,
        "new": f"test:{uuid.uuid4()}",
    }
    asked = {name: values[name] for name in re.findall(r"%\((\w+)\)s", statement)}
    with pytest.raises(IntegrityError, match=constraint):
        run(statement, **asked)


def test_the_same_rows_are_accepted_when_they_are_right(alice: Customer) -> None:
    """The statements above are refused for what is wrong in them, not for their form."""
    book = Book.objects.get(account=alice.account, unit=Unit.USD)
    house = Book.objects.get(account=None, kind="promotion", unit=Unit.USD)
    run(TRANSFER, house=house.pk, book=book.pk, new=f"test:{uuid.uuid4()}")
    run(HOLD, book=book.pk, new=f"test:{uuid.uuid4()}")
    run(BUDGET, new=f"test:{uuid.uuid4()}")


def test_one_transfer_pays_one_hold(alice: Customer) -> None:
    first, second = (
        ledger.reserve(alice.account.pk, 1, f"test:{uuid.uuid4()}").hold_id for _ in range(2)
    )
    ledger.post(first)
    with pytest.raises(IntegrityError, match="transfer_id"):
        run(
            "UPDATE wallet_hold SET status = 'posted', resolved_at = now(), transfer_id = "
            "(SELECT transfer_id FROM wallet_hold WHERE id = %(first)s) WHERE id = %(second)s",
            first=first,
            second=second,
        )


def test_an_account_with_books_cannot_be_deleted(alice: Customer) -> None:
    with pytest.raises(ProtectedError):
        alice.account.delete()
    delete = "SET CONSTRAINTS ALL IMMEDIATE; DELETE FROM wallet_book WHERE account_id = {}"
    with pytest.raises(IntegrityError, match="foreign key"):
        run(delete.format(alice.account.pk))


def test_a_hold_counts_in_a_budget_that_exists(alice: Customer) -> None:
    hold_id = ledger.reserve(alice.account.pk, 1, f"test:{uuid.uuid4()}").hold_id
    with pytest.raises(IntegrityError, match="foreign key"):
        run(
            "SET CONSTRAINTS ALL IMMEDIATE; "
            f"UPDATE wallet_hold SET budget_id = 0 WHERE id = {hold_id}"
        )
