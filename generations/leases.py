"""Who works on a job: claims, leases and the fence.

A claim gives a runner the job for a short time and a number, the fence, that all its later writes
carry; whoever claims the job next gets a higher one, so a runner that was only asleep changes
nothing any more. The database's clock decides alone. What becomes of the job is `jobs.py`'s.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now

from generations.models import Job

LEASE_SECONDS = 20
# A job whose runner died twice with it is not given to a third one.
ATTEMPTS_MAX = 2
# So many jobs of one model at most are taken in one claim.
BATCH_MAX = 100


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job that is the runner's, read at `at` by the database's clock."""

    job: Job
    at: datetime
    seconds_left: float


# The outer LIMIT counts the places left at each model for this runner, and the emptiest model comes
# first, so that one engine's queue never holds up another's. The inner LIMIT is a constant, for the
# planner: a number that it cannot know it takes for a tenth of the queue, which it then sorts.
# Rows are locked one by one, as the outer one asks for them. Whoever submits while this waits is
# found, too, and is no earlier started than submitted.
_PICKED = """
WITH taken AS (
    SELECT * FROM unnest(%(models)s::bigint[], %(counts)s::bigint[]) AS taken (model_id, count)
), picked AS (
    SELECT found.id
    FROM (
        SELECT id, concurrency - coalesce(taken.count, 0) AS places
        FROM generations_cataloguemodel LEFT JOIN taken ON taken.model_id = id
        WHERE concurrency > coalesce(taken.count, 0)
        ORDER BY coalesce(taken.count, 0)::float / concurrency
    ) model
    CROSS JOIN LATERAL (
        SELECT id FROM (
            SELECT id FROM generations_job
            WHERE model_id = model.id AND {condition}
            ORDER BY {order}
            LIMIT {batch}
            FOR UPDATE SKIP LOCKED
        ) next
        LIMIT least(%(room)s, model.places)
    ) found
    LIMIT %(room)s
)
UPDATE generations_job
SET status = 'processing', runner_id = %(runner)s, fence = fence + 1, attempts = attempts + 1,
    lease_until = now() + %(lease_seconds)s * interval '1 second',
    started_at = coalesce(started_at, greatest(now(), created_at)), engine_finished_at = NULL
FROM picked WHERE generations_job.id = picked.id
RETURNING generations_job.id
"""
CLAIM = _PICKED.format(
    batch=BATCH_MAX, condition="status = 'queued' AND deadline_at > now()", order="turn, created_at"
)
RECLAIM = _PICKED.format(
    batch=BATCH_MAX,
    condition="status = 'processing' AND deadline_at > now()"
    # Its own are still at work, however late it was to say so.
    " AND runner_id IS DISTINCT FROM %(runner)s"
    " AND lease_until < now() - %(patience_seconds)s * interval '1 second'"
    f" AND attempts < {ATTEMPTS_MAX}",
    # Fair here, too: the jobs that an engine did not take wait like this for the next in line.
    order="turn, created_at",
)


Claim = Callable[[uuid.UUID, int, Mapping[int, int]], list[Claimed]]


def claim(runner_id: uuid.UUID, room: int, taken: Mapping[int, int]) -> list[Claimed]:
    """Takes up to `room` queued jobs, in their turn; `taken` counts the runner's jobs by model."""
    return _claimed(CLAIM, runner_id, room, taken)


def reclaim(
    runner_id: uuid.UUID, room: int, taken: Mapping[int, int], patience_seconds: float = 0.0
) -> list[Claimed]:
    """Takes over jobs that were handed over, or whose runner let its lease run out: it died.

    Those whose lease ran out within `patience_seconds` are left to others.
    """
    return _claimed(RECLAIM, runner_id, room, taken, patience_seconds)


def _claimed(
    statement: str,
    runner_id: uuid.UUID,
    room: int,
    taken: Mapping[int, int],
    patience_seconds: float = 0.0,
) -> list[Claimed]:
    values: dict[str, Any] = {
        "models": list(taken.keys()),
        "counts": list(taken.values()),
        "room": room,
        "runner": runner_id,
        "lease_seconds": LEASE_SECONDS,
        "patience_seconds": patience_seconds,
    }
    # In one transaction, else the fence that is read could be a successor's.
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            ids = [row[0] for row in cursor.fetchall()]
        return _read(ids) if ids else []


def _read(ids: Sequence[uuid.UUID]) -> list[Claimed]:
    jobs = Job.objects.filter(pk__in=ids).select_related("model").annotate(read_at=Now())
    return [
        Claimed(job, job.read_at, (job.deadline_at - job.read_at).total_seconds())
        for job in jobs.order_by("turn", "created_at")
    ]


RENEW = """
UPDATE generations_job SET lease_until = now() + %(lease_seconds)s * interval '1 second'
WHERE id = ANY(%(ids)s) AND runner_id = %(runner)s AND status = 'processing'
RETURNING id
"""


def renew(runner_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Extends the leases of the runner's jobs; those missing in the answer are its own no more."""
    with connection.cursor() as cursor:
        values: dict[str, Any] = {
            "runner": runner_id,
            "ids": list(ids),
            "lease_seconds": LEASE_SECONDS,
        }
        cursor.execute(RENEW, values)
        return {row[0] for row in cursor.fetchall()}


DISOWN = """
UPDATE generations_job SET runner_id = NULL
WHERE runner_id = %(runner)s AND id <> ALL(%(ids)s) AND status = 'processing'
  AND lease_until < now()
"""


def disown(runner_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> None:
    """Lets go of jobs that are the runner's without its knowing: it works on `ids` alone.

    Its claim was committed, and the answer lost with the connection.
    """
    with connection.cursor() as cursor:
        cursor.execute(DISOWN, {"runner": runner_id, "ids": list(ids)})


# An orderly end is nobody's fault: the attempt is given back.
HAND_OVER = """
UPDATE generations_job SET lease_until = now(), attempts = greatest(attempts - 1, 0)
WHERE id = ANY(%(ids)s) AND runner_id = %(runner)s AND status = 'processing'
  AND lease_until > now()
"""


def hand_over(runner_id: uuid.UUID, ids: Sequence[uuid.UUID]) -> None:
    """Leaves the jobs to whoever reclaims next."""
    with connection.cursor() as cursor:
        cursor.execute(HAND_OVER, {"runner": runner_id, "ids": list(ids)})


ABANDON = """
UPDATE generations_job SET lease_until = now()
WHERE runner_id = ANY(%(runners)s) AND status = 'processing' AND lease_until > now()
"""


def abandon(runner_ids: Sequence[uuid.UUID]) -> None:
    """Ends the leases of runners that are known to be dead, rather than waiting them out."""
    with connection.cursor() as cursor:
        cursor.execute(ABANDON, {"runners": list(runner_ids)})
