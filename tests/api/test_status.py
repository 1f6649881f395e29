"""GET /api/v1/jobs/:id: every field in every state, and nothing of anybody else's."""

import json
import secrets
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from generations import files, jobs
from generations.models import Job
from tests.api.calls import (
    HTTP,
    PRICE_MICROS,
    check_refused,
    claimed,
    completed,
    exchange,
    picture,
    status,
    submit,
    wallet,
)
from tests.conftest import Customer, NewCustomer
from wallet.models import Unit

CREDIT_MICROS = 10_000_000
FIELDS = [
    "job_id",
    "status",
    "image_url",
    "cost",
    "error",
    "queued_at",
    "started_at",
    "completed_at",
    "created_at",
]


def submitted(site: str, customer: Customer) -> str:
    job_id: str = submit(site, customer).json()["job_id"]
    return job_id


def poll(site: str, customer: Customer, job_id: str) -> dict[str, object]:
    answer = status(site, customer, job_id)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    body: dict[str, object] = answer.json()
    assert list(body) == FIELDS
    assert answer.text == json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    return body


def stamp(moment: object) -> str:
    assert moment is not None
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def test_queued(site: str, alice: Customer) -> None:
    accepted = submit(site, alice).json()
    assert poll(site, alice, accepted["job_id"]) == {
        "job_id": accepted["job_id"],
        "status": "queued",
        "image_url": None,
        "cost": None,
        "error": None,
        "queued_at": accepted["created_at"],
        "started_at": None,
        "completed_at": None,
        "created_at": accepted["created_at"],
    }


def test_processing(site: str, alice: Customer) -> None:
    job_id = submitted(site, alice)
    job = claimed(job_id)
    body = poll(site, alice, job_id)
    assert body["status"] == "processing"
    assert body["started_at"] == stamp(job.started_at)
    assert [body[name] for name in ("image_url", "cost", "error", "completed_at")] == [None] * 4


def test_completed(site: str, alice: Customer) -> None:
    job_id = submitted(site, alice)
    image = picture()
    completed(job_id, files.save_result(image))
    body = poll(site, alice, job_id)
    job = Job.objects.get(pk=job_id)
    assert body["status"] == "completed"
    assert body["image_url"] == f"{site}/images/{job.image_name}"
    assert body["cost"] == "$0.03"
    assert body["error"] is None
    assert body["started_at"] == stamp(job.started_at)
    assert body["completed_at"] == stamp(job.finished_at)
    assert wallet(alice) == (CREDIT_MICROS - PRICE_MICROS, 0)
    published = HTTP.get(str(body["image_url"]))
    assert published.headers["Content-Type"] == "image/png"
    assert published.content == image


def test_completed_free_image(site: str, new_customer: NewCustomer) -> None:
    customer = new_customer(trials=1)
    job_id = submitted(site, customer)
    completed(job_id, f"{secrets.token_hex(16)}.png")
    assert poll(site, customer, job_id)["cost"] == "$0.00"
    assert wallet(customer, Unit.IMAGE) == (0, 0)


@pytest.mark.parametrize("is_started", [False, True])
def test_failed(site: str, alice: Customer, is_started: bool) -> None:
    job_id = submitted(site, alice)
    if is_started:
        claimed(job_id)
    jobs.fail(uuid.UUID(job_id), Job.FailureKind.PROVIDER, 'The engine said "no" \N{SHARK}.')
    body = poll(site, alice, job_id)
    assert body["status"] == "failed"
    assert body["error"] == 'The engine said "no" \N{SHARK}.'
    assert (body["started_at"] is not None) is is_started
    # It has an end in our books, but was never completed.
    assert [body[name] for name in ("image_url", "cost", "completed_at")] == [None] * 3
    assert wallet(alice) == (CREDIT_MICROS, 0)


