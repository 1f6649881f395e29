"""What the history's tests share: jobs with images and without, and what a page shows of them."""

import io
import re
import uuid
from datetime import timedelta
from html import unescape
from typing import Any

import httpx
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image

from generations import files, jobs
from generations.models import CatalogueModel, Job
from tests.conftest import Customer
from tests.underway import processing

STATEMENTS_MAX = 8


def picture(side: int = 8) -> bytes:
    """A PNG of that width and height."""
    out = io.BytesIO()
    Image.effect_noise((side, side), 60).convert("RGB").save(out, "PNG")
    return out.getvalue()


def made(customer: Customer, prompt: str = "a shark", **changes: Any) -> Job:
    """A job that was completed and charged, its image in the store; with those columns changed."""
    job = processing(customer)
    assert jobs.complete(job, files.save_result(picture()))
    Job.objects.filter(pk=job.pk).update(prompt=prompt, **changes)
    return Job.objects.get(pk=job.pk)


def many(customer: Customer, prompts: list[str], **columns: Any) -> list[Job]:
    """Imported jobs without files; each is newer than the one before, and all than what was."""
    model = CatalogueModel.objects.get(variant="tiny")
    now = timezone.now()
    rows = []
    for number, prompt in enumerate(prompts):
        at = now - timedelta(microseconds=len(prompts) - number)
        given: dict[str, Any] = {
            "account": customer.account,
            "model": model,
            "prompt": prompt,
            "price_micros": 0,
            "width": 64,
            "height": 64,
            "status": "completed",
            "image_name": f"{uuid.uuid4().hex}.png",
            "engine_reference": uuid.uuid4().hex,
            "created_at": at,
            "deadline_at": at,
            "finished_at": at,
            "imported_at": at,
            "usage_counted": True,
        }
        rows.append(Job(**{**given, **columns}))
    return Job.objects.bulk_create(rows)


def shown(page: httpx.Response) -> list[str]:
    """The prompts of the gallery's tiles, in their order."""
    assert page.status_code == 200, page.text
    found = re.findall(r'class="tile__prompt"[^>]*>(.*?)</p>', page.text, re.DOTALL)
    return [unescape(each) for each in found]


def older(page: httpx.Response) -> str:
    """Where the link to older jobs leads, "" without one."""
    found = re.search(r'href="([^"]+before=[^"]+)"', page.text)
    return unescape(found[1]) if found else ""


def statements(customer: Customer, path: str) -> int:
    """How many statements the page takes, the session's included."""
    client = Client()
    client.force_login(customer.user)
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)
