"""Low balances: one mail for each crossing of the customer's threshold, and how long money lasts.

Moves no money. What counts is what is available, that is the balance without what is reserved.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Account
from wallet import mails
from wallet.amounts import grouped
from wallet.models import BillingProfile, Book, Unit
from wallet.statement import Summary, books_of

PERIOD = timedelta(days=7)
# A busy account's rate is that of fewer days: those of its newest charges.
CHARGES_MAX = 1_000
DAYS_SHOWN_MAX = 365
MAILS_MAX = 100


@dataclass(frozen=True, slots=True)
class Lasting:
    """How many whole days the balance lasts; None when nothing was spent lately.

    The rate is that of the last seven days or, `by_charges`, of the last CHARGES_MAX images.
    """

    days: int | None
    by_charges: bool = False

    def __str__(self) -> str:
        """In words, such as "about 12 days at the rate of the last 7 days"; or ""."""
        return f"{self.time} {self.rate}" if self.time else ""

    @property
    def time(self) -> str:
        """The time alone, such as "about 12 days"; or ""."""
        if self.days is None:
            return ""
        if self.days > DAYS_SHOWN_MAX:
            return _("more than a year")
        if self.days < 1:
            return _("less than a day")
        words = ngettext("about %(days)s day", "about %(days)s days", self.days)
        return words % {"days": self.days}

    @property
    def rate(self) -> str:
        """What the time was reckoned by."""
        if self.by_charges:
            return _("at the rate of the last %(images)s images") % {"images": grouped(CHARGES_MAX)}
        return _("at the rate of the last %(days)s days") % {"days": PERIOD.days}


# The newest charges come straight from the book's index.
STANDING = """
WITH charge AS MATERIALIZED (
    SELECT amount, created_at FROM wallet_transfer
    WHERE debit_id = %(usd)s AND kind = 'charge'
    ORDER BY id DESC LIMIT %(charges)s
)
SELECT money.balance, money.held, trial.balance, trial.held, latest.*
FROM wallet_book money, wallet_book trial, (
    SELECT sum(amount) FILTER (WHERE created_at > %(since)s)::bigint,
        count(*) FILTER (WHERE created_at > %(since)s), min(created_at)
    FROM charge
) latest
WHERE money.id = %(usd)s AND trial.id = %(image)s
"""


def standing(account: Account) -> tuple[Summary, Lasting]:
    """The account's books, and how long the available balance lasts, in one query."""
    now = timezone.now()
    values: dict[str, Any] = {**books_of(account.pk), "charges": CHARGES_MAX}
    values["since"] = now - PERIOD
    with connection.cursor() as cursor:
        cursor.execute(STANDING, values)
        *books, spent, charges, first = cursor.fetchone()
    summary = Summary(*books)
    if not spent:
        return summary, Lasting(None)
    by_charges = charges == CHARGES_MAX
    period = now - first if by_charges else _period(now, first)
    days = max(0, summary.available_micros) * (period / timedelta(days=1)) / spent
    return summary, Lasting(math.floor(days), by_charges)


def lasts_for(account: Account) -> Lasting:
    """How long the available balance lasts at the rate of the latest charges."""
    return standing(account)[1]


def _period(now: datetime, first: datetime) -> timedelta:
    """Who began within these days is measured from then on, over at least one day."""
    return min(PERIOD, max(timedelta(days=1), now - first))


def run_due() -> int:
    """Mails those whose balance fell below their threshold; how many.

    The mark is set before the mail goes, so that no crossing is told twice; a mail that is lost
    then is not sent again, for the wallet shows the same.
    """
    low = Exists(
        Book.objects.filter(
            account=OuterRef("account"),
            unit=Unit.USD,
            balance__lt=F("held") + OuterRef("alert_below_micros"),
        )
    )
    profiles = BillingProfile.objects.all()
    profiles.filter(~low, alerted_at__isnull=False).update(alerted_at=None)
    told = 0
    crossed = profiles.filter(low, alerted_at=None).select_related("account")
    for profile in crossed[:MAILS_MAX]:
        unmarked = profiles.filter(pk=profile.pk, alerted_at=None)
        threshold_micros = profile.alert_below_micros
        if threshold_micros is None or not unmarked.update(alerted_at=timezone.now()):
            continue
        mails.send_low_balance(profile.account, threshold_micros, lasts_for(profile.account))
        told += 1
    return told
