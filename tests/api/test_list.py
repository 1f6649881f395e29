"""GET /api/v1/jobs: what a page shows, which jobs are on it, and nothing of anybody else's."""

import json
import secrets
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from generations import jobs
from generations.models import Job
from tests.api.calls import (
    HTTP,
    LIST,
    check_refused,
    claimed,
    completed,
    list_jobs,
    status,
    submit,
    submit_once,
    wallet,
)
from tests.api.doors import django_door
from tests.api.test_status import FIELDS
from tests.conftest import Customer
from tests.underway import submission

CREDIT_MICROS = 10_000_000
Item = dict[str, Any]


def submitted(site: str, customer: Customer, **fields: object) -> str:
    job_id: str = submit(site, customer, **fields).json()["job_id"]
    return job_id


def image() -> str:
    return f"{secrets.token_hex(16)}.png"


def page(site: str, customer: Customer, **parameters: str | int) -> tuple[list[Item], str | None]:
    answer = list_jobs(site, customer, **parameters)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.json()
    assert list(body) == ["jobs", "next_cursor"]
    assert answer.text == json.dumps(body, separators=(",", ":"), ensure_ascii=False)
    return body["jobs"], body["next_cursor"]


def ids(site: str, customer: Customer, **parameters: str | int) -> list[str]:
    return [job["job_id"] for job in page(site, customer, **parameters)[0]]


def pages(site: str, customer: Customer, **parameters: str | int) -> Iterator[list[str]]:
    """Page by page to the last one."""
    cursor: str | None = ""
    while cursor is not None:
        where = {"cursor": cursor} if cursor else {}
        found, cursor = page(site, customer, **parameters, **where)
        yield [job["job_id"] for job in found]


def one_of_each(site: str, customer: Customer) -> dict[str, str]:
    """A job in each state, the first the oldest."""
    states = ("failed", "completed", "processing", "queued")
    made = {state: submitted(site, customer, prompt=f"it is {state}") for state in states}
    jobs.fail(uuid.UUID(made["failed"]), Job.FailureKind.PROVIDER, "The engine said no.")
    completed(made["completed"], image())
    claimed(made["processing"])
    return made


def test_no_jobs(site: str, alice: Customer) -> None:
    assert list_jobs(site, alice).json() == {"jobs": [], "next_cursor": None}


def test_every_job_as_its_status_shows_it(site: str, alice: Customer) -> None:
    made = one_of_each(site, alice)
    found, next_cursor = page(site, alice)
    assert [job["job_id"] for job in found] == list(reversed(made.values())), "newest first"
    assert next_cursor is None
    for job in found:
        assert list(job) == [*FIELDS, "variant", "prompt", "idempotency_key"]
        assert {name: job[name] for name in FIELDS} == status(site, alice, job["job_id"]).json()
        assert job["variant"] == "tiny"
        assert job["prompt"] == f"it is {job['status']}"
        assert job["idempotency_key"] is None


def test_what_was_asked_for(site: str, alice: Customer) -> None:
    prompt = 'quo"te </script> \N{SHARK} %s'
    submit_once(site, alice, "order-7", prompt=prompt, variant="1k")
    ((job,), _) = page(site, alice)
    asked = (job["prompt"], job["variant"], job["idempotency_key"])
    assert asked == (prompt, "1k", "order-7")


@pytest.mark.parametrize("is_same_moment", [False, True])
def test_page_by_page(site: str, alice: Customer, is_same_moment: bool) -> None:
    made = [submitted(site, alice) for _ in range(5)]
    if is_same_moment:
        Job.objects.filter(pk__in=made).update(created_at=timezone.now())
        made.sort()
    newest_first = made[::-1]
    assert list(pages(site, alice, limit=2)) == [
        newest_first[:2],
        newest_first[2:4],
        newest_first[4:],
    ]
    assert list(pages(site, alice, limit=5)) == [newest_first], "a full page can be the last"


def test_new_jobs_do_not_shift_the_pages(site: str, alice: Customer) -> None:
    made = [submitted(site, alice) for _ in range(4)]
    walk = pages(site, alice, limit=2)
    first = next(walk)
    submitted(site, alice)
    assert first + next(walk) == made[::-1]
    assert list(walk) == []


