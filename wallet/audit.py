"""Proves that the cached balances and budgets are what the transfers and holds add up to.

Reads only, in one snapshot; it never repairs, because drift is a fault to be understood.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper


@dataclass(frozen=True, slots=True)
class Drift:
    """One thing that should be impossible, in words for an operator."""

    what: str
    book_id: int | None
    expected: int
    found: int

    def __str__(self) -> str:
        where = f"book {self.book_id}: " if self.book_id else ""
        return f"{where}{self.what} is {self.found}, should be {self.expected}"


BALANCES = """
SELECT 'balance', book.id, coalesce(moved.total, 0), book.balance
FROM wallet_book book
LEFT JOIN (
    SELECT book_id, sum(amount)::bigint AS total FROM (
        SELECT credit_id AS book_id, amount FROM wallet_transfer
        UNION ALL SELECT debit_id, -amount FROM wallet_transfer
    ) legs GROUP BY book_id
) moved ON moved.book_id = book.id
WHERE book.account_id IS NOT NULL AND book.balance <> coalesce(moved.total, 0)
"""

HOLDS = """
SELECT 'held', book.id, coalesce(open.total, 0), book.held
FROM wallet_book book
LEFT JOIN (
    SELECT book_id, sum(amount)::bigint AS total FROM wallet_hold
    WHERE status = 'held' GROUP BY book_id
) open ON open.book_id = book.id
WHERE book.held <> coalesce(open.total, 0)
"""

POSTED = """
SELECT 'posted hold', hold.book_id, hold.amount, coalesce(transfer.amount, 0)
FROM wallet_hold hold
LEFT JOIN wallet_transfer transfer ON transfer.id = hold.transfer_id
WHERE hold.status = 'posted' AND (
    transfer.id IS NULL OR transfer.amount <> hold.amount OR transfer.debit_id <> hold.book_id
    OR transfer.reference <> hold.reference)
"""

UNITS = """
SELECT 'units of a transfer', debit.id, 0, transfer.id
FROM wallet_transfer transfer
JOIN wallet_book debit ON debit.id = transfer.debit_id
JOIN wallet_book credit ON credit.id = transfer.credit_id
WHERE debit.unit <> credit.unit
"""

# Which holds were charged before there was a budget, whoever gave it its name knows.
BUDGETS = """
SELECT format('%s of budget %s of %s', side.what, budget.name, to_char(budget.month, 'YYYY-MM')),
    null, side.expected, side.found
FROM wallet_budget budget
LEFT JOIN (
    SELECT budget_id,
        coalesce(sum(amount) FILTER (WHERE status = 'held'), 0)::bigint AS held,
        coalesce(sum(amount) FILTER (WHERE status = 'posted'), 0)::bigint AS spent
    FROM wallet_hold WHERE budget_id IS NOT NULL GROUP BY budget_id
) counted ON counted.budget_id = budget.id
CROSS JOIN LATERAL (VALUES
    ('held', coalesce(counted.held, 0), budget.held),
    ('spent', coalesce(counted.spent, 0) + budget.earlier, budget.spent)
) side (what, expected, found)
WHERE side.expected <> side.found
"""

# Free images count nothing, and each hold counts in the month in which it was made.
STRAYED = """
SELECT format('month of the budget of hold %s in %s', hold.reference, book.unit), hold.book_id,
    to_char(hold.created_at AT TIME ZONE 'UTC', 'YYYYMM')::bigint,
    to_char(budget.month, 'YYYYMM')::bigint
FROM wallet_hold hold
JOIN wallet_budget budget ON budget.id = hold.budget_id
JOIN wallet_book book ON book.id = hold.book_id
WHERE book.unit <> 'usd'
   OR budget.month <> date_trunc('month', hold.created_at AT TIME ZONE 'UTC')
"""


def drifts() -> list[Drift]:
    """Everything that does not add up; empty when the ledger is sound."""
    found: list[Drift] = []
    with snapshot() as cursor:
        for statement in (BALANCES, HOLDS, POSTED, UNITS, BUDGETS, STRAYED):
            cursor.execute(statement)
            found += [Drift(*row) for row in cursor.fetchall()]
    return found


@contextmanager
def snapshot() -> Iterator[CursorWrapper]:
    """A cursor that sees one moment, whatever finishes while it counts, and writes nothing."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        # It sums up whole tables, and holds no lock that anybody waits for.
        cursor.execute("SET LOCAL statement_timeout = '30min'")
        yield cursor
