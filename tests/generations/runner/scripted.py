"""An engine that does as it is told, and what a runner does with it, without a runner.

The engine is a real one in all that `Work` sees of it; it makes tiny pictures and remembers what
it was asked.
"""

import asyncio
import io
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db.models.functions import Now
from PIL import Image as Pictures

from generations import jobs, leases
from generations.engines.base import Engine, Image, ImageRequest, Pending
from generations.models import CatalogueModel, Job
from generations.runner.work import Work
from tests.conftest import TINY, Customer
from tests.underway import PRICE, submission

Answer = str | Image | Pending | Exception | Callable[[], Any] | None


def picture(side: int = TINY) -> bytes:
    """A PNG of that width and height."""
    out = io.BytesIO()
    Pictures.new("RGB", (side, side), "navy").save(out, "PNG")
    return out.getvalue()


@dataclass
class Script:
    """What the engine shall answer, call by call; the last answer of each is repeated."""

    start: list[Answer] = field(default_factory=lambda: ["ref-1"])
    poll: list[Answer] = field(default_factory=lambda: [Image(picture())])
    find: list[Answer] = field(default_factory=lambda: [None])
    calls: list[str] = field(default_factory=list)

    def answer(self, call: str) -> Any:
        self.calls.append(call)
        answers = getattr(self, call)
        following = answers[0] if len(answers) == 1 else answers.pop(0)
        if isinstance(following, Exception):
            raise following
        return following() if callable(following) else following


class ScriptedEngine(Engine):
    """Not repeatable, like those that cost money."""

    repeatable: ClassVar[bool] = False

    def __init__(self, script: Script) -> None:
        self.script = script
        self.pictures_in_hand = asyncio.Semaphore(1)
        self.references_in_hand = asyncio.Semaphore(1)
        self.downloads_in_hand = asyncio.Semaphore(1)

    async def start(self, request: ImageRequest) -> str | Image:
        answer: str | Image = self.script.answer("start")
        return answer

    async def poll(self, request: ImageRequest, reference: str) -> Pending | Image:
        answer: Pending | Image = self.script.answer("poll")
        return answer

    async def find(self, request: ImageRequest, sent_at: datetime) -> str | None:
        answer: str | None = self.script.answer("find")
        return answer

    async def cancel(self, request: ImageRequest, reference: str) -> None:
        self.script.calls.append(f"cancel {reference}")


class RepeatableEngine(ScriptedEngine):
    """One that may be asked twice for the same job."""

    repeatable: ClassVar[bool] = True


def offer(variant: str, position: int = 0, side: int = TINY) -> CatalogueModel:
    """A place in a line of engines of its own, where no other test's jobs wait."""
    return CatalogueModel.objects.get_or_create(
        variant=variant,
        position=position,
        engine="demo",
        price_micros=PRICE,
        width=side,
        height=side,
        active=True,
        concurrency=1000,
    )[0]


def claimed(customer: Customer, variant: str = "scripted", **changes: object) -> leases.Claimed:
    """A job of the customer's as a runner gets it, with those columns changed before."""
    offer(variant)
    job_id = jobs.submit(submission(customer, variant=variant)).id
    if changes:
        Job.objects.filter(pk=job_id).update(**changes)
    return claim(job_id)


def claim(job_id: uuid.UUID) -> leases.Claimed:
    """That job, claimed or taken over by another runner."""
    for take in (leases.claim, leases.reclaim):
        for found in take(uuid.uuid4(), 1000, {}):
            if found.job.pk == job_id:
                return found
    raise AssertionError(f"{job_id} is not to be had")


def expire(job_id: uuid.UUID, seconds_ago: float = 1.0) -> None:
    """Its runner let its lease run out so long ago."""
    past = Now() - timedelta(seconds=seconds_ago)
    Job.objects.filter(pk=job_id).update(lease_until=past)


def clear_queue() -> None:
    """Nothing of other tests is left to be claimed."""
    for job_id in Job.objects.filter(finished_at=None).values_list("pk", flat=True):
        jobs.fail(job_id, "staff", "cleared")


def work(on: leases.Claimed, engine: ScriptedEngine) -> Job:
    """Works on it to its end and returns the row as it is then."""
    asyncio.run(Work(on, {on.job.model.engine: engine}).run())
    return Job.objects.select_related("hold", "model").get(pk=on.job.pk)
