"""Whatever is killed, and whenever: no job is lost, no money is wrong.

A whole deployment works under load while its processes are killed one after the other. In the
end every accepted job is terminal, charged exactly when its image can be fetched, and the ledger
adds up.
"""

import contextlib
import io
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from PIL import Image

from tests.conftest import wait_until
from tests.deployment import Deployment

PRICE_MICROS = 30_000
SUBMIT_PAUSE_SECONDS = 0.1
CALM_SECONDS = 2.0
# The deadline of a job and what it may take to notice it.
TERMINAL_SECONDS = 200


@pytest.fixture(scope="session", autouse=True)
def database() -> None:
    """This test brings its own."""


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    running = Deployment(tmp_path_factory.mktemp("faults") / "data")
    running.start()
    # Small pictures that take a moment, so that at each kill some are under way.
    running.query(
        "UPDATE generations_cataloguemodel SET width = 64, height = 64, concurrency = 20,"
        """ options = '{"seconds": 0.5}' WHERE variant = '1k'"""
    )
    yield running
    if running.process and running.process.poll() is None:
        running.stop()


class Load:
    """A client that submits all the time and remembers every job it was promised."""

    def __init__(self, deployment: Deployment, token: str) -> None:
        self.url = f"{deployment.address}/api/v1/image"
        self.headers = {"X-API-Key": token}
        self.accepted: set[str] = set()
        self.refusals: list[tuple[int, str]] = []
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self) -> None:
        while not self.done.is_set():
            body = {"prompt": f"wave number {len(self.accepted)}"}
            # A client whose server dies gets no answer; what was promised is what counts.
            with contextlib.suppress(httpx.TransportError):
                answer = httpx.post(self.url, headers=self.headers, json=body, timeout=5)
                if answer.status_code == 202:
                    self.accepted.add(answer.json()["job_id"])
                else:
                    self.refusals.append((answer.status_code, answer.text))
            time.sleep(SUBMIT_PAUSE_SECONDS)

    def __enter__(self) -> "Load":
        self.thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.done.set()
        self.thread.join()


def pid_of(deployment: Deployment, *marks: str) -> int:
    """The oldest process whose command line has all the marks."""
    found = deployment.processes().items()
    return min(pid for pid, command in found if all(mark in command for mark in marks))


def runner_pid(deployment: Deployment) -> int:
    rows = deployment.query("SELECT pid FROM generations_runner ORDER BY heartbeat_at DESC LIMIT 1")
    return int(rows[0][0])


def web_worker_pid(deployment: Deployment) -> int:
    main = pid_of(deployment, "granian")
    return max(pid for pid, c in deployment.processes().items() if "granian" in c and pid != main)


VICTIMS: dict[str, Callable[[Deployment], int]] = {
    "the runner": runner_pid,
    "a web worker": web_worker_pid,
    "the web server": lambda deployment: pid_of(deployment, "granian"),
    "PostgreSQL": lambda deployment: pid_of(deployment, "bin/postgres", "-D"),
    "the workers' cluster": lambda deployment: pid_of(deployment, "manage.py work"),
}


def works(deployment: Deployment, token: str) -> bool:
    """Whether a job submitted now is completed."""
    headers = {"X-API-Key": token}
    with contextlib.suppress(httpx.TransportError):
        url = f"{deployment.address}/api/v1/image"
        answer = httpx.post(url, headers=headers, json={"prompt": "still there?"}, timeout=5)
        if answer.status_code != 202:
            return False
        poll = deployment.address + answer.json()["poll_url"]
        for _ in range(20):
            time.sleep(0.2)
            if httpx.get(poll, headers=headers, timeout=5).json()["status"] == "completed":
                return True
    return False


def test_nothing_is_lost(deployment: Deployment) -> None:
    token = deployment.create_customer("alice@example.com", "--credit", "100", "--token", "t")[
        "token"
    ]
    with Load(deployment, token) as load:
        for victim in VICTIMS.values():
            time.sleep(CALM_SECONDS)
            os.kill(victim(deployment), signal.SIGKILL)
            wait_until(lambda: works(deployment, token), 60)
        # In the end all at once, by the death of the one who would start them again.
        assert deployment.process is not None
        deployment.process.kill()
        deployment.process.wait()
        wait_until(lambda: deployment.processes() == {}, 15)
        deployment.start()
        time.sleep(CALM_SECONDS)

    assert len(load.accepted) > 20
    # While PostgreSQL is away the only honest answer is 500; nothing else was ever refused.
    assert {status for status, _ in load.refusals} <= {500}
    assert_every_job_ended_well(deployment, load.accepted, token)


def test_an_idle_worker_killed_does_not_stop_the_cluster_for_good(deployment: Deployment) -> None:
    token = deployment.create_customer("idle@example.com", "--credit", "10", "--token", "t")[
        "token"
    ]
    busy = runner_pid(deployment)
    cluster = pid_of(deployment, "manage.py work")
    idle = [
        pid
        for pid, command in deployment.processes().items()
        if "manage.py work" in command and pid not in (busy, cluster)
    ]
    for pid in idle:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    wait_until(lambda: works(deployment, token), 90)


def assert_every_job_ended_well(deployment: Deployment, accepted: set[str], token: str) -> None:
    def unfinished() -> list[tuple[Any, ...]]:
        return deployment.query(
            "SELECT id FROM generations_job WHERE status IN ('queued', 'processing')"
        )

    wait_until(lambda: not unfinished(), TERMINAL_SECONDS)
    jobs = deployment.query(
        "SELECT job.id::text, job.status, hold.status, hold.amount, job.price_micros,"
        " job.finished_at <= job.deadline_at + interval '20 seconds'"
        " FROM generations_job job JOIN wallet_hold hold ON hold.id = job.hold_id"
    )
    assert accepted <= {job[0] for job in jobs}
    for _, status, hold, _, _, in_time in jobs:
        assert (status, hold) in {("completed", "posted"), ("failed", "voided")}
        assert in_time
    completed = {job[0] for job in jobs if job[1] == "completed"}
    assert completed
    for job_id in accepted & completed:
        answer = httpx.get(
            f"{deployment.address}/api/v1/jobs/{job_id}", headers={"X-API-Key": token}
        ).json()
        picture = httpx.get(answer["image_url"])
        assert picture.status_code == 200
        Image.open(io.BytesIO(picture.content)).load()
    charged = sum(job[4] for job in jobs if job[1] == "completed")
    (spent,) = deployment.query(
        "SELECT coalesce(sum(amount), 0)::bigint FROM wallet_transfer transfer"
        " JOIN wallet_book book ON book.id = transfer.debit_id"
        " WHERE transfer.kind = 'charge' AND book.unit = 'usd'"
    )[0]
    assert spent == charged
    assert "adds up" in deployment.manage("audit_ledger")
