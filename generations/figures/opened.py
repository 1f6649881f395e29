"""Figures of the jobs that are open: what waits and runs at each offer, and what is held for them.

Reads only.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection


@dataclass(frozen=True, slots=True)
class Offer:
    """A catalogue model that is active, or that has open jobs."""

    runners_alive: int
    id: int
    variant: str
    engine: str
    active: bool
    concurrency: int
    queued: int
    in_flight: int
    overdue: int
    oldest_queued_seconds: float

    @property
    def room(self) -> int:
        """How many of its jobs all runners together work on at once."""
        return self.concurrency * self.runners_alive


OPEN = """
SELECT model.id, model.variant, model.engine, model.active, model.concurrency,
    count(*) FILTER (WHERE job.status = 'queued'),
    count(*) FILTER (WHERE job.status = 'processing'),
    count(*) FILTER (WHERE job.deadline_at <= now()),
    coalesce(extract(epoch FROM now() - min(job.created_at)
        FILTER (WHERE job.status = 'queued')), 0)::float8
FROM generations_cataloguemodel model
LEFT JOIN generations_job job ON job.model_id = model.id
    AND job.status IN ('queued', 'processing')
GROUP BY model.id
HAVING model.active OR count(job.id) > 0
ORDER BY model.variant, model.position, model.id
"""


def offers(runners_alive: int) -> list[Offer]:
    """The offers, in the order in which they are asked for each variant."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN)
        return [Offer(runners_alive, *row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Holds:
    """Amounts held, jobs open, and how many of either are without the other: none should be."""

    held: int
    open_jobs: int
    unmatched: int


# One statement sees one moment, so that no job which ends just now looks unmatched.
HOLDS = """
SELECT now(), count(hold.id), count(job.id),
    count(*) FILTER (WHERE hold.id IS NULL OR job.id IS NULL)
FROM (SELECT id FROM wallet_hold WHERE status = 'held' AND reference LIKE 'job:%') hold
FULL JOIN (
    SELECT id, hold_id FROM generations_job WHERE status IN ('queued', 'processing')
) job ON job.hold_id = hold.id
"""


def holds() -> tuple[datetime, Holds]:
    """The database's time, and the holds at it."""
    with connection.cursor() as cursor:
        cursor.execute(HOLDS)
        at, *counts = cursor.fetchone()
        return at, Holds(*counts)