def test_page_sizes(site: str, alice: Customer) -> None:
    for _ in range(21):
        jobs.submit(submission(alice))
    first, next_cursor = page(site, alice)
    assert len(first) == 20
    assert next_cursor
    assert len(ids(site, alice, limit=1)) == 1
    assert len(ids(site, alice, limit=100)) == 21
    # Another size may go on from there.
    assert len(ids(site, alice, limit=100, cursor=next_cursor)) == 1


@pytest.mark.parametrize("is_started", [False, True])
def test_overdue_jobs_are_failed(site: str, alice: Customer, is_started: bool) -> None:
    """The promise of three minutes holds although no worker runs here."""
    made = [submitted(site, alice) for _ in range(5)]
    if is_started:
        for job_id in made:
            claimed(job_id)
    state = "processing" if is_started else "queued"
    assert ids(site, alice, status=state) == made[::-1]
    late = made[:0:-1]
    Job.objects.filter(pk__in=late).update(deadline_at=timezone.now())
    # More of them than a page holds stand before the one that has time left.
    assert list(pages(site, alice, status=state, limit=1)) == [made[:1]]
    assert list(pages(site, alice, status="failed", limit=1)) == [[job_id] for job_id in late]
    for job in page(site, alice)[0][:-1]:
        assert job["status"] == "failed"
        assert job["error"] == "Provider request timed out after 180s."
        assert job["completed_at"] is None
    assert wallet(alice) == (CREDIT_MICROS, 30_000), "what was reserved for them is back"


def test_overdue_jobs_of_another_are_left_alone(site: str, alice: Customer, bob: Customer) -> None:
    job_id = submitted(site, alice)
    Job.objects.filter(pk=job_id).update(deadline_at=timezone.now())
    for parameters in ({}, {"status": "failed"}):
        assert ids(site, bob, **parameters) == []
    assert Job.objects.get(pk=job_id).status == Job.Status.QUEUED


def test_a_cursor_continues_its_own_list_only(site: str, alice: Customer) -> None:
    for _ in range(2):
        submitted(site, alice)
    filters: list[dict[str, str]] = [
        {},
        {"status": "queued"},
        {"token": alice.key.prefix},
        {"created_after": "2025-01-15"},
        {"created_before": "2125-01-15"},
    ]
    cursors = [page(site, alice, limit=1, **each)[1] for each in filters]
    for there, cursor in zip(filters, cursors, strict=True):
        assert cursor
        for here in filters:
            answer = list_jobs(site, alice, cursor=cursor, **here)
            if here == there:
                assert answer.status_code == 200
            else:
                check_refused(answer, "INVALID_REQUEST")


def test_only_ones_own(site: str, alice: Customer, bob: Customer) -> None:
    hers, his = [submitted(site, alice) for _ in range(3)], submitted(site, bob)
    _, cursor = page(site, alice, limit=1)
    assert cursor
    assert ids(site, bob) == [his]
    assert ids(site, bob, token=alice.key.prefix) == []
    # Her cursor is only a point in time.
    assert set(ids(site, bob, cursor=cursor)).isdisjoint(hers)


def test_a_deleted_image_has_no_address(site: str, alice: Customer) -> None:
    job_id = submitted(site, alice)
    completed(job_id, image())
    ((before,), _) = page(site, alice)
    assert before["image_url"]
    Job.objects.filter(pk=job_id).update(image_deleted_at=timezone.now())
    ((after,), _) = page(site, alice)
    assert after == before | {"image_url": None}, "it was completed and paid for nonetheless"
    assert status(site, alice, job_id).json() == {name: after[name] for name in FIELDS}


def test_wrong_key_comes_first(site: str) -> None:
    answer = HTTP.get(f"{site}{LIST}?limit=0", headers={"X-API-Key": "sk_live_wrong"})
    check_refused(answer, "UNAUTHORIZED")


@pytest.mark.parametrize("query", ["", "?status=failed", "?limit=100&status=queued"])
def test_one_statement(site: str, alice: Customer, query: str) -> None:
    one_of_each(site, alice)
    with django_door() as client:
        # The first notes that the key is used.
        client.get(LIST, headers=alice.headers)
        with CaptureQueriesContext(connection) as statements:
            assert client.get(LIST + query, headers=alice.headers).status_code == 200
    assert len(statements) == 1
