"""Which jobs a customer sees: keyset pages of the history, and those still running.

Reads only, and always within one account.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from accounts.models import Account
from generations.history import cursors, search
from generations.history.filters import Filters
from generations.models import Job

JOBS_PER_PAGE = 24
LIVE_MAX = 100
UNFINISHED = (Job.Status.QUEUED, Job.Status.PROCESSING)
EVERYTHING = Filters()
# What a list shows: a fifth of what there is, and of the time to read it.
LISTED = (
    "prompt",
    "status",
    "failure_kind",
    "error",
    "image_name",
    "image_deleted_at",
    "starred_at",
    "price_micros",
    "width",
    "height",
    "created_at",
    "finished_at",
    "imported_at",
    "key__name",
    "model__variant",
)

NEIGHBOURS = """
SELECT
    (SELECT id FROM generations_job
     WHERE account_id = %(account)s AND deleted_at IS NULL
       AND (created_at, id) > (%(created_at)s, %(id)s)
     ORDER BY created_at, id LIMIT 1),
    (SELECT id FROM generations_job
     WHERE account_id = %(account)s AND deleted_at IS NULL
       AND (created_at, id) < (%(created_at)s, %(id)s)
     ORDER BY created_at DESC, id DESC LIMIT 1)
"""


def of_account(account: Account) -> QuerySet[Job]:
    """The account's jobs, newest first, with what a card shows of them."""
    return Job.objects.filter(account=account, deleted_at=None).select_related("key", "model")


def page(
    account: Account, filters: Filters = EVERYTHING, cursor: str = ""
) -> tuple[list[Job], str | None]:
    """One page, and the cursor of the next or None. A broken cursor begins at the newest."""
    ids = search.newest(account, filters, cursors.decode(cursor), JOBS_PER_PAGE + 1)
    jobs = of_account(account).only(*LISTED).filter(pk__in=ids[:JOBS_PER_PAGE])
    shown = list(jobs) if ids else []
    return shown, cursor_after(shown[-1]) if len(ids) > JOBS_PER_PAGE and shown else None


def neighbours(job: Job) -> tuple[UUID | None, UUID | None]:
    """The account's next newer and next older job, where there are some."""
    place: dict[str, Any] = {
        "account": job.account_id,
        "created_at": job.created_at,
        "id": job.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(NEIGHBOURS, place)
        newer, older = cursor.fetchone()
    return newer, older


def cursor_after(job: Job) -> str:
    """The cursor of the page that begins after the job."""
    return cursors.encode(cursors.Place(job.created_at, job.pk))


def by_ids(account: Account, ids: Sequence[str], limit: int = LIVE_MAX) -> list[Job]:
    """The account's jobs of those ids, newest first; what is no id, or another's, is left out."""
    wanted = [job_id for text in ids[:limit] if (job_id := _uuid(text))]
    return list(of_account(account).filter(pk__in=wanted))


def running_of_account(account: Account) -> list[Job]:
    """The account's jobs that have not ended, newest first."""
    return list(of_account(account).filter(status__in=UNFINISHED)[:LIVE_MAX])


def running(jobs: Sequence[Job]) -> list[Job]:
    """Those that have not ended."""
    return [job for job in jobs if not job.is_terminal]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
