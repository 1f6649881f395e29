"""Jobs at their end, brought there by the statements themselves."""

import uuid
from typing import Any

from django.utils import timezone

from accounts.models import Account
from generations import jobs
from generations.models import CatalogueModel, Job
from tests.conftest import Customer
from tests.underway import PRICE, processing


def completed(customer: Customer, image_name: str, **changes: object) -> Job:
    """A job whose image has that name, with those columns changed afterwards."""
    job = processing(customer)
    assert jobs.complete(job, image_name)
    return _changed(job, changes)


def failed(customer: Customer, **changes: object) -> Job:
    job = processing(customer)
    assert jobs.fail(job.pk, "provider", "It failed.", job.fence)
    return _changed(job, changes)


def end(account_id: int, key_id: int | None, model: CatalogueModel, how: str) -> Job:
    """A job of that account that was submitted just now and ended so: completed, failed or
    cancelled."""
    job = jobs.submit(jobs.Submission(account_id, model.pk, PRICE, 64, 64, "a shark", key_id))
    Job.objects.filter(pk=job.id).update(status="processing", fence=1, attempts=1)
    row = Job.objects.select_related("model").get(pk=job.id)
    if how == "completed":
        assert jobs.complete(row, f"{row.pk.hex}.png")
    elif how == "failed":
        assert jobs.fail(row.pk, "provider", "It failed.", 1)
    else:
        assert jobs.cancel(row.pk)
    return row


def imported(account: Account, model: CatalogueModel, **values: object) -> Job:
    """A job that an engine made without us, as if nothing else had been noted of it."""
    now = timezone.now()
    given: dict[str, Any] = {
        "account": account,
        "model": model,
        "price_micros": 0,
        "width": 64,
        "height": 64,
        "status": "completed",
        "image_name": f"{uuid.uuid4().hex}.png",
        "engine_reference": uuid.uuid4().hex,
        "deadline_at": now,
        "finished_at": now,
        "imported_at": now,
    }
    return Job.objects.create(**{**given, **values})


def _changed(job: Job, changes: dict[str, object]) -> Job:
    if changes:
        Job.objects.filter(pk=job.pk).update(**changes)
    return Job.objects.get(pk=job.pk)
