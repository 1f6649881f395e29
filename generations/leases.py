"""Who works on a job: claims, leases and the fence.

A claim gives a runner the job for a short time and a number, the fence, that all its later writes
carry; whoever claims the job next gets a higher one, so a runner that was only asleep changes
nothing any more. What becomes of the job is `jobs.py`'s.
"""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from generations.models import Job

LEASE_SECONDS = 20
# A job that keeps killing its runner is not given to a fourth one.
ATTEMPTS_MAX = 3

# LIMIT counts the places left at each model for this runner, so that a slow engine's queue never
# holds up another's.
CLAIM = """
WITH taken AS (
    SELECT * FROM unnest(%(models)s::bigint[], %(counts)s::bigint[]) AS taken (model_id, count)
), picked AS (
    SELECT queued.id
    FROM generations_cataloguemodel model
    LEFT JOIN taken ON taken.model_id = model.id
    CROSS JOIN LATERAL (
        SELECT id FROM generations_job
        WHERE model_id = model.id AND status = 'queued' AND deadline_at > now()
        ORDER BY created_at
        LIMIT least(%(room)s, greatest(0, model.concurrency - coalesce(taken.count, 0)))
        FOR UPDATE SKIP LOCKED
    ) queued
)
UPDATE generations_job
SET status = 'processing', runner_id = %(runner)s, fence = fence + 1, attempts = attempts + 1,
    lease_until = now() + %(lease_seconds)s * interval '1 second', started_at = now()
FROM picked WHERE generations_job.id = picked.id
RETURNING generations_job.id
"""


def claim(runner_id: uuid.UUID, room: int, taken: Mapping[int, int]) -> list[Job]:
    """Takes up to `room` queued jobs, oldest first; `taken` counts the runner's jobs by model."""
    return _claimed(
        CLAIM,
        {
            "models": list(taken.keys()),
            "counts": list(taken.values()),
            "room": room,
            "runner": runner_id,
            "lease_seconds": LEASE_SECONDS,
        },
    )


RECLAIM = """
UPDATE generations_job
SET runner_id = %(runner)s, fence = fence + 1, attempts = attempts + 1,
    lease_until = now() + %(lease_seconds)s * interval '1 second'
WHERE id IN (
    SELECT id FROM generations_job
    WHERE status = 'processing' AND lease_until < now() AND deadline_at > now()
      AND attempts < %(attempts_max)s
    ORDER BY lease_until LIMIT %(room)s FOR UPDATE SKIP LOCKED
)
RETURNING id
"""


def reclaim(runner_id: uuid.UUID, room: int) -> list[Job]:
    """Takes over jobs whose runner let its lease run out: it died, or lost the database."""
    return _claimed(
        RECLAIM,
        {
            "runner": runner_id,
            "room": room,
            "lease_seconds": LEASE_SECONDS,
            "attempts_max": ATTEMPTS_MAX,
        },
    )


def _claimed(statement: str, values: dict[str, Any]) -> list[Job]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        ids = [row[0] for row in cursor.fetchall()]
    if not ids:
        return []
    return list(Job.objects.filter(pk__in=ids).select_related("model").order_by("created_at"))


RENEW = """
UPDATE generations_job SET lease_until = now() + %(lease_seconds)s * interval '1 second'
WHERE id = ANY(%(ids)s) AND runner_id = %(runner)s AND status = 'processing'
RETURNING id
"""


def renew(runner_id: uuid.UUID, ids: Sequence[uuid.UUID], lease_seconds: int) -> set[uuid.UUID]:
    """Extends the leases of the runner's jobs; those missing in the answer are no longer its own.

    With 0 seconds it hands them over.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            RENEW, {"runner": runner_id, "ids": list(ids), "lease_seconds": lease_seconds}
        )
        return {row[0] for row in cursor.fetchall()}
