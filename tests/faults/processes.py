"""Which process is which in a deployment, to be killed, stopped or woken."""

import os

from tests.conftest import wait_until
from tests.deployment import Deployment

LATEST_RUNNER = "SELECT pid FROM generations_runner ORDER BY heartbeat_at DESC, started_at DESC"


def pid_of(deployment: Deployment, *marks: str) -> int:
    """The oldest process whose command line has all the marks."""
    found = deployment.processes().items()
    return min(pid for pid, command in found if all(mark in command for mark in marks))


def runner_pids(deployment: Deployment) -> list[int]:
    """The runners that live, the one that beat last first."""
    pids = [int(row[0]) for row in deployment.query(LATEST_RUNNER)]
    return [pid for pid in pids if _lives(pid)]


def wait_for_runner(deployment: Deployment, timeout_seconds: float = 30) -> int:
    """Waits until one lives, and returns its process."""
    found: list[int] = []

    def lives() -> bool:
        found.extend(runner_pids(deployment))
        return bool(found)

    wait_until(lives, timeout_seconds)
    return found[0]


def wait_until_dead(pid: int) -> None:
    """Waits until nothing of that process runs."""
    wait_until(lambda: not _lives(pid))


def _lives(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(") ")[2][0] != "Z"
    except OSError:
        return False


def processing(deployment: Deployment) -> int:
    """How many jobs the provider has."""
    rows = deployment.query(
        "SELECT count(*) FROM generations_job"
        " WHERE status = 'processing' AND engine_reference <> ''"
    )
    return int(rows[0][0])


def kill(pid: int, number: int) -> None:
    """Sends the signal, if the process is still there."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
