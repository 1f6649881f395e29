"""Which jobs a customer sees: keyset pages of the history, and those still running.

Reads only, and always within one account.
"""

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import Account
from generations.models import Job

JOBS_PER_PAGE = 24
LIVE_MAX = 100


def of_account(account: Account) -> QuerySet[Job]:
    """The account's jobs, newest first, with what a card shows of them."""
    return Job.objects.filter(account=account).select_related("key", "model")


def page(account: Account, cursor: str = "") -> tuple[list[Job], str | None]:
    """One page, and the cursor of the next or None. A broken cursor begins at the newest."""
    jobs = of_account(account)
    position = _decode(cursor)
    if position:
        # The first condition alone lets the index find the place; the second breaks ties.
        created_at, job_id = position
        jobs = jobs.filter(created_at__lte=created_at).exclude(
            Q(created_at=created_at) & Q(id__gte=job_id)
        )
    found = list(jobs[: JOBS_PER_PAGE + 1])
    shown = found[:JOBS_PER_PAGE]
    return shown, _encode(shown[-1]) if len(found) > JOBS_PER_PAGE else None


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


def _encode(job: Job) -> str:
    text = json.dumps([job.created_at.isoformat(), str(job.pk)])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(cursor: str) -> tuple[datetime, UUID] | None:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        created_at, job_id = json.loads(base64.urlsafe_b64decode(padded))
        return datetime.fromisoformat(created_at), UUID(job_id)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
