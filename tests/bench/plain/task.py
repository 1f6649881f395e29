"""The task: one job from the queue to its end, in one blocking call.

No lease, no fence, no second try: what those protect from is not what is measured.
"""

import asyncio
from datetime import UTC, datetime
from functools import cache

from django.db.models.functions import Now

from generations import files, jobs, pictures
from generations.engines import connected
from generations.engines.base import Engine, ImageRequest, Pending
from generations.engines.wire import Wire
from generations.models import Job


def make(job_id: str) -> None:
    """Makes, checks, stores and charges for the job's image."""
    Job.objects.filter(pk=job_id, status=Job.Status.QUEUED).update(
        status=Job.Status.PROCESSING, attempts=1, started_at=Now(), engine_started_at=Now()
    )
    job = Job.objects.select_related("model").get(pk=job_id)
    image = _made(job)
    job.engine_finished_at = datetime.now(UTC)
    data = pictures.clean_result(image, job.width, job.height)
    jobs.complete(job, files.save_result(data))


def _made(job: Job) -> bytes:
    engine = _engines()[job.model.engine]
    request = ImageRequest(
        str(job.pk), job.prompt, job.width, job.height, options=job.model.options
    )
    started = _loop().run(engine.start(request))
    if not isinstance(started, str):
        return _loop().run(engine.fetched(started))
    job.engine_reference = started
    jobs.note_started(job)
    return _loop().run(_wait_for(engine, request, started))


async def _wait_for(engine: Engine, request: ImageRequest, reference: str) -> bytes:
    while isinstance(answer := await engine.poll(request, reference), Pending):
        await asyncio.sleep(answer.retry_after_seconds)
    return await engine.fetched(answer)


# One of each for a worker's life, as the project's runner has them.
@cache
def _loop() -> asyncio.Runner:
    return asyncio.Runner()


@cache
def _engines() -> dict[str, Engine]:
    async def connect() -> dict[str, Engine]:
        return connected(Wire())

    return _loop().run(connect())
