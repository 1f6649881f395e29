"""What the running web server says about itself, and when its word is reason to act.

It never acts: the supervisor does.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException

ANSWER_TIMEOUT_SECONDS = 2.0
FIRST_BEAT_TIMEOUT_SECONDS = 45.0
# Counted from when the site says so, which is 20 s after the last beat. Once a database is back,
# django-q2 may take 14 s to read its queue again.
BEAT_TIMEOUT_SECONDS = 15.0


@dataclass(frozen=True)
class Health:
    """The answer of `GET /healthz`; nothing works as long as there is none."""

    ready: bool = False
    database: bool = False
    worker: bool = False
    schedule: bool = False


def ask(port: int) -> Health:
    """Asks the web server on this machine, around any proxy in the environment."""
    connection = HTTPConnection("127.0.0.1", port, timeout=ANSWER_TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        report = json.loads(answer.read())
        parts = (report["database"], report["worker"], report["schedule"])
        return Health(answer.status == 200, *parts)
    except (OSError, HTTPException, ValueError, KeyError, TypeError):
        return Health()
    finally:
        connection.close()


@dataclass
class BeatWatch:
    """Finds a background cluster that runs but does nothing.

    Whatever it is that keeps it, stopped processes too, all that shows is a heartbeat that stays
    away. `beats` reads it from the answer. Times are seconds of the monotonic clock.
    """

    beats: Callable[[Health], bool]
    beat_at: float = field(default=float("-inf"))
    excused_at: float = field(default=float("-inf"))

    def is_stale(self, health: Health, started_at: float, now: float) -> bool:
        """Whether the cluster, started at `started_at`, has been silent for too long."""
        if self.beats(health):
            self.beat_at = now
        if self.beats(health) or not health.database:
            # Without its database no cluster can beat: that silence is not its fault.
            self.excused_at = now
        has_beaten = self.beat_at > started_at
        patience = BEAT_TIMEOUT_SECONDS if has_beaten else FIRST_BEAT_TIMEOUT_SECONDS
        return now - max(self.excused_at, started_at) > patience
