"""Tells which of the images that an engine lists are jobs of ours. Reads only."""

import logging
import uuid
from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Q

from generations.engines.base import Listed
from generations.models import DEADLINE_SECONDS, CatalogueModel, Job

log = logging.getLogger(__name__)

# Clocks differ, and a deadline may be noticed late.
MARGIN = timedelta(minutes=1)


def references(row: CatalogueModel, chunk: Sequence[Listed]) -> set[str]:
    """The references, among these, of jobs of ours, however they ended, and of earlier imports."""
    of_engine = Job.objects.filter(model__engine=row.engine)
    named = of_engine.filter(engine_reference__in=[listed.reference for listed in chunk])
    by_reference = {job.engine_reference: job for job in named.exclude(engine_reference="")}
    ids = [job_id for listed in chunk if (job_id := _uuid(listed.job_id))]
    by_id = Job.objects.in_bulk(ids)
    found = set()
    for listed in chunk:
        job = by_reference.get(listed.reference) or by_id.get(_uuid(listed.job_id))
        job = job or (None if listed.job_id else _lost(row, listed))
        if job:
            found.add(listed.reference)
            if job.status == Job.Status.FAILED and not job.imported_at and _is_new(row, listed):
                log.warning("job %s failed, its image was made: at our cost", job.pk)
    return found


def _lost(row: CatalogueModel, listed: Listed) -> Job | None:
    """A failed job that this may be the image of, if its engine does not tell whose it is.

    An answer that got lost leaves a job without a reference. One customer's image must not come
    to light in another's history.
    """
    end = listed.created_at + timedelta(seconds=DEADLINE_SECONDS) + MARGIN
    return Job.objects.filter(
        Q(finished_at__gt=listed.created_at - MARGIN, finished_at__lt=end),
        model__engine=row.engine,
        engine_reference="",
        prompt=listed.prompt,
    ).first()


def _is_new(row: CatalogueModel, listed: Listed) -> bool:
    return row.imported_until is None or listed.created_at > row.imported_until


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
