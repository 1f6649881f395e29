"""Brings images into the history that an engine made without us, for catalogue rows that ask so.

What a provider lists and no job knows becomes a completed job of the row's account, free, with
its picture in our store. One that stays impossible to copy becomes a failed job: it is seen, and
not asked for again. Nothing here charges anybody, or changes a job that was ordered.
"""

import asyncio
import logging
import time
import uuid
from dataclasses import replace
from datetime import timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_noop

from generations import files, pictures
from generations.engines import ENGINES, connected
from generations.engines.base import Engine, ImageRequest, Listed, Pending
from generations.engines.failures import EngineFailed, EngineRefused, EngineUncertain
from generations.engines.wire import Wire
from generations.models import CatalogueModel, Job
from generations.runner.threads import in_database, in_store, on_pictures
from generations.sync import known

log = logging.getLogger(__name__)

FIRST_PERIOD = timedelta(days=30)
# An image is listed once it is finished, in the order in which they began: a slow one turns up
# behind others that were seen before.
OVERLAP = timedelta(minutes=15)
# What is younger may be a job of ours that has not ended.
SETTLED = timedelta(minutes=5)
# A picture that cannot be had is asked for again in every round until it is so old. There is no
# use in waiting long: Replicate, for one, removes pictures after an hour.
PATIENCE = timedelta(minutes=15)
LIST_TIMEOUT_SECONDS = 30.0
# No other picture is fetched after this.
BUDGET_SECONDS = 50.0
CHUNK_SIZE = 100
PROMPT_MAX_CHARACTERS = 2000

NOT_COPIED = gettext_noop("The image could not be copied from its engine.")


def run() -> None:
    """One round over all rows that import, those furthest behind first."""
    listing = [name for name, engine in ENGINES.items() if engine.lists]
    asking = CatalogueModel.objects.filter(
        active=True, import_into__isnull=False, engine__in=listing
    )
    rows = list(asking.order_by(F("imported_until").asc(nulls_first=True)))
    if rows:
        asyncio.run(_import_all(rows))


async def _import_all(rows: list[CatalogueModel]) -> None:
    deadline = time.monotonic() + BUDGET_SECONDS
    async with Wire() as wire:
        engines = connected(wire)
        for row in rows:
            try:
                await _Import(row, engines[row.engine], deadline).run()
            except (EngineFailed, EngineUncertain, TimeoutError) as error:
                log.warning("the images of %s wait: %r", row, error)
            except (OverflowError, ValueError):
                # Nonsense from one provider, such as a year 10,000, must not hold up the others.
                log.exception("the images of %s cannot be imported", row)


class _Import:
    """One row's images, oldest first. `imported_until` passes only what is settled: imported, a
    job of ours, or given up."""

    def __init__(self, row: CatalogueModel, engine: Engine, deadline: float) -> None:
        self.row = row
        self.engine = engine
        self.deadline = deadline
        self.passes = True

    async def run(self) -> None:
        now, until = timezone.now(), self.row.imported_until
        since = until - OVERLAP if until else now - FIRST_PERIOD
        async with asyncio.timeout(LIST_TIMEOUT_SECONDS):
            found = [_plain(each) async for each in self.engine.list(self.row.options, since)]
        # What is older than was asked for is nonsense, such as the year 1.
        settled = [each for each in found if since <= each.created_at < now - SETTLED]
        try:
            for start in range(0, len(settled), CHUNK_SIZE):
                await self._take(settled[start : start + CHUNK_SIZE])
        finally:
            await in_database(self.row.save, update_fields=["imported_until"])

    async def _take(self, chunk: list[Listed]) -> None:
        ours = await in_database(known.references, self.row, chunk)
        for listed in chunk:
            if time.monotonic() > self.deadline:
                return
            is_settled = listed.reference in ours or await self._settle(listed)
            self.passes = self.passes and is_settled
            if self.passes:
                until = self.row.imported_until
                self.row.imported_until = max(until or listed.created_at, listed.created_at)

    async def _settle(self, listed: Listed) -> bool:
        """Copies one image; False when it may be had later. Raises EngineRefused: none can be."""
        job = _job(self.row, listed)
        try:
            data, job.width, job.height = await self._picture(job, listed)
        except EngineRefused:
            raise
        except Exception as error:  # noqa: BLE001 - one image must not hold up the others.
            log.warning("%s of %s was not copied: %r", listed.reference, self.row, error)
            if timezone.now() - listed.created_at < PATIENCE:
                return False
            job.status, job.failure_kind = Job.Status.FAILED, Job.FailureKind.PROVIDER
            job.error = NOT_COPIED
        else:
            job.image_name = await in_store(files.save_result, data)
        # Where another process was quicker its row stays, and our file goes with the next sweep.
        await in_database(Job.objects.bulk_create, [job], ignore_conflicts=True)
        return True

    async def _picture(self, job: Job, listed: Listed) -> tuple[bytes, int, int]:
        request = ImageRequest(
            job_id=listed.job_id or str(job.pk),
            prompt=job.prompt,
            width=job.width,
            height=job.height,
            options=self.row.options,
        )
        answer = await self.engine.poll(request, listed.reference)
        if isinstance(answer, Pending):
            raise EngineUncertain("it is listed as finished and said to be pending")
        data = await self.engine.fetched(answer)
        return await on_pictures(pictures.clean_import, data)


def _plain(listed: Listed) -> Listed:
    """With a prompt as our jobs have them: no NUL, no half a character, not endless."""
    prompt = listed.prompt.encode(errors="replace").decode().replace("\0", "")
    return replace(listed, prompt=prompt[:PROMPT_MAX_CHARACTERS])


def _job(row: CatalogueModel, listed: Listed) -> Job:
    assert row.import_into_id is not None
    return Job(
        id=uuid.uuid4(),
        account_id=row.import_into_id,
        model=row,
        prompt=listed.prompt,
        price_micros=0,
        width=row.width,
        height=row.height,
        status=Job.Status.COMPLETED,
        engine_reference=listed.reference,
        created_at=listed.created_at,
        deadline_at=listed.created_at,
        finished_at=listed.created_at,
        imported_at=timezone.now(),
        usage_counted=True,
    )
