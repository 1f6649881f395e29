"""Forgets events of Stripe's once they are older than the operator wants them kept.

They are a log for staff. No money depends on them: what an event moved is in the ledger, under a
reference that lets it happen once.
"""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from wallet.models import StripeEvent

BATCH_SIZE = 10_000


def prune() -> int:
    """Deletes what is older than the setting says, if it says anything; how many."""
    if settings.KEEP_STRIPE_EVENTS_DAYS is None:
        return 0
    limit = timezone.now() - timedelta(days=settings.KEEP_STRIPE_EVENTS_DAYS)
    old = StripeEvent.objects.filter(received_at__lt=limit).order_by()
    pruned = 0
    while batch := list(old.values_list("pk", flat=True)[:BATCH_SIZE]):
        pruned += StripeEvent.objects.filter(pk__in=batch).delete()[0]
    return pruned
