"""What a token did lately, for the list and before it is revoked. Reads only."""

from datetime import timedelta
from typing import NamedTuple

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from accounts.models import Account
from generations import limits, usage
from generations.models import Job
from generations.usage.periods import Period
from keys.models import Key
from wallet import ledger

DAYS = 30
# Who makes and revokes many sees the newest.
LISTED_MAX = 200
JOBS_MAX = 1_000


class Listed(NamedTuple):
    """A token, its last 30 days, and what counts under its limit this month."""

    token: Key
    images: int
    spent_micros: int
    month_micros: int

    @property
    def has_reached_limit(self) -> bool:
        """Whether nothing at all is left of this month's limit."""
        limit_micros = self.token.monthly_limit_micros
        return limit_micros is not None and self.month_micros >= limit_micros


class Recent(NamedTuple):
    """A token's jobs of the last 24 hours, at most one more than JOBS_MAX."""

    jobs: int
    under_way: int


def listed(account: Account) -> list[Listed]:
    """The account's tokens, newest first, and those that are revoked after all others."""
    last = F("revoked_at").desc(nulls_first=True)
    return of(account, Key.objects.filter(account=account).order_by(last, "-created_at"))


def of(account: Account, tokens: QuerySet[Key]) -> list[Listed]:
    """The tokens with their figures, at most LISTED_MAX; three statements, however many."""
    found = list(tokens[:LISTED_MAX])
    used = {row.group: row for row in usage.rows(account, Period.last(DAYS), "token")}
    names = {token.pk: limits.name(token.pk) for token in found if token.monthly_limit_micros}
    month = ledger.used(list(names.values())) if names else {}
    rows = []
    for token in found:
        row = used.get(str(token.pk), usage.Figures())
        month_micros = month.get(names.get(token.pk, ""), 0)
        rows.append(Listed(token, row.images, row.spent_micros, month_micros))
    return rows


def recent(token: Key) -> Recent:
    """How busy the token is."""
    since = timezone.now() - timedelta(days=1)
    newest = Job.objects.filter(key=token, created_at__gt=since)[: JOBS_MAX + 1]
    found = newest.aggregate(jobs=Count("pk"), under_way=Count("pk", filter=Q(finished_at=None)))
    return Recent(**found)
