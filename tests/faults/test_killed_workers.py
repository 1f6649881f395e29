"""kill -9 of the worker fifty times at random points under load: nothing is lost or paid twice."""

import os
import random
import signal
import time

import pytest

from tests.conftest import wait_until
from tests.deployment import Deployment
from tests.faults.load import Client, Load
from tests.faults.processes import kill, runner_pids, wait_for_runner, wait_until_dead
from tests.faults.record import assert_nothing_was_sent_twice, assert_true
from tests.generations.engines.servers.replicate import Replicate

pytestmark = pytest.mark.faults

KILLS = 50
FOR_EVER_SECONDS = 3600.0


def test_fifty_kills(deployment: Deployment, client: Client, provider: Replicate) -> None:
    dice = random.Random(7)
    provider.seconds = 0.1
    with Load(client) as load:
        for _ in range(KILLS):
            victim = wait_for_runner(deployment)
            time.sleep(dice.uniform(0, 1.0))
            os.kill(victim, signal.SIGKILL)
            wait_until_dead(victim)
    ended = assert_true(deployment, client, load.accepted)
    assert_nothing_was_sent_twice(provider)
    assert load.refusals == []
    assert len(load.accepted) > 200
    # The others ended free: nobody knows whether their start arrived, or they saw two deaths.
    assert ended["completed"] > 100


def test_a_job_that_kills_its_worker(
    deployment: Deployment, client: Client, provider: Replicate
) -> None:
    # It ends by its deaths alone, however late we are to kill.
    provider.seconds = FOR_EVER_SECONDS
    poison = client.submit().raise_for_status().json()["job_id"]
    deaths = 0

    def is_over() -> bool:
        nonlocal deaths
        found = deployment.query(
            "SELECT runner.pid, job.status FROM generations_job job"
            f" LEFT JOIN generations_runner runner ON runner.id = job.runner_id"
            f" WHERE job.id = '{poison}'"
        )
        pid, status = found[0]
        if status == "processing" and pid in runner_pids(deployment):
            kill(pid, signal.SIGKILL)
            deaths += 1
        return bool(status in ("completed", "failed"))

    wait_until(is_over, 90)
    assert deaths == 2
    assert client.job(poison)["error"]
    provider.seconds = 0.1
    others = set(client.submit_many(5))
    ended = assert_true(deployment, client, others)
    assert ended == {"completed": 5}
