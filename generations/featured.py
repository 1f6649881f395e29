"""The images that staff show on the landing page, with their prompts, to everyone.

Staff choose among what accounts with staff in them made: a customer's prompt is theirs alone.
"""

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Account
from generations.models import Job

SHOWN_MAX = 6


def newest() -> list[Job]:
    """What is shown, the latest choice first."""
    shown = Job.objects.filter(
        featured_at__isnull=False, status=Job.Status.COMPLETED, image_deleted_at=None
    )
    latest = shown.order_by("-featured_at", "-id")[:SHOWN_MAX]
    return list(latest.only("prompt", "image_name", "image_deleted_at"))


def feature(chosen: QuerySet[Job]) -> int:
    """Shows those of the jobs that have an image and are the staff's own; how many they are."""
    own = Account.objects.filter(members__is_staff=True)
    fit = chosen.filter(status=Job.Status.COMPLETED, image_deleted_at=None, account__in=own)
    return fit.update(featured_at=timezone.now())


def withdraw(chosen: QuerySet[Job]) -> int:
    """Shows none of the jobs any more; how many were shown."""
    return chosen.filter(featured_at__isnull=False).update(featured_at=None)
