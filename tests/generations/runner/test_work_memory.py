"""What a job holds in memory while it waits, as hundreds do at once in one runner."""

import asyncio
import tracemalloc
from datetime import datetime
from typing import Any

import pytest

from generations import files, leases
from generations.engines.base import Image, ImageRequest, Pending
from generations.engines.failures import BUSY, EngineFailed, EngineRefused
from generations.fetch import NOT_FOUND
from generations.models import Job
from generations.runner.work import Work
from tests.conftest import Customer
from tests.generations.runner.scripted import Script, ScriptedEngine, claimed, picture

JOBS = 8
# Nothing here takes long, unless somebody keeps a place.
LIMIT_SECONDS = 20
REFERENCE_BYTES = 2 * 1024 * 1024


class WatchedEngine(ScriptedEngine):
    """Looks at what is in hand whenever it is called."""

    def __init__(self, script: Script) -> None:
        super().__init__(script)
        self.sizes: list[int] = []
        self.starting = self.most_starting = 0
        self.waiting: set[str] = set()
        self.memory_bytes = 0

    async def start(self, request: ImageRequest) -> str | Image:
        if request.reference:
            self.sizes.append(len(request.reference.data))
        self.starting += 1
        self.most_starting = max(self.most_starting, self.starting)
        await asyncio.sleep(0.01)
        self.starting -= 1
        return await super().start(request)

    async def poll(self, request: ImageRequest, reference: str) -> Pending | Image:
        self.waiting.add(request.job_id)
        if len(self.waiting) < JOBS:
            return Pending(0.01)
        if not self.memory_bytes:
            self.memory_bytes = tracemalloc.get_traced_memory()[0]
        return await super().poll(request, reference)


def with_reference(customer: Customer, **changes: Any) -> leases.Claimed:
    name = files.save_input(bytes(REFERENCE_BYTES), "png")
    return claimed(customer, input_name=name, **changes)


def work_on(all_of: list[leases.Claimed], engine: ScriptedEngine) -> list[Job]:
    async def run() -> None:
        async with asyncio.timeout(LIMIT_SECONDS):
            await asyncio.gather(*(Work(on, {"demo": engine}).run() for on in all_of))

    asyncio.run(run())
    return [Job.objects.get(pk=on.job.pk) for on in all_of]


def test_a_reference_image_is_let_go_of_while_its_job_waits(alice: Customer) -> None:
    waiting = [with_reference(alice) for _ in range(JOBS)]
    engine = WatchedEngine(Script())
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        jobs = work_on(waiting, engine)
    finally:
        tracemalloc.stop()
    assert {job.status for job in jobs} == {"completed"}
    assert engine.sizes == [REFERENCE_BYTES] * JOBS
    # Nor are they all in memory before, when many are claimed at once.
    assert engine.most_starting == 1
    assert engine.memory_bytes - before < REFERENCE_BYTES


def test_without_one_nobody_waits_for_a_place(alice: Customer) -> None:
    engine = WatchedEngine(Script())
    work_on([claimed(alice) for _ in range(JOBS)], engine)
    assert engine.most_starting > 1


def test_each_attempt_reads_it_again(alice: Customer) -> None:
    on = with_reference(alice)
    engine = WatchedEngine(Script(start=[EngineRefused(BUSY, 0.01), "ref-1"]))
    engine.waiting = set(map(str, range(JOBS)))
    [job] = work_on([on], engine)
    assert job.status == "completed", job.error
    assert engine.sizes == [REFERENCE_BYTES] * 2
    assert not engine.references_in_hand.locked()


def test_a_successor_that_only_asks_does_not_read_it(alice: Customer) -> None:
    on = with_reference(alice, engine_reference="ref-1")
    files.delete_input(on.job.input_name)
    engine = WatchedEngine(Script())
    engine.waiting = set(map(str, range(JOBS)))
    [job] = work_on([on], engine)
    assert job.status == "completed", job.error


def test_while_it_is_read_another_runner_may_go_on(alice: Customer) -> None:
    """What has not been sent is not said to be, however long the store takes."""
    on = with_reference(alice)
    engine = WatchedEngine(Script())
    seen: list[tuple[bool, datetime | None]] = []

    async def run() -> None:
        work = Work(on, {"demo": engine})
        async with engine.references_in_hand:
            task = asyncio.create_task(work.run())
            await asyncio.sleep(0.2)
            job = await asyncio.to_thread(Job.objects.get, pk=on.job.pk)
            seen.append((work.is_resumable, job.engine_started_at))
            task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
    assert seen == [(True, None)]
    assert not engine.references_in_hand.locked()


class PromptEngine(ScriptedEngine):
    """Answers at once, with the image itself."""

    def __init__(self, script: Script) -> None:
        super().__init__(script)
        self.in_hand = self.most_in_hand = 0

    async def start(self, request: ImageRequest) -> str | Image:
        await request.make_room()
        self.in_hand += 1
        self.most_in_hand = max(self.most_in_hand, self.in_hand)
        try:
            await asyncio.sleep(0.01)
            return await super().start(request)
        except EngineFailed:
            self.in_hand -= 1
            raise

    async def fetched(self, done: Any) -> bytes:
        assert self.pictures_in_hand.locked()
        self.in_hand -= 1
        return await super().fetched(done)


def test_images_that_come_at_once_come_one_after_the_other(alice: Customer) -> None:
    failed = EngineFailed("provider", BUSY)
    engine = PromptEngine(Script(start=[failed, Image(picture())]))
    jobs = work_on([claimed(alice) for _ in range(JOBS)], engine)
    assert sorted(job.status for job in jobs) == ["completed"] * (JOBS - 1) + ["failed"]
    assert engine.most_in_hand == 1
    assert not engine.pictures_in_hand.locked()


def test_a_customers_addresses_are_fetched_a_few_at_a_time(alice: Customer) -> None:
    engine = ScriptedEngine(Script())
    engine.downloads_in_hand = asyncio.Semaphore(1)
    on = claimed(alice, input_url="http://127.0.0.1/a.png")

    async def run() -> str:
        async with engine.downloads_in_hand:
            task = asyncio.create_task(Work(on, {"demo": engine}).run())
            await asyncio.sleep(0.2)
            status = (await asyncio.to_thread(Job.objects.get, pk=on.job.pk)).status
        await task
        return status

    assert asyncio.run(run()) == "processing"
    # An address inside is never fetched: it had its turn.
    assert Job.objects.get(pk=on.job.pk).error == NOT_FOUND
    assert not engine.downloads_in_hand.locked()
