"""Low balances: one mail for each crossing of the customer's threshold, and how long money lasts.

Moves no money. What counts is what is available, that is the balance without what is reserved.
"""

import math
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, F, Min, OuterRef, Sum
from django.utils import timezone

from accounts.models import Account
from wallet import mails
from wallet.models import BillingProfile, Book, Transfer, Unit

PERIOD = timedelta(days=7)
DAYS_SHOWN_MAX = 365
MAILS_MAX = 100


@dataclass(frozen=True, slots=True)
class Lasting:
    """How many whole days the balance lasts; None when nothing was spent lately."""

    days: int | None

    def __str__(self) -> str:
        """In words, such as "about 12 days at the rate of the last 7 days"; or ""."""
        if self.days is None:
            return ""
        if self.days > DAYS_SHOWN_MAX:
            time = "more than a year"
        elif self.days < 1:
            time = "less than a day"
        else:
            time = "about 1 day" if self.days == 1 else f"about {self.days} days"
        return f"{time} at the rate of the last {PERIOD.days} days"


def lasts_for(account: Account) -> Lasting:
    """How long the available balance lasts at the rate of the last seven days' charges.

    Who began within these days is measured from then on, over at least one day.
    """
    now = timezone.now()
    book = Book.objects.get(account=account, unit=Unit.USD)
    charges = Transfer.objects.filter(debit=book, kind=Transfer.Kind.CHARGE)
    recent = charges.filter(created_at__gt=now - PERIOD).aggregate(
        spent=Sum("amount"), since=Min("created_at")
    )
    if not recent["spent"]:
        return Lasting(None)
    was_there_before = charges.filter(created_at__lte=now - PERIOD).exists()
    period = PERIOD if was_there_before else max(timedelta(days=1), now - recent["since"])
    days = max(0, book.available) * (period / timedelta(days=1)) / recent["spent"]
    return Lasting(math.floor(days))


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
        mails.send_low_balance(profile.account, threshold_micros, str(lasts_for(profile.account)))
        told += 1
    return told
