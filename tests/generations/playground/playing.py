"""What the playground's tests share: a customer at the page, jobs that arrived, small helpers.

It proves nothing itself and knows no test.
"""

import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import unescape

import httpx
import pytest
from django.db.models.functions import Now

from generations import files, jobs
from generations.models import CatalogueModel, Job
from tests.conftest import Customer
from tests.generations.runner.scripted import picture
from tests.visitor import Visitor

HTMX = {"HX-Request": "true"}


@contextmanager
def at_page(site: str, customer: Customer) -> Iterator[Visitor]:
    """The customer, signed in."""
    with Visitor(site) as visitor:
        visitor.sign_in(customer.user.email)
        yield visitor


def post(
    visitor: Visitor, path: str, data: Mapping[str, str] | None = None, at: str = "/playground"
) -> httpx.Response:
    """A form, sent by htmx from that page."""
    fields = {"csrfmiddlewaretoken": visitor.http.cookies["csrftoken"], **(data or {})}
    headers = {**HTMX, "HX-Current-URL": str(visitor.http.base_url.join(at))}
    return visitor.http.post(path, data=fields, headers=headers)


@pytest.fixture
def offered() -> Iterator[CatalogueModel]:
    """An offer of the test's own, for its length."""
    model = lane()
    CatalogueModel.objects.filter(pk=model.pk).update(active=True)
    yield model
    CatalogueModel.objects.filter(pk=model.pk).update(active=False)


def lane(price_micros: int = 30_000, side: int = 64) -> CatalogueModel:
    """A model with a queue of its own, which no other test fills; no page offers it."""
    return CatalogueModel.objects.create(
        variant=f"lane-{uuid.uuid4().hex[:12]}",
        engine="demo",
        price_micros=price_micros,
        width=side,
        height=side,
        active=False,
        position=100,
    )


def queued(
    customer: Customer,
    model: CatalogueModel,
    prompt: str = "a shark",
    input_name: str = "",
    input_url: str = "",
) -> Job:
    """A job in the model's queue."""
    submission = jobs.Submission(
        account_id=customer.account.pk,
        user_id=customer.user.pk,
        model_id=model.pk,
        price_micros=model.price_micros,
        width=model.width,
        height=model.height,
        prompt=prompt,
        input_name=input_name,
        input_url=input_url,
    )
    job_id = jobs.submit(submission).id
    return Job.objects.select_related("model").get(pk=job_id)


def arrived(customer: Customer, model: CatalogueModel, data: bytes = b"", **more: str) -> Job:
    """A job whose image is there."""
    job = queued(customer, model, **more)
    Job.objects.filter(pk=job.pk).update(status="processing", fence=1, started_at=Now())
    job.refresh_from_db()
    assert jobs.complete(job, files.save_result(data or picture(model.width)))
    job.refresh_from_db()
    return job


def words(answer: httpx.Response) -> str:
    """What a reader sees of the answer, in one line."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def newest(customer: Customer) -> Job:
    """The account's latest job."""
    return Job.objects.filter(account=customer.account).select_related("model")[0]
