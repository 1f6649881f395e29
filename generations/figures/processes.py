"""Figures of the processes in the background: where they run, and when each last gave a sign.

Reads only.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import DurationField, ExpressionWrapper, F
from django.db.models.functions import Now

from generations.models import HEARTBEAT_MAX_AGE_SECONDS, Runner, Timekeeper

SHOWN_MAX = 100


@dataclass(frozen=True, slots=True)
class Process:
    """A runner, or a timekeeper, which has nothing in flight: None."""

    host: str
    pid: int
    in_flight: int | None
    started_at: datetime
    heartbeat_age_seconds: float

    @property
    def is_alive(self) -> bool:
        return self.heartbeat_age_seconds <= HEARTBEAT_MAX_AGE_SECONDS


def processes(kind: type[Runner] | type[Timekeeper]) -> list[Process]:
    """Those that gave a sign of life latest, latest first."""
    age = ExpressionWrapper(Now() - F("heartbeat_at"), DurationField())
    rows = kind.objects.annotate(age=age).order_by("-heartbeat_at")[:SHOWN_MAX]
    found: dict[tuple[str, int], Process] = {}
    for row in rows:
        process = Process(
            host=row.host,
            pid=row.pid,
            in_flight=getattr(row, "in_flight", None),
            started_at=row.started_at,
            heartbeat_age_seconds=max(0.0, row.age.total_seconds()),
        )
        # A container that starts again has the numbers of the one before: the later one counts.
        found.setdefault((process.host, process.pid), process)
    return list(found.values())
