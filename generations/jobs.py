"""A job's life, told as the statements that change it. Who works on it is `leases.py`'s.

Each change is a compare-and-swap: it names the states it may start from and, where a runner
makes it, the fence that the runner got when it claimed the job. Terminal states absorb. A job's
status and its money change in one transaction, and no transaction spans a network call.
"""

import contextlib
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet

from generations.leases import ATTEMPTS_MAX
from generations.models import DEADLINE_SECONDS, Job
from wallet import ledger

QUEUE_CHANNEL = "generations_queued"

TIMED_OUT = f"Provider request timed out after {DEADLINE_SECONDS}s."
LOST = "The image engine stopped before your image was finished. Please try again."

# Which states a job may leave for which. The statements below name them again, and
# tests/generations/test_transitions.py holds the two against each other.
TRANSITIONS = {
    "queued": {"processing", "failed"},
    "processing": {"processing", "completed", "failed"},
    "completed": set(),
    "failed": set(),
}


@dataclass(frozen=True, slots=True)
class Submission:
    """A valid request for an image, with the offer that serves it."""

    account_id: int
    model_id: int
    price_micros: int
    width: int
    height: int
    prompt: str
    key_id: int | None = None
    user_id: int | None = None
    input_name: str = ""
    input_url: str = ""


@dataclass(frozen=True, slots=True)
class Submitted:
    """A job that is in the queue; `price_micros` is 0 when a free image pays for it."""

    id: uuid.UUID
    price_micros: int
    created_at: datetime


# A free image costs the job nothing.
INSERT = """
INSERT INTO generations_job (
    id, account_id, key_id, user_id, model_id, hold_id, prompt, input_name, input_url,
    price_micros, width, height, status, failure_kind, error, image_name,
    fence, attempts, engine_reference, created_at, deadline_at
)
SELECT %(id)s, account_id, %(key)s, %(user)s, %(model)s, hold_id, %(prompt)s, %(input_name)s,
    %(input_url)s, CASE unit WHEN 'image' THEN 0 ELSE amount END, %(width)s, %(height)s,
    'queued', '', '', '', 0, 0, '', created_at,
    created_at + %(deadline_seconds)s * interval '1 second'
FROM reserved
"""


def submit(submission: Submission) -> Submitted:
    """Reserves the price and queues the job in one statement, then wakes a runner.

    Raises ledger.InsufficientBalance.
    """
    job_id = uuid.uuid4()
    reservation = ledger.reserve(
        submission.account_id,
        submission.price_micros,
        f"job:{job_id}",
        INSERT,
        {
            "id": job_id,
            "key": submission.key_id,
            "user": submission.user_id,
            "model": submission.model_id,
            "prompt": submission.prompt,
            "input_name": submission.input_name,
            "input_url": submission.input_url,
            "width": submission.width,
            "height": submission.height,
            "deadline_seconds": DEADLINE_SECONDS,
        },
    )
    wake_runners()
    price_micros = 0 if reservation.unit == "image" else reservation.amount
    return Submitted(job_id, price_micros, reservation.created_at)


def wake_runners() -> None:
    """Tells listening runners that something is queued. It may get lost: they look anyway.

    Never inside the submitting transaction: a commit that notifies excludes all others while
    it waits for the disk. And never an error: the job is in the queue whatever happens here.
    """
    with contextlib.suppress(DatabaseError), connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {QUEUE_CHANNEL}")


def note_mirrored(job: Job, input_name: str) -> bool:
    """Remembers our copy of the reference image; False if the job is no longer the runner's."""
    return bool(_held_by_fence(job).update(input_name=input_name))


def note_started(job: Job, engine_reference: str, started_at: datetime) -> bool:
    """Remembers how the engine calls the job; False if the job is no longer the runner's."""
    return bool(
        _held_by_fence(job).update(engine_reference=engine_reference, engine_started_at=started_at)
    )


def _held_by_fence(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(pk=job.pk, fence=job.fence, status=Job.Status.PROCESSING)


COMPLETE = """
UPDATE generations_job
SET status = 'completed', image_name = %(image_name)s, finished_at = now(), lease_until = NULL
WHERE id = %(id)s AND fence = %(fence)s AND status = 'processing' AND deadline_at > now()
RETURNING hold_id
"""


def complete(job: Job, image_name: str) -> bool:
    """Publishes the stored image and charges for it; False if the job ended otherwise before."""
    with transaction.atomic(), connection.cursor() as cursor:
        values: dict[str, Any] = {"id": job.pk, "fence": job.fence, "image_name": image_name}
        cursor.execute(COMPLETE, values)
        row = cursor.fetchone()
        if row is None:
            # The answer to an earlier, successful call may have been lost with its connection.
            return Job.objects.filter(pk=job.pk, image_name=image_name).exists()
        ledger.post(row[0], memo=f"{job.model.variant}, {job.width}×{job.height}")
        return True


FAIL = """
UPDATE generations_job
SET status = 'failed', failure_kind = %(kind)s, error = %(error)s, finished_at = now(),
    lease_until = NULL
WHERE id = %(id)s AND status IN ('queued', 'processing')
  AND (%(fence)s::integer IS NULL OR fence = %(fence)s::integer)
RETURNING hold_id
"""


def fail(job_id: uuid.UUID, kind: str, error: str, fence: int | None = None) -> bool:
    """Ends the job without an image and gives the reserved amount back; False if it had ended.

    A runner names its fence; staff and the deadline need none.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        values: dict[str, Any] = {"id": job_id, "kind": kind, "error": error[:500], "fence": fence}
        cursor.execute(FAIL, values)
        row = cursor.fetchone()
        if row is None:
            return False
        ledger.void(row[0])
        return True


OVERDUE = """
SELECT id, true FROM generations_job
WHERE status IN ('queued', 'processing') AND deadline_at <= now()
UNION ALL
SELECT id, false FROM generations_job
WHERE status = 'processing' AND lease_until < now() AND deadline_at > now()
  AND attempts >= %(attempts_max)s
LIMIT %(limit)s
"""


def fail_overdue(limit: int = 500) -> int:
    """Fails what passed its deadline, and what killed its runner too often; returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(OVERDUE, {"attempts_max": ATTEMPTS_MAX, "limit": limit})
        overdue = cursor.fetchall()
    failed = 0
    for job_id, is_late in overdue:
        if is_late:
            failed += fail(job_id, Job.FailureKind.TIMEOUT, TIMED_OUT)
        else:
            failed += fail(job_id, Job.FailureKind.PROVIDER, LOST)
    return failed
