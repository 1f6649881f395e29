"""A job's life, told as the statements that change it. Who works on it is `leases.py`'s.

Each change is a compare-and-swap: it names the states it may start from and, where a runner
makes it, the fence that the runner got when it claimed the job. Terminal states absorb. A job's
status and its money change in one transaction, and no transaction spans a network call. Whose
time is up is found by `overdue.py`.
"""

import contextlib
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Greatest, Now
from django.utils.translation import gettext_noop

from generations.models import DEADLINE_SECONDS, CatalogueModel, Job
from wallet import ledger

# Runners listen on both. The first says that there is work, new or handed over; the second names
# a job that somebody else has ended.
QUEUE_CHANNEL = "generations_queued"
HANDED_OVER = "handed over"
ENDED_CHANNEL = "generations_ended"

TIMED_OUT_AFTER = gettext_noop("Provider request timed out after %ss.")
TIMED_OUT = TIMED_OUT_AFTER % DEADLINE_SECONDS
CANCELLED = gettext_noop("Cancelled. Nothing was charged.")

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
    input_digest: str = ""
    idempotency_key: str = ""
    limit: ledger.Limit | None = None


@dataclass(frozen=True, slots=True)
class Submitted:
    """A job that is in the queue; `price_micros` is 0 when a free image pays for it."""

    id: uuid.UUID
    price_micros: int
    created_at: datetime


# A free image costs the job nothing. Its turn is one after its account's last in the same queue,
# but never before what is next now: so a thousand jobs of one account take turns with the one of
# another. This is start-time fair queueing, with the queue's head as the virtual time. IS TRUE
# keeps the planner to the account's own index; the queue's it would have to read whole.
# Source: Goyal, Vin and Cheng, "Start-time Fair Queuing", SIGCOMM 1996.
INSERT = """
INSERT INTO generations_job (
    id, account_id, key_id, user_id, model_id, hold_id, idempotency_key, prompt, input_name,
    input_url, input_digest, price_micros, width, height, status, failure_kind, error, image_name,
    turn, fence, attempts, engine_reference, created_at, deadline_at
)
SELECT %(id)s, account_id, %(key)s, %(user)s, %(model)s, hold_id, %(idempotency_key)s, %(prompt)s,
    %(input_name)s, %(input_url)s, %(input_digest)s, CASE unit WHEN 'image' THEN 0 ELSE amount END,
    %(width)s, %(height)s, 'queued', '', '', '',
    greatest(
        0,
        (SELECT turn FROM generations_job
         WHERE model_id = %(model)s AND status = 'queued' ORDER BY turn LIMIT 1),
        (SELECT turn + 1 FROM generations_job own
         WHERE own.account_id = reserved.account_id AND own.status IN ('queued', 'processing')
           AND (own.status = 'queued' AND own.model_id = %(model)s) IS TRUE
         ORDER BY own.created_at DESC LIMIT 1)
    ),
    0, 0, '', created_at, created_at + %(deadline_seconds)s * interval '1 second'
FROM reserved
"""


def submit(submission: Submission) -> Submitted:
    """Reserves the price and queues the job in one statement, then wakes a runner.

    Raises ledger.InsufficientBalance, ledger.LimitReached, and IntegrityError when the account has
    used the idempotency key before: `submitted_before` tells for what. Parallel submissions of one
    account may share a turn, at most as many as the web servers have threads, so another account
    waits behind those few and never behind the queue.
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
            "idempotency_key": submission.idempotency_key,
            "model": submission.model_id,
            "prompt": submission.prompt,
            "input_name": submission.input_name,
            "input_url": submission.input_url,
            "input_digest": submission.input_digest,
            "width": submission.width,
            "height": submission.height,
            "deadline_seconds": DEADLINE_SECONDS,
        },
        submission.limit,
    )
    wake_runners()
    price_micros = 0 if reservation.unit == "image" else reservation.amount
    return Submitted(job_id, price_micros, reservation.created_at)


def submitted_before(account_id: int, idempotency_key: str) -> Job | None:
    """The job that the account submitted with that key, if any."""
    jobs = Job.objects.select_related("model")
    return jobs.filter(account=account_id, idempotency_key=idempotency_key).first()


def wake_runners(payload: str = "") -> None:
    """Tells listening runners that something is queued, or handed over. It may get lost: they
    look anyway."""
    _notify(QUEUE_CHANNEL, payload)


def _notify(channel: str, payload: str) -> None:
    # Never inside the submitting transaction: a commit that notifies excludes all others while
    # it waits for the disk. And never an error: what matters is in the table.
    with contextlib.suppress(DatabaseError), connection.cursor() as cursor:
        cursor.execute(f"NOTIFY {channel}, '{payload}'")


def note_mirrored(job: Job, input_name: str) -> bool:
    """Remembers our copy of the reference image; False if the job is no longer the runner's."""
    return bool(_held_by_fence(job).update(input_name=input_name))


