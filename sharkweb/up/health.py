"""What the running web server says about itself, and when its word is reason to act.

It never acts: the supervisor does.
"""

import json
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException

ANSWER_TIMEOUT_SECONDS = 2.0
FIRST_BEAT_TIMEOUT_SECONDS = 45.0
BEAT_TIMEOUT_SECONDS = 20.0


@dataclass(frozen=True)
class Health:
    """The answer of `GET /healthz`; nothing works as long as there is none."""

    ready: bool = False
    database: bool = False
    worker: bool = False


def ask(port: int) -> Health:
    """Asks the web server on this machine, around any proxy in the environment."""
    connection = HTTPConnection("127.0.0.1", port, timeout=ANSWER_TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        report = json.loads(answer.read())
        return Health(answer.status == 200, report["database"], report["worker"])
    except (OSError, HTTPException, ValueError, KeyError, TypeError):
        return Health()
    finally:
        connection.close()


@dataclass
class WorkerWatch:
    """Finds background workers that run but do nothing.

    A django-q2 cluster hangs for ever when one of its idle workers is killed; all that shows
    is a heartbeat that stays away. Times are seconds of the monotonic clock.
    """

    beat_at: float = field(default=float("-inf"))
    excused_at: float = field(default=float("-inf"))

    def is_stale(self, health: Health, started_at: float, now: float) -> bool:
        """Whether workers started at `started_at` have been silent for too long."""
        if health.worker:
            self.beat_at = now
        if health.worker or not health.database:
            # Without its database no worker can beat: that silence is not its fault.
            self.excused_at = now
        has_beaten = self.beat_at > started_at
        patience = BEAT_TIMEOUT_SECONDS if has_beaten else FIRST_BEAT_TIMEOUT_SECONDS
        return now - max(self.excused_at, started_at) > patience
