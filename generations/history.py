"""Which jobs a customer sees: keyset pages of the history, and those still running.

Reads only, and always within one account.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import Account
from generations import cursors
from generations.models import Job

JOBS_PER_PAGE = 24
LIVE_MAX = 100


def of_account(account: Account) -> QuerySet[Job]:
    """The account's jobs, newest first, with what a card shows of them."""
    return Job.objects.filter(account=account).select_related("key", "model")


def page(account: Account, cursor: str = "") -> tuple[list[Job], str | None]:
    """One page, and the cursor of the next or None. A broken cursor begins at the newest."""
    jobs = of_account(account)
    place = cursors.decode(cursor)
    if place:
        # The first condition alone lets the index find the place; the second breaks ties.
        jobs = jobs.filter(created_at__lte=place.created_at).exclude(
            Q(created_at=place.created_at) & Q(id__gte=place.job_id)
        )
    found = list(jobs[: JOBS_PER_PAGE + 1])
    shown = found[:JOBS_PER_PAGE]
    return shown, cursor_after(shown[-1]) if len(found) > JOBS_PER_PAGE else None


def cursor_after(job: Job) -> str:
    """The cursor of the page that begins after the job."""
    return cursors.encode(cursors.Place(job.created_at, job.pk))


def by_ids(account: Account, ids: Sequence[str]) -> list[Job]:
    """The account's jobs of those ids; what is no id, or another's, is left out."""
    wanted = [job_id for text in ids[:LIVE_MAX] if (job_id := _uuid(text))]
    return list(of_account(account).filter(pk__in=wanted))


def running_of_account(account: Account) -> list[Job]:
    """The account's jobs that have not ended, newest first."""
    unfinished = (Job.Status.QUEUED, Job.Status.PROCESSING)
    return list(of_account(account).filter(status__in=unfinished)[:LIVE_MAX])


def running(jobs: Sequence[Job]) -> list[Job]:
    """Those that have not ended."""
    return [job for job in jobs if not job.is_terminal]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
