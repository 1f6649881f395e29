"""Budgets: how much of a month's limit is used up, counted with every hold made under one.

`holds.py` counts a hold as it is made and resolved; here are those that were made before there
was a limit. What a name stands for, and how high its limit is, is for the caller to know.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection, transaction

from wallet.models import Budget

# The present month, in UTC: its first day, and its first moment.
MONTH = "date_trunc('month', now() AT TIME ZONE 'UTC')::date"
MONTH_BEGAN_AT = "date_trunc('month', now(), 'UTC')"


@dataclass(frozen=True, slots=True)
class Limit:
    """How much may be reserved and charged in one month under the name, together."""

    name: str
    amount_micros: int


# Only USD counts. A hold that is resolved while we wait for it is left to the statement after.
OPEN = f"""
WITH uncounted AS (
    SELECT hold.id, hold.amount FROM wallet_hold hold JOIN wallet_book book ON book.id = book_id
    WHERE hold.id IN ({{holds}}) AND status = 'held' AND budget_id IS NULL
      AND unit = 'usd' AND created_at >= {MONTH_BEGAN_AT}
    ORDER BY hold.id
    FOR UPDATE OF hold
), budget AS (
    INSERT INTO wallet_budget AS budget (name, month, held, spent)
    SELECT %(budget)s, {MONTH}, sum(amount), 0 FROM uncounted HAVING count(*) > 0
    ON CONFLICT (name, month) DO UPDATE SET held = budget.held + excluded.held
    RETURNING id
)
UPDATE wallet_hold SET budget_id = budget.id
FROM uncounted, budget WHERE wallet_hold.id = uncounted.id
"""  # noqa: S608 - made of constants.
# Too many to write to each: a hundred thousand are summed up in a fifth of a second.
CHARGED = f"""
INSERT INTO wallet_budget AS budget (name, month, held, spent, earlier)
SELECT %(budget)s, {MONTH}, 0, sum(amount), sum(amount)
FROM wallet_hold hold JOIN wallet_book book ON book.id = book_id
WHERE hold.id IN ({{holds}}) AND status = 'posted' AND budget_id IS NULL
  AND unit = 'usd' AND created_at >= {MONTH_BEGAN_AT}
HAVING count(*) > 0
ON CONFLICT (name, month) DO UPDATE SET
    spent = budget.spent - budget.earlier + excluded.earlier, earlier = excluded.earlier
"""  # noqa: S608 - made of constants.


def count(name: str, holds: str, values: Mapping[str, Any]) -> None:
    """Counts what was reserved this month without a limit; what counts already, only once.

    `holds` selects the ids of the holds that belong to the name, with `values`. A hold that is
    made while this runs may be missed.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (OPEN, CHARGED):
            cursor.execute(statement.format(holds=holds), {**values, "budget": name})


def used(names: Sequence[str]) -> dict[str, int]:
    """What each name has reserved and been charged this month, in micro-dollars; 0 is left out."""
    budgets = Budget.objects.filter(name__in=names, month=this_month())
    return {budget.name: budget.used for budget in budgets}


def this_month() -> date:
    """The first day of the present month, in UTC."""
    return datetime.now(UTC).date().replace(day=1)
