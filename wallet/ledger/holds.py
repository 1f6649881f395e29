"""Reserving, posting and voiding: what a job does to its customer's book.

Each is one statement, so that no reader ever sees half of it, and happens exactly once.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from wallet.ledger.budgets import MONTH, Limit
from wallet.ledger.errors import HoldResolved, InsufficientBalance, LimitReached

# How often `reserve` looks again when somebody else spent the very book it had chosen.
RESERVE_ATTEMPTS_MAX = 3


@dataclass(frozen=True, slots=True)
class Reservation:
    """A hold just made: `unit` and `amount` say what was reserved."""

    hold_id: int
    unit: str
    amount: int
    created_at: datetime


# Trials come first ('image' sorts before 'usd'). An account in debt spends nothing, its free
# images included. The second guard holds because FOR UPDATE reads the row again once it is ours.
# A row without a hold says that there was money, but no room under the limit.
STATEMENT = """
WITH choice AS (
    SELECT id, unit, CASE unit WHEN 'image' THEN 1 ELSE %(price)s END AS amount
    FROM wallet_book
    WHERE account_id = %(account)s
      AND balance - held >= CASE unit WHEN 'image' THEN 1 ELSE %(price)s END
      AND NOT EXISTS (
          SELECT FROM wallet_book debt
          WHERE debt.account_id = %(account)s AND debt.balance < debt.held)
    ORDER BY unit
    LIMIT 1
    FOR UPDATE
), {counted}book AS (
    UPDATE wallet_book SET held = held + choice.amount
    FROM choice WHERE wallet_book.id = choice.id{within}
    RETURNING wallet_book.id, account_id, choice.unit, choice.amount
), hold AS (
    INSERT INTO wallet_hold (book_id, amount, status, reference, created_at, budget_id)
    SELECT id, amount, 'held', %(reference)s, now(), {budget} FROM book
    RETURNING id, created_at
), reserved AS (
    SELECT account_id, hold.id AS hold_id, unit, book.amount, created_at FROM hold, book
), purpose AS (
    {purpose}
)
SELECT hold_id, reserved.unit, reserved.amount, created_at FROM choice LEFT JOIN reserved ON true
"""
# Free images count nothing. The row counted in is read again once it is ours, so that many at
# once see each other's.
COUNTED = f"""counted AS (
    INSERT INTO wallet_budget AS budget (name, month, held, spent)
    SELECT %(budget)s, {MONTH}, amount, 0 FROM choice
    WHERE unit = 'usd' AND amount <= %(limit)s
    ON CONFLICT (name, month) DO UPDATE SET held = budget.held + excluded.held
        WHERE budget.held + budget.spent + excluded.held <= %(limit)s
    RETURNING id
), """  # noqa: S608 - made of constants.
WITHIN = " AND (choice.unit = 'image' OR EXISTS (SELECT FROM counted))"
PURPOSE = "{purpose}"
# Without a limit nothing is counted, and nothing paid for it.
RESERVE = STATEMENT.format(counted="", within="", budget="NULL", purpose=PURPOSE)
RESERVE_WITHIN = STATEMENT.format(
    counted=COUNTED, within=WITHIN, budget="(SELECT id FROM counted)", purpose=PURPOSE
)


def reserve(
    account_id: int,
    price_micros: int,
    reference: str,
    purpose: str = "SELECT",
    values: Mapping[str, Any] | None = None,
    limit: Limit | None = None,
) -> Reservation:
    """Reserves a free image if there is one, else `price_micros` of money.

    Raises InsufficientBalance, and LimitReached when the money would pass this month's limit. The
    reference must be new. `purpose` writes what it is for in the same statement, so that the
    wallet is not locked between two: an INSERT with `values` that selects from `reserved`
    (account_id, hold_id, unit, amount, created_at), empty without money.
    """
    assert price_micros > 0
    own: dict[str, Any] = {"account": account_id, "price": price_micros, "reference": reference}
    if limit:
        own |= {"budget": limit.name, "limit": limit.amount_micros}
    statement = (RESERVE_WITHIN if limit else RESERVE).format(purpose=purpose)
    with connection.cursor() as cursor:
        for _ in range(RESERVE_ATTEMPTS_MAX):
            cursor.execute(statement, {**(values or {}), **own})
            row = cursor.fetchone()
            if row and row[0] is None:
                raise LimitReached
            if row:
                return Reservation(*row)
    raise InsufficientBalance


# The hold's budget may be younger than the statement that resolves it, which then cannot see its
# row: `budgets.count` gives one to open holds. ON CONFLICT finds it all the same, and finds it
# always: the INSERT itself never happens.
POST = """
WITH hold AS (
    SELECT id, book_id, budget_id, amount, reference FROM wallet_hold
    WHERE id = %(hold)s AND status = 'held'
    FOR UPDATE
), book AS (
    UPDATE wallet_book SET balance = balance - hold.amount, held = held - hold.amount
    FROM hold WHERE wallet_book.id = hold.book_id
    RETURNING wallet_book.unit
), transfer AS (
    INSERT INTO wallet_transfer
        (debit_id, credit_id, amount, kind, reference, memo, created_at)
    SELECT hold.book_id, house.id, hold.amount, 'charge', hold.reference, %(memo)s, now()
    FROM hold, book JOIN wallet_book house ON house.kind = 'revenue' AND house.unit = book.unit
    RETURNING id
), budget AS (
    INSERT INTO wallet_budget AS budget (id, name, month, held, spent)
    SELECT budget_id, '', now(), 0, amount FROM hold, book WHERE budget_id IS NOT NULL
    ON CONFLICT (id) DO UPDATE
        SET held = budget.held - excluded.spent, spent = budget.spent + excluded.spent
)
UPDATE wallet_hold SET status = 'posted', resolved_at = now(), transfer_id = transfer.id
FROM hold, transfer WHERE wallet_hold.id = hold.id
RETURNING wallet_hold.id
"""


def post(hold_id: int, memo: str = "") -> None:
    """Turns the hold into a charge. Raises HoldResolved if it was resolved before."""
    _resolve(POST, {"hold": hold_id, "memo": memo[:500]})


# What is given back pays debt, so no more of it is allowed than is left.
VOID = """
WITH hold AS (
    UPDATE wallet_hold SET status = 'voided', resolved_at = now()
    WHERE id = %(hold)s AND status = 'held'
    RETURNING book_id, budget_id, amount
), book AS (
    UPDATE wallet_book SET
        held = held - hold.amount,
        debt_limit = greatest(0, least(debt_limit, held - hold.amount - balance))
    FROM hold WHERE wallet_book.id = hold.book_id
    RETURNING wallet_book.id
), budget AS (
    INSERT INTO wallet_budget AS budget (id, name, month, held, spent)
    SELECT budget_id, '', now(), amount, 0 FROM hold, book WHERE budget_id IS NOT NULL
    ON CONFLICT (id) DO UPDATE SET held = budget.held - excluded.held
)
SELECT id FROM book
"""


def void(hold_id: int) -> None:
    """Gives the reserved amount back. Raises HoldResolved if it was resolved before."""
    _resolve(VOID, {"hold": hold_id})


def _resolve(statement: str, values: dict[str, Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        if cursor.fetchone() is None:
            raise HoldResolved
