"""One job's work, from claimed to finished: mirror the reference image, engine, verify, store.

Runs inside the runner's loop, beside hundreds of others. No transaction is open while anything
here waits for the network, and nothing is sent to an engine that may have it already, unless the
engine says that this is harmless.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import ParamSpec, TypeVar

from generations import current, files, jobs, pictures
from generations.engines.base import Engine, Image, ImageRequest, Link, Pending
from generations.engines.failures import (
    BUSY,
    EngineFailed,
    EngineRefused,
    EngineUncertain,
)
from generations.engines.reference import Reference
from generations.fetch import FetchFailed, fetch
from generations.leases import Claimed
from generations.models import Job
from generations.runner.backoff import Backoff
from generations.runner.threads import in_database, in_store, on_pictures

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

UNEXPECTED = "Something went wrong on our side. Please try again."
# Who would be asked again later than this before the deadline could not finish any more.
LAST_START_SECONDS = 5.0
CANCEL_TIMEOUT_SECONDS = 5.0


class NoLongerOurs(Exception):
    """Another runner, the customer, staff or the deadline has the job; its work is of no use."""


class Work:
    """A claimed job in a runner's hands. Times are the database's, carried on by a steady clock."""

    def __init__(self, claimed: Claimed, engines: Mapping[str, Engine]) -> None:
        self.job = claimed.job
        self.claimed_at = claimed.at
        self.seconds_left = claimed.seconds_left
        self.began = time.monotonic()
        self.engines = engines
        self.request: ImageRequest | None = None
        # Whether somebody else could go on from here without loss, so that we may stop.
        self.is_resumable = True
        self.is_dismissed = False
        self.has_room = False

    @property
    def engine(self) -> Engine:
        """Its model's. KeyError when this release does not know it yet: the job fails, no other."""
        return self.engines[self.job.model.engine]

    def now(self) -> datetime:
        """The database's time: this machine's own clock may be wrong, or jump."""
        return self.claimed_at + timedelta(seconds=time.monotonic() - self.began)

    async def run(self) -> None:
        """Brings the job to its end. Never raises but when cancelled."""
        current.job.set(self.job)
        try:
            async with asyncio.timeout(self.seconds_left):
                await self._make()
        except TimeoutError:
            await self._fail(Job.FailureKind.TIMEOUT, jobs.TIMED_OUT)
            await self._cancel_at_engine()
        except EngineFailed as error:
            await self._fail(error.kind, error.message)
        except FetchFailed as error:
            await self._fail(Job.FailureKind.INVALID_REFERENCE, str(error))
        except pictures.InvalidPicture as error:
            await self._fail(Job.FailureKind.PROVIDER, str(error))
        except NoLongerOurs:
            log.info("the job is no longer ours")
            await self._cancel_at_engine()
        except asyncio.CancelledError:
            if self.is_dismissed:
                await self._cancel_at_engine()
            raise
        except Exception:
            # Whatever it was, the customer gets an answer now and is not charged.
            log.exception("the job failed unexpectedly")
            await self._fail(Job.FailureKind.PROVIDER, UNEXPECTED)

    async def _make(self) -> None:
        job = self.job
        await self._mirror_reference()
        in_hand = self.engine.references_in_hand
        self.request = ImageRequest(
            job_id=str(job.pk),
            prompt=job.prompt,
            width=job.width,
            height=job.height,
            reference=Reference(self._read_reference, in_hand) if job.input_name else None,
            options=job.model.options,
            make_room=self._make_room,
        )
        try:
            started = await self._start(self.request)
            if isinstance(started, str):
                started = await self._wait_for(self.request, started)
            if started:
                await self._finish(started)
        finally:
            if self.has_room:
                self.engine.pictures_in_hand.release()

    async def _make_room(self) -> None:
        if not self.has_room:
            await self.engine.pictures_in_hand.acquire()
            self.has_room = True

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
                if await self._moved():
                    return None
                await self._wait_after(refusal, pause)
            except EngineUncertain as doubt:
                log.warning("no answer from %s: %s", self.job.model, doubt)
                if not self.engine.repeatable:
                    found = await self._find(request, self.job.engine_started_at or self.now())
                    if found:
                        return found
                await self._sleep(pause.next(), BUSY)

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
                await self._sleep(pause.next(), BUSY)
                continue
            if found:
                await self._note_started(found)
            return found

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
        await self._sleep(max(refusal.retry_after_seconds, pause.next()), refusal.message)

    async def _sleep(self, seconds: float, message: str) -> None:
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

    async def _finish(self, done: Image | Link) -> None:
        self.job.engine_finished_at = self.now()
        # Nearly done: to fetch it once more would cost more than to wait for the rest.
        self.is_resumable = False
        job = self.job
        await self._make_room()
        data = await self.engine.fetched(done)
        data = await on_pictures(pictures.clean_result, data, job.width, job.height)
        name = await self._in_store(files.save_result, data)
        if not await in_database(jobs.complete, job, name):
            await self._in_store(files.delete_result, name)
            log.warning("the job was finished too late, at our cost")

    async def _in_store(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        pause = Backoff()
        while True:
            try:
                return await in_store(function, *args, **kwargs)
            except files.StoreUnavailable as error:
                # It ends with the deadline; until then nothing is lost.
                log.error("the store does not answer as it should: %s", error)
                self.is_resumable = self.is_resumable or bool(self.job.engine_reference)
                await asyncio.sleep(pause.next())

    async def _mirror_reference(self) -> None:
        """Fetches a reference image that is an address into our own storage."""
        job = self.job
        if not job.input_url or job.input_name:
            return
        fetched = await fetch(job.input_url)
        try:
            data, extension = await on_pictures(pictures.clean_reference, fetched)
        except pictures.InvalidPicture as error:
            raise EngineFailed(Job.FailureKind.INVALID_REFERENCE, str(error)) from None
        name = await self._in_store(files.save_input, data, extension)
        if not await in_database(jobs.note_mirrored, job, name):
            # An earlier try may have been heard, and its answer lost: then whoever has the job
            # now reads this file. What nobody needs is swept away later.
            raise NoLongerOurs
        job.input_name = name

    async def _read_reference(self) -> bytes:
        return await self._in_store(files.read_input, self.job.input_name)

    async def _fail(self, kind: str, message: str) -> None:
        if not await in_database(jobs.fail, self.job.pk, kind, message, self.job.fence):
            log.info("the job had ended before it failed")

    async def _cancel_at_engine(self) -> None:
        """Saves the engine's work, where it can be told; nothing depends on it."""
        if self.request is None or not self.job.engine_reference:
            return
        if not await in_database(jobs.has_ended, self.job.pk):
            # Another runner has the job, and waits for the very same work.
            return
        try:
            async with asyncio.timeout(CANCEL_TIMEOUT_SECONDS):
                await self.engine.cancel(self.request, self.job.engine_reference)
        except (EngineFailed, EngineUncertain, TimeoutError) as error:
            log.info("%s was not told that nobody waits: %s", self.job.model, error)
