"""Figures of the jobs that ended within the last hour: what became of them, how long they took.

Of a busier hour than is worth counting, the latest jobs stand for the whole. Reads only.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db import connection

from generations.models import Job

WINDOW_SECONDS = 3600
COUNTED_MAX = 100_000
TIMED_MAX = 1_000


@dataclass(frozen=True, slots=True)
class Spread:
    """The median and the 95th percentile, in seconds."""

    p50: float
    p95: float


@dataclass(slots=True)
class Outcome:
    """What became of an engine's jobs; `failures` is by kind, `seconds` the engine's own time."""

    engine: str
    completed: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    seconds: Spread | None = None

    @property
    def failure_rate(self) -> float | None:
        """The part that failed for no reason of the customer's, from 0 to 1; None of none."""
        own = self.failures[Job.FailureKind.PROVIDER] + self.failures[Job.FailureKind.TIMEOUT]
        return own / (self.completed + own) if self.completed + own else None


# Newest first along the index, which ends the search at the window or the limit. What an engine
# made without us was neither ours to wait for nor to fail.
OUTCOMES = """
SELECT model.engine, job.failure_kind, count(*),
    extract(epoch FROM now() - min(job.finished_at))::float8
FROM (
    SELECT model_id, failure_kind, finished_at FROM generations_job
    WHERE finished_at > now() - %(window_seconds)s * interval '1 second'
        AND imported_at IS NULL
    ORDER BY finished_at DESC LIMIT %(counted_max)s
) job
JOIN generations_cataloguemodel model ON model.id = job.model_id
GROUP BY model.engine, job.failure_kind
"""


def outcomes(engines: Iterable[str]) -> tuple[list[Outcome], float]:
    """One for each of the engines and of those with ended jobs, and how far back they reach."""
    with connection.cursor() as cursor:
        limits = {"window_seconds": WINDOW_SECONDS, "counted_max": COUNTED_MAX}
        cursor.execute(OUTCOMES, limits)
        rows = cursor.fetchall()
    found = {name: Outcome(name) for name in {*engines, *(row[0] for row in rows)}}
    for engine, kind, count, _ in rows:
        if kind:
            found[engine].failures[kind] = count
        else:
            found[engine].completed = count
    is_whole = sum(row[2] for row in rows) < COUNTED_MAX
    reach_seconds = WINDOW_SECONDS if is_whole else max(row[3] for row in rows)
    return sorted(found.values(), key=lambda outcome: outcome.engine), float(reach_seconds)


# In the order in which a job goes through them: where each begins and ends.
PHASES = {
    "queue": ("created_at", "started_at"),
    "handover": ("started_at", "engine_started_at"),
    "engine": ("engine_started_at", "engine_finished_at"),
    "store": ("engine_finished_at", "finished_at"),
    "total": ("created_at", "finished_at"),
}
_PERCENTILES = ", ".join(
    "percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP "
    f"(ORDER BY extract(epoch FROM job.{end} - job.{begin})::float8)"
    for begin, end in PHASES.values()
)
TIMES = f"""
SELECT model.engine, count(*), {_PERCENTILES}
FROM (
    SELECT model_id, created_at, started_at, engine_started_at, engine_finished_at, finished_at
    FROM generations_job
    WHERE finished_at > now() - %(window_seconds)s * interval '1 second'
        AND status = 'completed' AND imported_at IS NULL
    ORDER BY finished_at DESC LIMIT %(timed_max)s
) job
JOIN generations_cataloguemodel model ON model.id = job.model_id
GROUP BY GROUPING SETS ((), (model.engine))
"""  # noqa: S608 - made of constants.


def times() -> tuple[int, dict[str, Spread], dict[str, Spread]]:
    """Of how many completed jobs, by phase, and the engine phase by engine.

    A phase is missing where no job has both its times.
    """
    timed = 0
    phases: dict[str, Spread] = {}
    engines: dict[str, Spread] = {}
    with connection.cursor() as cursor:
        cursor.execute(TIMES, {"window_seconds": WINDOW_SECONDS, "timed_max": TIMED_MAX})
        rows = cursor.fetchall()
    for engine, count, *percentiles in rows:
        pairs = zip(PHASES, percentiles, strict=True)
        spreads = {phase: _spread(pair) for phase, pair in pairs if pair}
        if engine is None:
            timed, phases = count, spreads
        elif "engine" in spreads:
            engines[engine] = spreads["engine"]
    return timed, phases, engines


def _spread(percentiles: list[float]) -> Spread:
    # More than one machine notes a job's times, so a short phase can come out below zero.
    return Spread(*(max(0.0, seconds) for seconds in percentiles))
