"""One job's work, from claimed to finished: mirror the reference image, engine, verify, store.

Runs inside the runner's loop, beside hundreds of others. Statements run in the runner's threads;
no transaction is open while anything here waits for the network.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, close_old_connections

from generations import files, jobs, pictures
from generations.engines import ENGINES
from generations.engines.base import Engine, EngineFailed, Image, ImageRequest
from generations.fetch import FetchFailed, fetch
from generations.models import Job

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

DATABASE_RETRY_SECONDS = 0.5
UNEXPECTED = "Something went wrong on our side. Please try again."


class NoLongerOurs(Exception):
    """Another runner, staff or the deadline has taken the job; its work is of no use."""


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs the function off the loop; while the database is away it is asked again.

    Every statement of ours may be repeated: each is a compare-and-swap.
    """

    def call() -> T:
        close_old_connections()
        return function(*args, **kwargs)

    while True:
        try:
            return await asyncio.to_thread(call)
        except (OperationalError, InterfaceError) as error:
            log.warning("The database is away: %s", str(error).strip().splitlines()[0])
            await asyncio.sleep(DATABASE_RETRY_SECONDS)


async def work_on(job: Job) -> None:
    """Brings a claimed job to its end. Never raises but when cancelled."""
    seconds_left = (job.deadline_at - datetime.now(UTC)).total_seconds()
    try:
        async with asyncio.timeout(seconds_left):
            await _make(job)
    except TimeoutError:
        await _fail(job, Job.FailureKind.TIMEOUT, jobs.TIMED_OUT)
    except EngineFailed as error:
        await _fail(job, error.kind, str(error))
    except FetchFailed as error:
        await _fail(job, Job.FailureKind.INVALID_REFERENCE, str(error))
    except pictures.InvalidPicture as error:
        await _fail(job, Job.FailureKind.PROVIDER, str(error))
    except NoLongerOurs:
        log.info("job %s is no longer ours", job.pk)
    except Exception:
        # Whatever it was, the customer gets an answer now and is not charged.
        log.exception("job %s failed unexpectedly", job.pk)
        await _fail(job, Job.FailureKind.PROVIDER, UNEXPECTED)


async def _make(job: Job) -> None:
    request = ImageRequest(
        job_id=str(job.pk),
        prompt=job.prompt,
        width=job.width,
        height=job.height,
        reference=await _mirrored_reference(job),
        options=job.model.options,
    )
    engine = ENGINES[job.model.engine]
    reference = job.engine_reference or await _start(job, engine, request)
    data = await _wait_for(engine, request, reference)
    data = await asyncio.to_thread(pictures.clean_result, data, job.width, job.height)
    name = await asyncio.to_thread(files.save_result, data)
    if not await in_thread(jobs.complete, job, name):
        await asyncio.to_thread(files.delete_result, name)
        log.warning("job %s was finished too late, at our cost", job.pk)


async def _start(job: Job, engine: Engine, request: ImageRequest) -> str:
    if job.attempts > 1 and not engine.repeatable:
        raise EngineFailed(Job.FailureKind.PROVIDER, jobs.LOST)
    started_at = datetime.now(UTC)
    reference = await engine.start(request)
    if not await in_thread(jobs.note_started, job, reference, started_at):
        raise NoLongerOurs
    return reference


async def _wait_for(engine: Engine, request: ImageRequest, reference: str) -> bytes:
    while True:
        answer = await engine.poll(request, reference)
        if isinstance(answer, Image):
            return answer.data
        await asyncio.sleep(answer.retry_after_seconds)


async def _mirrored_reference(job: Job) -> bytes | None:
    """The reference image from our own storage, fetched into it first where it is an address."""
    if job.input_url and not job.input_name:
        fetched = await fetch(job.input_url)
        try:
            data, extension = await asyncio.to_thread(pictures.clean_reference, fetched)
        except pictures.InvalidPicture as error:
            raise EngineFailed(Job.FailureKind.INVALID_REFERENCE, str(error)) from None
        name = await asyncio.to_thread(files.save_input, data, extension)
        if not await in_thread(jobs.note_mirrored, job, name):
            await asyncio.to_thread(files.delete_input, name)
            raise NoLongerOurs
        return data
    if job.input_name:
        return await asyncio.to_thread(files.read_input, job.input_name)
    return None


async def _fail(job: Job, kind: str, message: str) -> None:
    if not await in_thread(jobs.fail, job.pk, kind, message, job.fence):
        log.info("job %s had ended before it failed", job.pk)
