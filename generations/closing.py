"""What a closed account leaves behind here: nothing at work, no prompt and no picture.

The jobs' rows stay with their prices, since the ledger refers to them. A chore does the work in
pieces and may be stopped anywhere: a job is marked before its files go, and files that a crash
left are swept away by `sync/sweep.py`.
"""

import time
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.utils import timezone

from accounts.models import Account
from generations import files, jobs
from generations.models import Job

JOBS_PER_STEP = 200
# One run of the chore; the next minute goes on.
BUDGET_SECONDS = 45
# A request that was let in before the account closed may still submit, and a job ends in time.
SETTLED_AFTER = timedelta(minutes=10)

FORGET = """
WITH next AS (
    SELECT id, created_at, image_name, input_name FROM generations_job
    WHERE account_id = %(account)s AND finished_at IS NOT NULL AND prompt <> ''
      AND (%(before)s::timestamptz IS NULL OR created_at <= %(before)s::timestamptz)
    ORDER BY created_at DESC, id DESC
    LIMIT %(limit)s
), forgotten AS (
    UPDATE generations_job job
    SET prompt = '', input_name = '', input_url = '', idempotency_key = '',
        image_deleted_at = CASE WHEN job.image_name <> '' THEN coalesce(image_deleted_at, now()) END
    FROM next WHERE job.id = next.id
)
SELECT id, created_at, image_name, input_name FROM next
"""


class _Forgotten(NamedTuple):
    id: UUID
    created_at: datetime
    image_name: str
    input_name: str


def cancel_all(account_id: int) -> None:
    """Ends what is under way for the account, free of charge."""
    states = (Job.Status.QUEUED, Job.Status.PROCESSING)
    unfinished = Job.objects.filter(account=account_id, status__in=states)
    for job_id in list(unfinished.values_list("pk", flat=True)[:JOBS_PER_STEP]):
        jobs.cancel(job_id)


def erase_due() -> None:
    """Erases what closed accounts have left; a chore. Raises StoreUnavailable."""
    until = time.monotonic() + BUDGET_SECONDS
    for account in Account.objects.filter(closed_at__isnull=False, erased_at=None)[:50]:
        cancel_all(account.pk)
        if not _erase(account, until):
            return
        if account.closed_at and account.closed_at < timezone.now() - SETTLED_AFTER:
            Account.objects.filter(pk=account.pk).update(erased_at=timezone.now())


def _erase(account: Account, until: float) -> bool:
    """Whether all of the account's was erased before the time was up."""
    before = None
    while time.monotonic() < until:
        values = {"account": account.pk, "before": before, "limit": JOBS_PER_STEP}
        with connection.cursor() as cursor:
            cursor.execute(FORGET, values)
            found = [_Forgotten(*row) for row in cursor.fetchall()]
        for job in found:
            if job.image_name:
                files.delete_result(job.image_name)
            if job.input_name:
                files.delete_input(job.input_name)
        if len(found) < JOBS_PER_STEP:
            return True
        before = found[-1].created_at
    return False
