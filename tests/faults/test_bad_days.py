"""Bad days: a runner that slept, PostgreSQL away, a store that refuses, a provider that is late."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.conftest import CHECKOUT, wait_until
from tests.deployment import Deployment
from tests.faults.load import Client
from tests.faults.processes import pid_of, processing, runner_pids, wait_for_runner
from tests.faults.record import assert_nothing_was_sent_twice, assert_true
from tests.generations.engines.servers.replicate import Replicate

pytestmark = pytest.mark.faults

LEASE_SECONDS = 20
FOR_EVER_SECONDS = 3600.0


@contextmanager
def another_machines_workers(deployment: Deployment) -> Iterator[None]:
    """A second cluster of workers on the same database."""
    before = set(runner_pids(deployment))
    process = subprocess.Popen(
        [sys.executable, "manage.py", "work"],
        cwd=CHECKOUT,
        env=deployment.environment,
        start_new_session=True,
    )
    try:
        wait_until(lambda: set(runner_pids(deployment)) - before, 30)
        yield
    finally:
        process.terminate()
        process.wait(timeout=40)


def test_a_runner_that_slept_past_its_lease(
    deployment: Deployment, client: Client, provider: Replicate
) -> None:
    provider.seconds = FOR_EVER_SECONDS
    sleeper = wait_for_runner(deployment)
    accepted = set(client.submit_many(20))
    wait_until(lambda: processing(deployment) == 20)
    os.kill(sleeper, signal.SIGSTOP)
    release(provider)
    try:
        with another_machines_workers(deployment):
            finished = "SELECT count(*) FROM generations_job WHERE status = 'completed'"
            wait_until(lambda: deployment.query(finished) == [(20,)], LEASE_SECONDS + 20)
            # The minute's round may count the jobs meanwhile; only that is not the sleeper's.
            rows = "SELECT to_jsonb(job) - 'usage_counted' FROM generations_job job ORDER BY id"
            before = deployment.query(rows)
            os.kill(sleeper, signal.SIGCONT)
            # It polls, gets the pictures, and may not publish them.
            time.sleep(4)
            assert deployment.query(rows) == before
    finally:
        os.kill(sleeper, signal.SIGCONT)
    assert assert_true(deployment, client, accepted) == {"completed": 20}
    assert_nothing_was_sent_twice(provider)


def test_postgres_restarted_with_fifty_jobs_in_flight(
    deployment: Deployment, client: Client, provider: Replicate
) -> None:
    provider.seconds = FOR_EVER_SECONDS
    accepted = set(client.submit_many(50))
    wait_until(lambda: processing(deployment) == 50)
    os.kill(pid_of(deployment, "bin/postgres", "-D"), signal.SIGKILL)
    release(provider)
    wait_until(deployment.is_ready, 60)
    assert assert_true(deployment, client, accepted) == {"completed": 50}
    assert_nothing_was_sent_twice(provider)


def test_the_store_refuses_for_a_while(
    deployment: Deployment, client: Client, provider: Replicate
) -> None:
    provider.seconds = 0.1
    media = deployment.data / "media"
    media.mkdir(exist_ok=True)
    # A file in the folder's place refuses even root.
    media.rename(deployment.data / "media.away")
    media.touch()
    try:
        accepted = set(client.submit_many(5))
        wait_until(lambda: deployment.log.count("the store does not answer") >= 5, 30)
        assert {client.job(job_id)["status"] for job_id in accepted} == {"processing"}
        # One of them cannot wait any longer.
        late = accepted.pop()
        shorten(deployment, late, seconds=1)
        wait_until(lambda: client.job(late)["status"] == "failed", 15)
    finally:
        media.unlink()
        (deployment.data / "media.away").rename(media)
    assert assert_true(deployment, client, accepted) == {"completed": 4}
    assert_nothing_was_sent_twice(provider)


def test_a_provider_that_answers_after_the_deadline(
    deployment: Deployment, client: Client, provider: Replicate
) -> None:
    provider.seconds = FOR_EVER_SECONDS
    accepted = set(client.submit_many(3))
    wait_until(lambda: processing(deployment) == 3)
    for job_id in accepted:
        shorten(deployment, job_id, seconds=2)
    wait_until(lambda: {client.job(j)["status"] for j in accepted} == {"failed"}, 10)
    assert {client.job(j)["error"] for j in accepted} == {"Provider request timed out after 180s."}
    # Nobody waits any more, and the provider hears it.
    wait_until(lambda: len(provider.asked_to("cancel")) >= 3, 15)
    release(provider)
    time.sleep(3)
    assert assert_true(deployment, client, accepted) == {"failed": 3}
    assert_nothing_was_sent_twice(provider)


def test_a_cancelled_job_is_cancelled_at_the_provider(
    deployment: Deployment, client: Client, provider: Replicate
) -> None:
    provider.seconds = FOR_EVER_SECONDS
    (job_id,) = client.submit_many(1)
    wait_until(lambda: processing(deployment) == 1)
    cancelled_before = len(provider.asked_to("cancel"))
    url = f"{client.address}/api/v1/jobs/{job_id}/cancel"
    answer = httpx.post(url, headers=client.headers, timeout=10)
    assert (answer.status_code, answer.json()["status"]) == (200, "failed")
    wait_until(lambda: len(provider.asked_to("cancel")) > cancelled_before, 5)
    assert httpx.post(url, headers=client.headers, timeout=10).status_code == 409
    assert assert_true(deployment, client, {job_id}) == {"failed": 1}


def release(provider: Replicate) -> None:
    """Whatever the provider works on is done now."""
    for work in provider.works.values():
        work.ready_at = time.monotonic()


def shorten(deployment: Deployment, job_id: str, seconds: int) -> None:
    """Brings the job's deadline near."""
    deployment.query(
        f"UPDATE generations_job SET deadline_at = now() + interval '{seconds} seconds'"
        f" WHERE id = '{job_id}'"
    )
