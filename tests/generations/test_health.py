"""/healthz tells what works: the database, the cluster for jobs, and the one for scheduled work."""

import uuid
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from django.db.models.functions import Now

from generations.models import HEARTBEAT_MAX_AGE_SECONDS, Runner, Timekeeper
from tests.conftest import process_environment, served


@pytest.fixture(autouse=True)
def nobody(database: None) -> Iterator[None]:
    for model in (Runner, Timekeeper):
        model.objects.all().delete()
    yield
    for model in (Runner, Timekeeper):
        model.objects.all().delete()


def runner(age_seconds: int = 0) -> None:
    Runner.objects.create(host="here", pid=1, heartbeat_at=Now() - timedelta(seconds=age_seconds))


def timekeeper(age_seconds: int = 0) -> None:
    heartbeat_at = Now() - timedelta(seconds=age_seconds)
    Timekeeper.objects.create(pk=uuid.uuid4(), host="here", pid=1, heartbeat_at=heartbeat_at)


def ask(site: str) -> tuple[int, dict[str, object]]:
    answer = httpx.get(f"{site}/healthz")
    return answer.status_code, answer.json()


def test_all_is_well(site: str) -> None:
    runner()
    timekeeper()
    parts = {"database": True, "worker": True, "schedule": True}
    assert ask(site) == (200, {"status": "ok", **parts})


def test_without_scheduled_work_nobody_is_turned_away(site: str) -> None:
    runner()
    timekeeper(HEARTBEAT_MAX_AGE_SECONDS + 1)
    parts = {"database": True, "worker": True, "schedule": False}
    assert ask(site) == (200, {"status": "degraded", **parts})


def test_without_a_runner_it_is_unavailable(site: str) -> None:
    runner(HEARTBEAT_MAX_AGE_SECONDS + 1)
    timekeeper()
    parts = {"database": True, "worker": False, "schedule": True}
    assert ask(site) == (503, {"status": "unavailable", **parts})


def test_without_a_database_nothing_works() -> None:
    nowhere = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nowhere"}
    with served({**process_environment(), **nowhere}) as site:
        parts = {"database": False, "worker": False, "schedule": False}
        assert ask(site) == (503, {"status": "unavailable", **parts})
