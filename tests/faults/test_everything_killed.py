"""Whatever is killed, and whenever: no job is lost, no money is wrong.

A whole deployment works under load while its processes are killed one after the other, and in the
end all at once.
"""

import contextlib
import os
import signal
import time
from collections.abc import Callable

import httpx
import pytest

from tests.conftest import wait_until
from tests.deployment import Deployment
from tests.faults.load import Client, Load
from tests.faults.processes import kill, pid_of, runner_pids, wait_for_runner
from tests.faults.record import assert_nothing_was_sent_twice, assert_true
from tests.generations.engines.servers.replicate import Replicate

pytestmark = pytest.mark.faults

CALM_SECONDS = 2.0
BACK_SECONDS = 60


def web_worker_pid(deployment: Deployment) -> int:
    main = pid_of(deployment, "granian")
    return max(pid for pid, c in deployment.processes().items() if "granian" in c and pid != main)


VICTIMS: dict[str, Callable[[Deployment], int]] = {
    "the runner": wait_for_runner,
    "a web worker": web_worker_pid,
    "the web server": lambda deployment: pid_of(deployment, "granian"),
    "PostgreSQL": lambda deployment: pid_of(deployment, "bin/postgres", "-D"),
    "the jobs' cluster": lambda deployment: pid_of(deployment, "manage.py work"),
    "the clock's cluster": lambda deployment: pid_of(deployment, "manage.py keep_time"),
}


def works(client: Client) -> bool:
    """Whether a job submitted now is completed."""
    with contextlib.suppress(httpx.TransportError, httpx.HTTPStatusError):
        job_id = client.submit().raise_for_status().json()["job_id"]
        for _ in range(20):
            time.sleep(0.2)
            if client.job(job_id)["status"] == "completed":
                return True
    return False


def test_nothing_is_lost(deployment: Deployment, client: Client, provider: Replicate) -> None:
    provider.seconds = 0.3
    with Load(client) as load:
        for victim in VICTIMS.values():
            time.sleep(CALM_SECONDS)
            os.kill(victim(deployment), signal.SIGKILL)
            wait_until(lambda: works(client), BACK_SECONDS)
        # In the end all at once, by the death of the one who would start them again.
        assert deployment.process is not None
        deployment.process.kill()
        deployment.process.wait()
        wait_until(lambda: deployment.processes() == {}, 15)
        deployment.start()
        time.sleep(CALM_SECONDS)
    ended = assert_true(deployment, client, load.accepted)
    assert_nothing_was_sent_twice(provider)
    # While PostgreSQL is away the only honest answer is 500; nothing else was ever refused.
    assert {status for status, _ in load.refusals} <= {500}
    assert ended["completed"] > 20


def test_idle_workers_killed_do_not_stop_the_cluster_for_good(
    deployment: Deployment, client: Client
) -> None:
    cluster = pid_of(deployment, "manage.py work")
    busy = {cluster, *runner_pids(deployment)}
    for pid, command in deployment.processes().items():
        if "manage.py work" in command and pid not in busy:
            kill(pid, signal.SIGKILL)
    wait_until(lambda: works(client), 90)