def note_sending(job: Job) -> datetime | None:
    """Remembers that the engine is being asked, before it is; None if the job is not ours now."""
    statement = """UPDATE generations_job SET engine_started_at = now()
        WHERE id = %s AND fence = %s AND status = 'processing' RETURNING engine_started_at"""
    with connection.cursor() as cursor:
        cursor.execute(statement, [job.pk, job.fence])
        row = cursor.fetchone()
        return row[0] if row else None


def note_not_sent(job: Job) -> bool:
    """Remembers that the engine refused to take it; False if the job is no longer the runner's."""
    return bool(_held_by_fence(job).update(engine_started_at=None))


def note_started(job: Job) -> bool:
    """Remembers how the engine calls the job; False if the job is no longer the runner's."""
    values = {
        "engine_reference": job.engine_reference,
        "engine_started_at": job.engine_started_at,
    }
    return bool(_held_by_fence(job).update(**values))


def note_painted(job: Job) -> bool:
    """Remembers when the engine was done; False if the job is no longer the runner's."""
    return bool(_held_by_fence(job).update(engine_finished_at=job.engine_finished_at))


def move(job: Job, model: CatalogueModel) -> bool:
    """Leaves a job that its engine did not take to the next in line; whoever has room goes on."""
    moved = bool(
        _held_by_fence(job).update(
            model=model,
            engine_started_at=None,
            lease_until=Now(),
            # The runner that leaves it may have room for it again.
            runner_id=None,
            # A refusal is no attempt: nobody worked on it.
            attempts=Greatest(F("attempts") - 1, 0),
        )
    )
    wake_runners(HANDED_OVER)
    return moved


def _held_by_fence(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(pk=job.pk, fence=job.fence, status=Job.Status.PROCESSING)


COMPLETE = """
UPDATE generations_job
SET status = 'completed', image_name = %(image_name)s, finished_at = now(), lease_until = NULL,
    engine_finished_at = %(engine_finished_at)s
WHERE id = %(id)s AND fence = %(fence)s AND status = 'processing' AND deadline_at > now()
RETURNING hold_id
"""


def complete(job: Job, image_name: str) -> bool:
    """Publishes the stored image and charges for it; False if the job ended otherwise before."""
    with transaction.atomic(), connection.cursor() as cursor:
        values: dict[str, Any] = {
            "id": job.pk,
            "fence": job.fence,
            "image_name": image_name,
            "engine_finished_at": job.engine_finished_at,
        }
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

    A runner names its fence; the deadline needs none.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        values: dict[str, Any] = {"id": job_id, "kind": kind, "error": error[:500], "fence": fence}
        cursor.execute(FAIL, values)
        row = cursor.fetchone()
        if row is None:
            return False
        ledger.void(row[0])
        return True


def has_ended(job_id: uuid.UUID) -> bool:
    """Whether nobody waits for the job any more."""
    return Job.objects.filter(pk=job_id, finished_at__isnull=False).exists()


def cancel(job_id: uuid.UUID) -> bool:
    """Ends the job at its customer's wish and gives the reserved amount back.

    False if it had ended. The runner that works on it hears of it and tells the engine.
    """
    return end(job_id, Job.FailureKind.CANCELLED, CANCELLED)


def end(job_id: uuid.UUID, kind: str, error: str) -> bool:
    """Fails a job that may be at work somewhere, and tells its runner."""
    ended = fail(job_id, kind, error)
    if ended:
        _notify(ENDED_CHANNEL, str(job_id))
    return ended
