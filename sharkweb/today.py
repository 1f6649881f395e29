"""What happened since midnight UTC, for the staff's home page: customers, images, money, alarms.

Reads only, in four statements whose cost is today's, not the record's. The engine room's figures
are `generations/figures/`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time

from django.db.models import Count, Q, Sum
from django.utils import timezone

from accounts.models import Account
from generations.models import Job
from wallet.models import Alert, Topup


@dataclass(frozen=True, slots=True)
class Today:
    """The day's figures; money in millionths of a dollar."""

    accounts: int
    accounts_verified: int
    images: int
    failures: int
    declined: int
    charged_micros: int
    paid_in_micros: int
    payments: int
    payments_failed: int
    alerts: int


def read() -> Today:
    """The figures now."""
    midnight = datetime.combine(timezone.now().date(), time(), UTC)
    accounts = Account.objects.filter(created_at__gte=midnight)
    declined = Q(failure_kind__in=[Job.FailureKind.MODERATED, Job.FailureKind.CANCELLED])
    completed = Q(status=Job.Status.COMPLETED)
    failed = Q(status=Job.Status.FAILED)
    jobs = Job.objects.filter(finished_at__gte=midnight, imported_at=None)
    topups = Topup.objects.filter(Q(paid_at__gte=midnight) | Q(created_at__gte=midnight))
    paid = Q(paid_at__gte=midnight)
    ended = jobs.aggregate(
        images=Count("pk", filter=completed),
        # Image and charge commit together: so this is the ledger's sum, by an index it has not.
        charged_micros=Sum("price_micros", filter=completed, default=0),
        declined=Count("pk", filter=failed & declined),
        failures=Count("pk", filter=failed & ~declined),
    )
    opened = accounts.aggregate(
        accounts=Count("pk"), accounts_verified=Count("pk", filter=Q(verified_at__isnull=False))
    )
    money = topups.aggregate(
        paid_in_micros=Sum("amount_micros", filter=paid, default=0),
        payments=Count("pk", filter=paid),
        payments_failed=Count("pk", filter=Q(status=Topup.Status.FAILED)),
    )
    return Today(
        **ended,
        **opened,
        **money,
        alerts=Alert.objects.filter(resolved_at=None).count(),
    )
