"""One job's work, from claimed to finished: mirror the reference image, engine, verify, store.

Runs inside the runner's loop, beside hundreds of others. No transaction is open while anything
here waits for the network. How the engine is asked is `asking.py`'s.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import ParamSpec, TypeVar

from django.utils.translation import gettext_noop

from generations import current, files, jobs, pictures
from generations.engines.base import Engine, Image, ImageRequest, Link
from generations.engines.failures import EngineFailed
from generations.engines.reference import Reference
from generations.fetch import FetchFailed, fetch
from generations.leases import Claimed
from generations.models import Job
from generations.runner.asking import Asking, NoLongerOurs
from generations.runner.backoff import Backoff
from generations.runner.threads import in_database, in_store, on_pictures

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

UNEXPECTED = gettext_noop("Something went wrong on our side. Please try again.")
# Whatever is stored within this time is not worth saying.
STORING_SAID_SECONDS = 1.0


class Work:
    """A claimed job in a runner's hands."""

    def __init__(self, claimed: Claimed, engines: Mapping[str, Engine]) -> None:
        self.job = claimed.job
        self.asking = Asking(claimed, engines)
        self.request: ImageRequest | None = None
        self.is_dismissed = False
        self.has_room = False

    @property
    def is_resumable(self) -> bool:
        """Whether somebody else could go on from here without loss, so that we may stop."""
        return self.asking.is_resumable

    async def run(self) -> None:
        """Brings the job to its end. Never raises but when cancelled."""
        current.job.set(self.job)
        try:
            async with asyncio.timeout(self.asking.seconds_left):
                await self._make()
        except TimeoutError:
            await self._fail(Job.FailureKind.TIMEOUT, jobs.TIMED_OUT)
            await self._tell_engine()
        except EngineFailed as error:
            await self._fail(error.kind, error.message)
        except FetchFailed as error:
            await self._fail(Job.FailureKind.INVALID_REFERENCE, str(error))
        except pictures.InvalidPicture as error:
            await self._fail(Job.FailureKind.PROVIDER, str(error))
        except NoLongerOurs:
            log.info("the job is no longer ours")
            await self._tell_engine()
        except asyncio.CancelledError:
            if self.is_dismissed:
                await self._tell_engine()
            raise
        except Exception:
            # Whatever it was, the customer gets an answer now and is not charged.
            log.exception("the job failed unexpectedly")
            await self._fail(Job.FailureKind.PROVIDER, UNEXPECTED)

    async def _make(self) -> None:
        job = self.job
        await self._mirror_reference()
        in_hand = self.asking.engine.references_in_hand
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
            done = await self.asking.answer(self.request)
            if done:
                await self._finish(done)
        finally:
            if self.has_room:
                self.asking.engine.pictures_in_hand.release()

    async def _make_room(self) -> None:
        if not self.has_room:
            await self.asking.engine.pictures_in_hand.acquire()
            self.has_room = True

    async def _finish(self, done: Image | Link) -> None:
        self.job.engine_finished_at = self.asking.now()
        # Nearly done: to fetch it once more would cost more than to wait for the rest.
        self.asking.is_resumable = False
        job = self.job
        saying = asyncio.create_task(self._say_storing())
        try:
            await self._make_room()
            data = await self.asking.engine.fetched(done)
            data = await on_pictures(pictures.clean_result, data, job.width, job.height)
            name = await self._in_store(files.save_result, data)
        finally:
            saying.cancel()
        if not await in_database(jobs.complete, job, name):
            await self._in_store(files.delete_result, name)
            log.warning("the job was finished too late, at our cost")

    async def _say_storing(self) -> None:
        """Lets who waits see that it is painted, where storing takes long enough to be seen."""
        await asyncio.sleep(STORING_SAID_SECONDS)
        await in_database(jobs.note_painted, self.job)

    async def _in_store(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        pause = Backoff()
        while True:
            try:
                return await in_store(function, *args, **kwargs)
            except files.StoreUnavailable as error:
                # It ends with the deadline; until then nothing is lost.
                log.error("the store does not answer as it should: %s", error)
                if self.job.engine_reference:
                    self.asking.is_resumable = True
                await asyncio.sleep(pause.next())

    async def _mirror_reference(self) -> None:
        """Fetches a reference image that is an address into our own storage."""
        job = self.job
        if not job.input_url or job.input_name:
            return
        async with self.asking.engine.downloads_in_hand:
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

    async def _tell_engine(self) -> None:
        if self.request:
            await self.asking.cancel(self.request)
