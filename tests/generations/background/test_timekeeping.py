"""Scheduled work: done by the clock, however long some of it takes and whatever it kills.

Two clusters, as on two machines, serve the whole file.
"""

import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from django.utils import timezone
from django_q.models import OrmQ, Schedule, Task
from django_q.tasks import async_task

from generations.background import runners, timekeeping, timetable
from generations.models import CatalogueModel, Job, Timekeeper
from tests.conftest import Customer, wait_until
from tests.generations.background.clusters import (
    CHORES,
    Cluster,
    in_hand,
    is_done,
    running,
)

pytestmark = pytest.mark.faults

QUICK_RETRY = "tests.generations.background.quick_retry_settings"
RETRY_SECONDS = 3
SOON_SECONDS = 5.0
# django-q2 looks at its schedule that often.
SCHEDULER_SECONDS = 30


@pytest.fixture(scope="module")
def pair(database: None) -> Iterator[tuple[Cluster, Cluster]]:
    with running("keep_time") as first, running("keep_time") as second:
        yield first, second


def heartbeat_of(cluster: Cluster) -> float:
    return Timekeeper.objects.get(pid=cluster.process.pid).heartbeat_at.timestamp()


def test_what_is_due_is_called_once_whoever_sees_it(pair: tuple[Cluster, Cluster]) -> None:
    name = f"due {uuid.uuid4()}"
    Schedule.objects.create(
        name=name,
        func=f"{CHORES}.nothing",
        schedule_type=Schedule.MINUTES,
        minutes=1,
        cluster=timetable.CLUSTER,
    )
    wait_until(lambda: Task.objects.filter(group=name).exists(), SCHEDULER_SECONDS + SOON_SECONDS)
    # By now the other has looked, too; both started in the same few seconds.
    time.sleep(SOON_SECONDS)
    Schedule.objects.filter(name=name).delete()
    assert Task.objects.filter(group=name, success=True).count() == 1
    # The project's own was called in the same round.
    assert Task.objects.filter(group="wallet every minute", success=True).exists()
    assert Task.objects.filter(group="sync every minute", success=True).exists()


def submit(site: str, customer: Customer, variant: str) -> str:
    """Asks for an image; returns the job's id."""
    body = {"prompt": "a fish", "variant": variant}
    answer = httpx.post(f"{site}/api/v1/image", headers=customer.headers, json=body)
    return str(answer.json()["job_id"])


def test_long_chores_hold_up_no_job_and_no_other_chore(
    pair: tuple[Cluster, Cluster], site: str, alice: Customer
) -> None:
    cluster = pair[0]
    long = [cluster.give("sleep", 60) for _ in range(timekeeping.WORKERS - 1)]
    wait_until(lambda: in_hand(*long) == len(long))
    before = heartbeat_of(cluster)
    with running("work"):
        job_id = submit(site, alice, "tiny")
        wait_until(lambda: Job.objects.get(pk=job_id).status == "completed", SOON_SECONDS)
    short = cluster.give("nothing")
    wait_until(lambda: is_done(short), SOON_SECONDS)
    wait_until(lambda: heartbeat_of(cluster) > before + 2 * timekeeping.BEAT_SECONDS)
    assert not Task.objects.filter(pk__in=long).exists()


def test_a_runner_full_of_jobs_holds_up_no_chore(
    pair: tuple[Cluster, Cluster], site: str, alice: Customer
) -> None:
    offer = {"price_micros": 30_000, "width": 64, "height": 64, "active": True}
    slow = CatalogueModel.objects.create(
        variant="slow", engine="demo", options={"seconds": 60}, **offer
    )
    with running("work", SHARKAPI_RUNNER_JOBS="3"):
        for _ in range(4):
            submit(site, alice, "slow")
        jobs = Job.objects.filter(model=slow)
        wait_until(lambda: jobs.filter(status="processing").count() == 3)
        chore = pair[1].give("nothing")
        wait_until(lambda: is_done(chore), SOON_SECONDS)
        assert jobs.filter(status="queued").count() == 1
    # Whoever works on them next is done with them at once.
    CatalogueModel.objects.filter(pk=slow.pk).update(options={})


def test_a_chore_that_kills_its_worker_comes_back_once_and_no_more(
    database: None, tmp_path: Path
) -> None:
    traces = [tmp_path / str(number) for number in range(3)]
    with running("keep_time", DJANGO_SETTINGS_MODULE=QUICK_RETRY) as cluster:
        deadly = [cluster.give("die", str(trace), timeout_seconds=2) for trace in traces]
        others = [cluster.give("nothing") for _ in range(3)]
        wait_until(lambda: all(map(is_done, others)), SOON_SECONDS)
        wait_until(lambda: [trace.read_text() for trace in traces] == ["here\nhere\n"] * 3)
        time.sleep(2 * RETRY_SECONDS)
        assert [trace.read_text() for trace in traces] == ["here\nhere\n"] * 3
        assert in_hand(*deadly) == 0
        another = cluster.give("nothing")
        wait_until(lambda: is_done(another), SOON_SECONDS)


def test_a_chore_that_takes_too_long_is_ended(pair: tuple[Cluster, Cluster]) -> None:
    cluster = pair[1]
    chore = cluster.give("sleep", 60, timeout_seconds=1)
    wait_until(lambda: is_done(chore, success=False), SOON_SECONDS)
    wait_until(lambda: in_hand(chore) == 0, SOON_SECONDS)


def test_a_dead_clusters_chores_are_taken_over(pair: tuple[Cluster, Cluster]) -> None:
    cluster = pair[1]
    dead, old = uuid.uuid4(), timezone.now() - timedelta(minutes=5)
    chore = async_task(f"{CHORES}.nothing", cluster=timekeeping.KIND.queue(dead))
    async_task(f"{CHORES}.nothing", cluster=runners.KIND.queue(dead))
    OrmQ.objects.filter(key__endswith=str(dead)).update(lock=old)
    starting = timekeeping.KIND.queue(uuid.uuid4())
    async_task(f"{CHORES}.nothing", cluster=starting)
    Timekeeper.objects.create(pk=dead, host="elsewhere", pid=1)
    Timekeeper.objects.filter(pk=dead).update(heartbeat_at=timezone.now() - timedelta(hours=2))

    async_task("generations.background.timekeeping.tidy", cluster=cluster.queue)
    wait_until(lambda: is_done(chore), SOON_SECONDS)
    assert not OrmQ.objects.filter(key__endswith=str(dead)).exists()
    assert not Timekeeper.objects.filter(pk=dead).exists()
    # Who has not yet given a sign of life may only be starting.
    assert OrmQ.objects.filter(key=starting).count() == 1
    OrmQ.objects.filter(key=starting).delete()
