"""How much a token may spend in a month: where its limit meets the ledger that counts for it.

The limit itself is the token's. What is spent, the ledger alone knows.
"""

from datetime import timedelta

from django.db import transaction

from keys.models import Key
from wallet import ledger
from wallet.amounts import usd
from wallet.ledger.budgets import MONTH_BEGAN_AT, this_month

HOLDS = f"""
SELECT hold_id FROM generations_job
WHERE key_id = %(key)s AND created_at >= {MONTH_BEGAN_AT} AND hold_id IS NOT NULL
"""  # noqa: S608 - made of constants.


def name(key_id: int) -> str:
    """What the ledger calls the budget of a token."""
    return f"key:{key_id}"


def of(key_id: int, monthly_limit_micros: int | None) -> ledger.Limit | None:
    """The limit that the token's jobs are reserved under, if it has one."""
    if monthly_limit_micros is None:
        return None
    return ledger.Limit(name(key_id), monthly_limit_micros)


def change(key: Key, monthly_limit_micros: int | None) -> None:
    """Gives the token another limit, or none with None, from the next request on.

    What it has reserved and spent this month counts, but for what is being accepted at this very
    moment by the rule of before.
    """
    with transaction.atomic():
        Key.objects.filter(pk=key.pk).update(monthly_limit_micros=monthly_limit_micros)
        if monthly_limit_micros is not None:
            ledger.count(name(key.pk), HOLDS, {"key": key.pk})


def explain(limit: ledger.Limit) -> str:
    """What the API says to a program whose token has reached its limit."""
    resets_on = (this_month() + timedelta(days=32)).replace(day=1)
    return (
        f"This API key has reached its monthly spending limit of {usd(limit.amount_micros)}; jobs "
        "under way count. Nothing was charged. It resets on "
        f"{resets_on:%-d %B %Y} at 00:00 UTC. Who manages the account's API tokens can raise it."
    )
