"""The runner's loop: what it takes first, whose leases it keeps, and when it leaves a job alone.

It is driven step by step, in this process, with engines that do as they are told.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime

import psycopg
import pytest
from django.db import connection
from pytest_django import Settings

from generations import jobs, leases
from generations.engines.base import Pending
from generations.models import Job, Runner
from generations.runner import _Loop
from generations.runner.threads import for_runner, in_database
from tests.at_once import waiting
from tests.conftest import Customer
from tests.generations.runner.scripted import Script, ScriptedEngine, clear_queue, expire, offer
from tests.underway import submission

VARIANT = "runner"
# Far more than there are threads for the statements of jobs.
MANY = 20
TIMEOUT_SECONDS = 5.0


@pytest.fixture(autouse=True)
def _empty_queue(database: None) -> Iterator[None]:
    clear_queue()
    yield
    clear_queue()


@pytest.fixture
def script() -> Script:
    """An image that is never ready."""
    return Script(poll=[Pending(0.02)])


@pytest.fixture
def loop(script: Script) -> _Loop:
    made = _Loop()
    made.engines = {"demo": ScriptedEngine(script)}
    return made


def submit(customer: Customer) -> uuid.UUID:
    offer(VARIANT)
    return jobs.submit(submission(customer, variant=VARIANT)).id


def taken(runner_id: uuid.UUID, claim: leases.Claim = leases.claim) -> leases.Claimed:
    """The only job that there is to be had."""
    (found,) = claim(runner_id, 10, {})
    return found


async def until_polled(script: Script) -> None:
    async with asyncio.timeout(TIMEOUT_SECONDS):
        while "poll" not in script.calls:
            await asyncio.sleep(0.01)


@asynccontextmanager
async def locked(job_id: uuid.UUID) -> AsyncIterator[None]:
    """Every statement that would change the job has to wait."""
    parameters = connection.get_connection_params()
    known = {name: parameters[name] for name in ("dbname", "user", "host", "port")}
    async with await psycopg.AsyncConnection.connect(**known) as other, other.transaction():
        await other.execute("SELECT FROM generations_job WHERE id = %s FOR UPDATE", [job_id])
        yield


def test_who_wakes_cancels_nothing_that_another_works_on(
    alice: Customer, loop: _Loop, script: Script
) -> None:
    job_id = submit(alice)

    async def sleep_past_the_lease() -> None:
        loop._begin(await in_database(taken, loop.row.pk))
        await until_polled(script)
        task = loop.tasks[job_id]
        await in_database(expire, job_id)
        await in_database(taken, uuid.uuid4(), leases.reclaim)
        await loop._keep_leases()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(sleep_past_the_lease())
    assert "cancel ref-1" not in script.calls
    assert Job.objects.get(pk=job_id).fence == 2


def test_what_was_left_comes_before_the_queue(
    alice: Customer, loop: _Loop, settings: Settings
) -> None:
    settings.RUNNER_JOBS_MAX = 1
    left = submit(alice)
    taken(uuid.uuid4())
    expire(left)
    submit(alice)

    async def begin() -> set[uuid.UUID]:
        claiming = asyncio.create_task(loop._claim_until_stopped())
        async with asyncio.timeout(TIMEOUT_SECONDS):
            while not loop.works:
                await asyncio.sleep(0.01)
        begun = set(loop.works)
        loop.stop()
        await claiming
        return begun

    assert asyncio.run(begin()) == {left}


def test_leases_and_claims_do_not_wait_behind_the_statements_of_jobs(
    alice: Customer, loop: _Loop
) -> None:
    loop._arrive()
    submit(alice)
    stuck = taken(loop.row.pk).job
    job_id = submit(alice)

    def lease() -> datetime | None:
        return Job.objects.get(pk=job_id).lease_until

    async def live() -> None:
        async with locked(stuck.pk), asyncio.timeout(TIMEOUT_SECONDS):
            noting = [in_database(jobs.note_started, stuck) for _ in range(MANY)]
            noted = asyncio.gather(*noting)
            await asyncio.sleep(0)
            await loop._take(leases.claim)
            first = await for_runner(lease)
            beating = asyncio.create_task(loop._beat())
            while await for_runner(lease) == first:
                await asyncio.sleep(0.01)
            beating.cancel()
        await noted

    asyncio.run(live())
    assert Runner.alive().filter(pk=loop.row.pk, in_flight=1).delete()[0] == 1


def test_what_came_back_meanwhile_is_kept(alice: Customer, loop: _Loop, script: Script) -> None:
    """A job that went to the next engine may be its own again before it hears that it went."""
    returning, other = submit(alice), submit(alice)

    async def leave_and_come_back() -> None:
        for claimed in await in_database(leases.claim, loop.row.pk, 10, {}):
            loop._begin(claimed)
        await until_polled(script)
        job = loop.works[returning].job
        assert await in_database(jobs.move, job, job.model)
        async with locked(other):
            keeping = asyncio.create_task(loop._keep_leases())
            while not await in_database(waiting):
                await asyncio.sleep(0.01)
            loop._begin(await in_database(taken, loop.row.pk, leases.reclaim))
        await keeping
        assert not loop.works[returning].is_dismissed
        assert set(loop.tasks) == {returning, other}

    asyncio.run(leave_and_come_back())