@pytest.mark.parametrize("is_started", [False, True])
def test_overdue_job_fails_when_it_is_looked_at(
    site: str, alice: Customer, is_started: bool
) -> None:
    """The promise of three minutes holds although no worker runs here."""
    job_id = submitted(site, alice)
    if is_started:
        claimed(job_id)
    Job.objects.filter(pk=job_id).update(deadline_at=timezone.now() + timedelta(seconds=60))
    assert poll(site, alice, job_id)["status"] == ("processing" if is_started else "queued")
    Job.objects.filter(pk=job_id).update(deadline_at=timezone.now())
    body = poll(site, alice, job_id)
    assert body["status"] == "failed"
    assert body["error"] == "Provider request timed out after 180s."
    assert body["completed_at"] is None
    assert wallet(alice) == (CREDIT_MICROS, 0)
    assert poll(site, alice, job_id) == body


def test_anothers_job_is_like_none(site: str, alice: Customer, bob: Customer) -> None:
    hers = status(site, bob, submitted(site, alice))
    nobodys = status(site, bob, str(uuid.uuid4()))
    check_refused(hers, "NOT_FOUND")
    assert (hers.status_code, hers.content) == (nobodys.status_code, nobodys.content)
    same = {"content-type", "content-length", "cache-control", "x-content-type-options", "server"}
    assert {name: hers.headers[name] for name in same} == {
        name: nobodys.headers[name] for name in same
    }


def test_anothers_overdue_job_is_left_alone(site: str, alice: Customer, bob: Customer) -> None:
    job_id = submitted(site, alice)
    Job.objects.filter(pk=job_id).update(deadline_at=timezone.now())
    check_refused(status(site, bob, job_id), "NOT_FOUND")
    assert Job.objects.get(pk=job_id).status == Job.Status.QUEUED


@pytest.mark.parametrize(
    "job_id",
    [
        "x",
        "1",
        "%20",
        "null",
        "undefined",
        "00000000000040008000000000000000",
        "{{00000000-0000-4000-8000-000000000000}}",
        "00000000-0000-4000-8000-00000000000",
        "00000000-0000-4000-8000-0000000000000",
        "g0000000-0000-4000-8000-000000000000",
        "00000000-0000-4000-8000-000000000000%00",
        "00000000-0000-4000-8000-000000000000%0a",
        "%ff%fe",
        "%E2%84%AA",
        "..%2f",
        "' OR 1=1 --",
        "%27::uuid",
        "a" * 4000,
    ],
)
def test_malformed_id(site: str, alice: Customer, job_id: str) -> None:
    check_refused(status(site, alice, job_id), "NOT_FOUND")


def test_id_in_capitals(site: str, alice: Customer) -> None:
    job_id = submitted(site, alice)
    assert poll(site, alice, job_id.upper())["job_id"] == job_id


def test_query_is_ignored(site: str, alice: Customer) -> None:
    job_id = submitted(site, alice)
    assert status(site, alice, f"{job_id}?_=1").status_code == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods(site: str, alice: Customer, method: str) -> None:
    url = f"{site}/api/v1/jobs/{submitted(site, alice)}"
    answer = HTTP.request(method, url, headers=alice.headers)
    check_refused(answer, "METHOD_NOT_ALLOWED")
    assert answer.headers["Allow"] == "GET"


def test_head(site: str, alice: Customer) -> None:
    answer = HTTP.head(f"{site}/api/v1/jobs/{submitted(site, alice)}", headers=alice.headers)
    assert (answer.status_code, answer.headers["Allow"], answer.content) == (405, "GET", b"")


@pytest.mark.parametrize("line", ["HTTP/1.0\r\n", "HTTP/1.1\r\nHost:\r\n"])
def test_image_url_without_a_host_header(site: str, alice: Customer, line: str) -> None:
    job_id = submitted(site, alice)
    completed(job_id, f"{secrets.token_hex(16)}.png")
    request = f"GET /api/v1/jobs/{job_id} {line}X-API-Key: {alice.token}\r\nConnection: close\r\n"
    code, body = exchange(site, f"{request}\r\n".encode())
    assert code == 200
    assert body["image_url"].startswith(site + "/images/")
