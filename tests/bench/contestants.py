"""The two that run jobs: SharkAPI's runner and plain django-q2, each with a site of its own.

It starts them and waits until they work; it never measures.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from generations.models import Job
from tests.bench import customers
from tests.bench.customers import Customer
from tests.bench.processes import PLAIN_SETTINGS, Processes
from tests.bench.stage import Stage

CUSTOMERS = 16
# What an image takes, and what it waits for its turn, must be less.
JOB_TIMEOUT_SECONDS = 175.0
WARM_UP_VARIANT = "tiny"
# A few for each of four workers.
WARM_UP_JOBS = 12


@dataclass(frozen=True)
class Contestant:
    """A site that takes jobs, with workers behind it; its database is in use."""

    is_plain: bool
    processes: Processes
    port: int
    people: list[Customer]


@contextmanager
def sharkapi(scene: Stage, runner_jobs: int) -> Iterator[Contestant]:
    """The project, with one runner that holds up to so many jobs."""
    with scene.database("own") as database, database.processes.site() as port:
        contestant = Contestant(False, database.processes, port, scene.people[:CUSTOMERS])
        with database.processes.workers(runner_jobs):
            _warm_up(contestant)
            yield contestant


@contextmanager
def plain(scene: Stage) -> Iterator[Contestant]:
    """Plain django-q2, one blocking task for each job."""
    with scene.database("plain") as database, database.processes.site(PLAIN_SETTINGS) as port:
        contestant = Contestant(True, database.processes, port, scene.people[:CUSTOMERS])
        with database.processes.plain_workers():
            _warm_up(contestant)
            yield contestant


def _warm_up(contestant: Contestant) -> None:
    """Every worker's first job loads what the others find there."""
    customers.offer(WARM_UP_VARIANT)
    person = contestant.people[0]
    address = f"http://127.0.0.1:{contestant.port}"
    asked = {"prompt": customers.PROMPT, "variant": WARM_UP_VARIANT}
    with httpx.Client(base_url=address, headers=person.headers, trust_env=False) as client:
        for _ in range(WARM_UP_JOBS):
            client.post("/api/v1/image", json=asked).raise_for_status()
    wait_until_completed(WARM_UP_VARIANT)


def wait_until_completed(variant: str) -> None:
    """Waits for all jobs of variants that begin so. Raises RuntimeError when one is not made."""
    deadline = time.monotonic() + JOB_TIMEOUT_SECONDS
    jobs = Job.objects.filter(model__variant__startswith=variant)
    while jobs.filter(finished_at=None).exists():
        if time.monotonic() > deadline:
            raise RuntimeError(f"jobs of {variant} were not finished: nobody works")
        time.sleep(0.05)
    failed = jobs.filter(status=Job.Status.FAILED).first()
    if failed:
        raise RuntimeError(f"a job of {variant} failed: {failed.error}")
