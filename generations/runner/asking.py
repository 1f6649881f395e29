"""What is asked of one job's engine, and noted of it: start, find, poll, cancel.

Nothing is sent to an engine that may have it already, unless the engine says that this is
harmless. No transaction is open while it answers. What becomes of the answer is `work.py`'s.
"""

import asyncio
import logging
import time
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import datetime, timedelta

from generations import jobs
from generations.engines.base import Engine, Image, ImageRequest, Link, Pending
from generations.engines.failures import (
    BUSY,
    MISCONFIGURED,
    EngineFailed,
    EngineRefused,
    EngineUncertain,
)
from generations.leases import Claimed
from generations.models import Job
from generations.runner.backoff import Backoff
from generations.runner.threads import in_database
from wallet import alerts

log = logging.getLogger(__name__)

# Who would be asked again later than this before the deadline could not finish any more.
LAST_START_SECONDS = 5.0
CANCEL_TIMEOUT_SECONDS = 5.0


class NoLongerOurs(Exception):
    """Another runner, the customer, staff or the deadline has the job; its work is of no use."""


class Asking:
    """One claimed job's talk with its engine.

    Times are the database's, carried on by a steady clock.
    """

    def __init__(self, claimed: Claimed, engines: Mapping[str, Engine]) -> None:
        self.job = claimed.job
        self.seconds_left = claimed.seconds_left
        self.began = time.monotonic()
        # What the database's clock said last, and when that was by ours.
        self.heard = (claimed.at, self.began)
        self.engines = engines
        # Whether somebody else could go on from here without loss, so that we may stop.
        self.is_resumable = True

    @property
    def engine(self) -> Engine:
        """Its model's. KeyError when this release does not know it yet: the job fails, no other."""
        return self.engines[self.job.model.engine]

    def now(self) -> datetime:
        """The database's time: this machine's own clock may be wrong, or jump."""
        at, heard_at = self.heard
        return at + timedelta(seconds=time.monotonic() - heard_at)

    async def answer(self, request: ImageRequest) -> Image | Link | None:
        """What the engine made; None when the next engine in line has the job.

        Raises EngineFailed or NoLongerOurs.
        """
        started = await self._start(request)
        if isinstance(started, str):
            return await self._wait_for(request, started)
        return started

    async def _start(self, request: ImageRequest) -> str | Image | Link | None:
        """The engine's reference or image; None when the next engine in line has the job."""
        if self.job.engine_reference:
            return self.job.engine_reference
        if self.job.engine_started_at and not self.engine.repeatable:
            # Our predecessor asked, and died before it knew the answer.
            found = await self._find(request, self.job.engine_started_at)
            if found:
                return found
        pause = Backoff()
        while True:
            try:
                return await self._note_started(await self._send(request))
            except EngineRefused as refusal:
                if refusal.message == MISCONFIGURED:
                    await self._tell_staff()
                if await self._moved():
                    return None
                await self._wait_after(refusal, pause)
            except EngineUncertain as doubt:
                log.warning("no answer from %s: %s", self.job.model, doubt)
                if not self.engine.repeatable:
                    found = await self._find(request, self.job.engine_started_at or self.now())
                    if found:
                        return found
                await self._pause(pause.next(), BUSY)

    async def _send(self, request: ImageRequest) -> str | Image | Link:
        # Read before the note: until then anybody may go on from here.
        async with request.reference or nullcontext():
            await self._note_sending()
            return await self.engine.start(request)

    async def _note_sending(self) -> None:
        self.job.engine_started_at = self.now()
        if self.engine.repeatable:
            return
        self.is_resumable = False
        sent_at = await in_database(jobs.note_sending, self.job)
        if sent_at is None:
            raise NoLongerOurs
        self.job.engine_started_at = sent_at
        self.heard = (sent_at, time.monotonic())

    async def _note_started(self, started: str | Image | Link) -> str | Image | Link:
        if isinstance(started, str):
            self.job.engine_reference = started
            if not await in_database(jobs.note_started, self.job):
                raise NoLongerOurs
            self.is_resumable = True
        return started

    async def _find(self, request: ImageRequest, sent_at: datetime) -> str | None:
        """Asks an engine that may have the job. Raises EngineFailed when it cannot tell."""
        pause = Backoff()
        while True:
            try:
                found = await self.engine.find(request, sent_at)
            except (EngineRefused, EngineUncertain) as doubt:
                log.warning("%s cannot be asked for the job: %s", self.job.model, doubt)
                await self._pause(pause.next(), BUSY)
                continue
            if found:
                await self._note_started(found)
            return found

    async def _tell_staff(self) -> None:
        """Once a day; the customer reads that it was done."""
        reference = f"{self.job.model.pk}:{self.now():%Y-%m-%d}"
        text = f"{self.job.model} takes no jobs: see its key, its account and its options."
        await in_database(alerts.raise_alert, "engine", reference, text)

    async def _moved(self) -> bool:
        following = await in_database(self.job.model.next_in_line, self.job.width, self.job.height)
        if following is None:
            return False
        log.warning("%s did not take the job, %s is next", self.job.model, following)
        if not await in_database(jobs.move, self.job, following):
            raise NoLongerOurs
        return True

    async def _wait_after(self, refusal: EngineRefused, pause: Backoff) -> None:
        if refusal.retry_after_seconds is None:
            raise refusal
        if not self.engine.repeatable:
            # It was refused for sure: who goes on from here need not look for it.
            if not await in_database(jobs.note_not_sent, self.job):
                raise NoLongerOurs
            self.is_resumable = True
        await self._pause(max(refusal.retry_after_seconds, pause.next()), refusal.message)

    async def _pause(self, seconds: float, message: str) -> None:
        """Waits before another try. Raises EngineFailed when there would be no time for one."""
        spent_seconds = time.monotonic() - self.began
        if spent_seconds + seconds > self.seconds_left - LAST_START_SECONDS:
            raise EngineFailed(Job.FailureKind.PROVIDER, message)
        await asyncio.sleep(seconds)

    async def _wait_for(self, request: ImageRequest, reference: str) -> Image | Link:
        pause = Backoff()
        while True:
            try:
                answer = await self.engine.poll(request, reference)
            except (EngineRefused, EngineUncertain) as doubt:
                # Asking is free and changes nothing: it goes on until the deadline.
                log.info("%s gives no answer now: %s", self.job.model, doubt)
                wanted = doubt.retry_after_seconds if isinstance(doubt, EngineRefused) else 0
                await asyncio.sleep(max(wanted or 0, pause.next()))
                continue
            if not isinstance(answer, Pending):
                return answer
            pause = Backoff()
            await asyncio.sleep(answer.retry_after_seconds)

    async def cancel(self, request: ImageRequest) -> None:
        """Saves the engine's work, where it can be told; nothing depends on it."""
        if not self.job.engine_reference:
            return
        if not await in_database(jobs.has_ended, self.job.pk):
            # Another runner has the job, and waits for the very same work.
            return
        try:
            async with asyncio.timeout(CANCEL_TIMEOUT_SECONDS):
                await self.engine.cancel(request, self.job.engine_reference)
        except (EngineFailed, EngineUncertain, TimeoutError) as error:
            log.info("%s was not told that nobody waits: %s", self.job.model, error)
