"""A cluster that stands still is started again by `sharkweb.up`, and nothing else is touched."""

import os
import signal
from collections.abc import Iterator

import httpx
import pytest

from tests.conftest import wait_until
from tests.deployment import Deployment

pytestmark = pytest.mark.faults

# A beat is missed after 20 s, believed to be missing after 15 more, and the stop takes 5.
RESTART_SECONDS = 60


@pytest.fixture(scope="session", autouse=True)
def database() -> None:
    """These tests bring their own."""


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    running = Deployment(tmp_path_factory.mktemp("frozen") / "data")
    running.start()
    yield running
    assert running.stop() < 10
    assert running.processes() == {}


def health(deployment: Deployment) -> dict[str, object]:
    report: dict[str, object] = httpx.get(f"{deployment.address}/healthz").json()
    return report


def group_of(deployment: Deployment, mark: str) -> int:
    """The process group of the command."""
    return os.getpgid(next(pid for pid, line in deployment.processes().items() if mark in line))


def outside(deployment: Deployment, group: int) -> set[int]:
    """All processes that are not in the group."""
    return {pid for pid in deployment.processes() if os.getpgid(pid) != group}


@pytest.mark.parametrize(
    ("mark", "part"), [("manage.py work", "worker"), ("manage.py keep_time", "schedule")]
)
def test_only_the_frozen_one_is_started_again(deployment: Deployment, mark: str, part: str) -> None:
    wait_until(lambda: health(deployment)["status"] == "ok")
    frozen = group_of(deployment, mark)
    others = outside(deployment, frozen)
    os.killpg(frozen, signal.SIGSTOP)
    wait_until(lambda: not health(deployment)[part], 30)
    worst = health(deployment)
    assert worst["status"] == ("unavailable" if part == "worker" else "degraded")

    wait_until(lambda: health(deployment)["status"] == "ok", RESTART_SECONDS)
    again = group_of(deployment, mark)
    assert again != frozen
    assert outside(deployment, again) == others
