"""What the API's tests share: calls, exchanges below HTTP's manners, pictures, a look at wallets.

It proves nothing itself and knows no test.
"""

import base64
import io
import json
import random
import socket
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.utils import timezone
from PIL import Image

from generations import jobs
from generations.models import Job
from keys.errors import STATUS_OF_CODE
from tests.conftest import Customer
from wallet.models import Book, Unit

SUBMIT = "/api/v1/image"
LIST = "/api/v1/jobs"
PRICE_MICROS = 30_000
TIMEOUT_SECONDS = 30
# One client for all, since each new one reads the machine's certificates.
HTTP = httpx.Client(timeout=TIMEOUT_SECONDS)


def submit(site: str, customer: Customer, **fields: object) -> httpx.Response:
    """Asks for a small image; `fields` add to the body or replace what is in it."""
    body = {"prompt": "a shark", "variant": "tiny"} | fields
    return HTTP.post(site + SUBMIT, headers=customer.headers, json=body)


def send(site: str, customer: Customer, body: bytes) -> httpx.Response:
    """Submits these very bytes."""
    headers = customer.headers | {"Content-Type": "application/json"}
    return HTTP.post(site + SUBMIT, headers=headers, content=body)


def status(site: str, customer: Customer, job_id: str) -> httpx.Response:
    """Polls a job."""
    url = f"{site}/api/v1/jobs/{job_id}"
    return HTTP.get(url, headers=customer.headers)


def submit_once(site: str, customer: Customer, key: str, **fields: object) -> httpx.Response:
    """Submits as `submit` does, with that Idempotency-Key."""
    body = {"prompt": "a shark", "variant": "tiny"} | fields
    headers = customer.headers | {"Idempotency-Key": key}
    return HTTP.post(site + SUBMIT, headers=headers, json=body)


def list_jobs(site: str, customer: Customer, **parameters: str | int) -> httpx.Response:
    """Asks for a page of jobs."""
    return HTTP.get(site + LIST, headers=customer.headers, params=parameters)


def cancel(site: str, customer: Customer, job_id: str) -> httpx.Response:
    """Cancels a job."""
    return HTTP.post(f"{site}/api/v1/jobs/{job_id}/cancel", headers=customer.headers)


def exchange(site: str, request: bytes) -> tuple[int, dict[str, Any]]:
    """Sends raw bytes and returns status and JSON; the request must ask to close."""
    address = urlsplit(site)
    assert address.hostname
    assert address.port
    with socket.create_connection((address.hostname, address.port), TIMEOUT_SECONDS) as connection:
        connection.sendall(request)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ", 2)[1]), json.loads(body)


def check_refused(response: httpx.Response, code: str) -> str:
    """Holds the answer against the envelope of that code and returns its sentence."""
    assert response.status_code == STATUS_OF_CODE[code], response.text
    assert response.headers["Content-Type"] == "application/json"
    body = response.json()
    assert list(body) == ["error", "code"]
    assert body["code"] == code
    assert body["error"]
    # Shell programs grep for `"code":"`.
    assert response.text == json.dumps(body, separators=(",", ":"))
    return str(body["error"])


def check_untouched(customer: Customer) -> None:
    """Nothing is reserved, and there is no job."""
    assert all(book.held == 0 for book in Book.objects.filter(account=customer.account))
    assert not Job.objects.filter(account=customer.account).exists()


def wallet(customer: Customer, unit: Unit = Unit.USD) -> tuple[int, int]:
    """Balance and what is reserved of it."""
    book = Book.objects.get(account=customer.account, unit=unit)
    return book.balance, book.held


def claimed(job_id: str) -> Job:
    """The job as if a runner had just taken it."""
    now = timezone.now()
    Job.objects.filter(pk=job_id).update(
        status=Job.Status.PROCESSING, fence=1, attempts=1, started_at=now, lease_until=now
    )
    return Job.objects.select_related("model").get(pk=job_id)


def completed(job_id: str, image_name: str) -> None:
    """Ends the job as a runner does that has stored the image."""
    assert jobs.complete(claimed(job_id), image_name)


def picture(form: str = "PNG", side: int = 64, **options: Any) -> bytes:
    """A picture file of random pixels, so that it can be cut anywhere and be broken."""
    pixels = random.Random(side).randbytes(side * side * 3)
    out = io.BytesIO()
    Image.frombytes("RGB", (side, side), pixels).save(out, form, **options)
    return out.getvalue()


def base64_text(data: bytes) -> str:
    """Base64 as programs send it."""
    return base64.b64encode(data).decode()
