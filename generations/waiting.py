"""What is said of a job under way: its place in line, its stage, how long such jobs take, and when
it is released.

Reads only, by the database's clock: one statement for all jobs of a page. How long jobs take is
asked at most every half a minute, and kept by each process.
"""

import json
import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from generations.figures.finished import Spread
from generations.models import Job

# Who stands further back is only told so.
PLACES_MAX = 1_000
# So many of the latest jobs are looked at; fewer of one model than the minimum tell nothing.
TIMED_MAX = 1_000
TIMED_MIN = 3
KEPT_SECONDS = 30.0
# How full the bar is when half of all jobs have arrived, and when nearly all have.
FRACTION_P50 = 0.75
FRACTION_P95 = 0.95

# The limits are constants, for the planner: each queue is read along its index, from its head.
PLACES = f"""
SELECT json_object_agg(queued.id, queued.place)
FROM unnest(%(models)s::bigint[]) AS model (id)
CROSS JOIN LATERAL (
    SELECT id, row_number() OVER (ORDER BY turn, created_at) AS place
    FROM (
        SELECT id, turn, created_at FROM generations_job
        WHERE model_id = model.id AND status = 'queued'
        ORDER BY turn, created_at LIMIT {PLACES_MAX}
    ) first
) queued
WHERE queued.id = ANY(%(ids)s::uuid[])
"""  # noqa: S608 - made of constants.
TIMES = f"""
SELECT json_object_agg(model_id, seconds)
FROM (
    SELECT model_id, percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (
        ORDER BY extract(epoch FROM finished_at - created_at)::float8
    ) AS seconds
    FROM (
        SELECT model_id, status, imported_at, created_at, finished_at FROM generations_job
        WHERE finished_at IS NOT NULL ORDER BY finished_at DESC LIMIT {TIMED_MAX}
    ) latest
    WHERE status = 'completed' AND imported_at IS NULL
    GROUP BY model_id HAVING count(*) >= {TIMED_MIN}
) model
"""  # noqa: S608 - too.
MOMENT = "SELECT now(), ({places})::text, ({times})::text"

# When it was read, and the times by model. Whoever finds it old reads it anew for all.
_kept: tuple[float, dict[int, Spread]] = (-KEPT_SECONDS, {})


@dataclass(frozen=True, slots=True)
class Wait:
    """One job's. `place` counts from 1, and is None behind the thousandth; `usual` is from being
    submitted to having the image, and None while too few were made."""

    stage: str
    place: int | None
    elapsed_seconds: float
    left_seconds: float
    usual: Spread | None

    @property
    def is_overdue(self) -> bool:
        """Whether it should have been released by now."""
        return self.left_seconds <= 0

    @property
    def is_late(self) -> bool:
        """Whether it takes longer than nearly all others did."""
        return self.usual is not None and self.elapsed_seconds > self.usual.p95

    @property
    def fraction(self) -> float | None:
        """A guess from 0 to 0.95 of how far it is; it never claims to be done. None: no idea."""
        if self.usual is None:
            return None
        p50, p95 = self.usual.p50, self.usual.p95
        if self.elapsed_seconds < p50:
            return FRACTION_P50 * self.elapsed_seconds / p50
        beyond = min(1.0, (self.elapsed_seconds - p50) / max(p95 - p50, 1.0))
        return FRACTION_P50 + (FRACTION_P95 - FRACTION_P50) * beyond


def read(jobs: Sequence[Job]) -> dict[UUID, Wait]:
    """What is said of each of those jobs, none of which has ended."""
    if not jobs:
        return {}
    queued = [job for job in jobs if job.status == Job.Status.QUEUED]
    at, places, times = _moment(queued)
    return {job.pk: _wait(job, at, places, times) for job in jobs}


def _wait(job: Job, at: datetime, places: dict[str, int], times: dict[int, Spread]) -> Wait:
    return Wait(
        stage=_stage(job),
        place=places.get(str(job.pk)),
        elapsed_seconds=max(0.0, (at - job.created_at).total_seconds()),
        left_seconds=(job.deadline_at - at).total_seconds(),
        usual=times.get(job.model_id),
    )


def _stage(job: Job) -> str:
    if job.status == Job.Status.QUEUED:
        return "queued"
    if job.engine_finished_at:
        return "storing"
    return "painting" if job.engine_started_at else "preparing"


def _moment(queued: Sequence[Job]) -> tuple[datetime, dict[str, int], dict[int, Spread]]:
    global _kept
    read_at, times = _kept
    is_old = time.monotonic() - read_at >= KEPT_SECONDS
    statement = MOMENT.format(
        places=PLACES if queued else "NULL::json", times=TIMES if is_old else "NULL::json"
    )
    values: dict[str, Any] = {
        "models": list({job.model_id for job in queued}),
        "ids": [job.pk for job in queued],
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        at, found_places, found_times = cursor.fetchone()
    if is_old:
        found = json.loads(found_times or "{}")
        times = {int(model): _rounded(*seconds) for model, seconds in found.items()}
        _kept = (time.monotonic(), times)
    return at, json.loads(found_places or "{}"), times


def _rounded(p50: float, p95: float) -> Spread:
    # Whole seconds, as they are shown, and never none at all.
    return Spread(max(1, math.ceil(p50)), max(1, math.ceil(p95)))
