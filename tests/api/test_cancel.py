"""POST /api/v1/jobs/:id/cancel: ends what has not ended, whoever else is at it, free of charge."""

import secrets
import time
import uuid
from collections.abc import Callable
from functools import partial

import httpx
import psycopg
import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from generations import jobs, leases
from generations.models import CatalogueModel, Job
from keys.throttle import BURST_SECONDS
from tests.api.calls import (
    HTTP,
    PRICE_MICROS,
    cancel,
    check_refused,
    claimed,
    completed,
    status,
    submit,
    wallet,
)
from tests.api.doors import DOORS, Door
from tests.api.test_status import FIELDS
from tests.at_once import at_once
from tests.conftest import Customer, NewCustomer
from wallet.models import Hold, Unit

CREDIT_MICROS = 10_000_000
ERROR = "Cancelled. Nothing was charged."
ROUNDS = 12


def submitted(site: str, customer: Customer) -> str:
    job_id: str = submit(site, customer).json()["job_id"]
    return job_id


def image() -> str:
    return f"{secrets.token_hex(16)}.png"


@pytest.mark.parametrize("is_started", [False, True])
def test_cancelled(site: str, alice: Customer, is_started: bool) -> None:
    job_id = submitted(site, alice)
    if is_started:
        claimed(job_id)
    before = status(site, alice, job_id).json()
    answer = cancel(site, alice, job_id)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json() == before | {"status": "failed", "error": ERROR}
    assert list(answer.json()) == FIELDS
    assert status(site, alice, job_id).text == answer.text
    assert wallet(alice) == (CREDIT_MICROS, 0), "all that was reserved is back"
    job = Job.objects.select_related("hold").get(pk=job_id)
    assert job.failure_kind == Job.FailureKind.CANCELLED
    assert job.hold
    assert job.hold.status == Hold.Status.VOIDED


def test_a_free_image_comes_back(site: str, new_customer: NewCustomer) -> None:
    customer = new_customer(trials=1)
    assert cancel(site, customer, submitted(site, customer)).status_code == 200
    assert wallet(customer, Unit.IMAGE) == (1, 0)


def finished(site: str, customer: Customer, how: str) -> str:
    job_id = submitted(site, customer)
    if how == "completed":
        completed(job_id, image())
    elif how == "failed":
        jobs.fail(uuid.UUID(job_id), Job.FailureKind.PROVIDER, "The engine said no.")
    elif how == "cancelled":
        assert cancel(site, customer, job_id).status_code == 200
    elif how == "overdue":
        Job.objects.filter(pk=job_id).update(deadline_at=timezone.now())
    return job_id


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("completed", "This job is already completed. Its image cost $0.03."),
        (
            "failed",
            "This job has already failed, and nothing was charged: The engine said no.",
        ),
        ("cancelled", "This job was already cancelled. Nothing was charged."),
        (
            "overdue",
            "This job has already failed, and nothing was charged: "
            "Provider request timed out after 180s.",
        ),
    ],
)
def test_finished(site: str, alice: Customer, how: str, words: str) -> None:
    job_id = finished(site, alice, how)
    answers = [cancel(site, alice, job_id) for _ in range(2)]
    for answer in answers:
        assert check_refused(answer, "JOB_FINISHED") == words
    state = status(site, alice, job_id).json()["status"]
    assert state == ("completed" if how == "completed" else "failed")
    charged = PRICE_MICROS if how == "completed" else 0
    assert wallet(alice) == (CREDIT_MICROS - charged, 0)


def test_finished_free_image(site: str, new_customer: NewCustomer) -> None:
    customer = new_customer(trials=1)
    refused = cancel(site, customer, finished(site, customer, "completed"))
    assert "cost $0.00" in check_refused(refused, "JOB_FINISHED")
    assert wallet(customer, Unit.IMAGE) == (0, 0)


def test_anothers_job_is_like_none(site: str, alice: Customer, bob: Customer) -> None:
    running, ended = submitted(site, alice), finished(site, alice, "completed")
    overdue = finished(site, alice, "overdue")
    before = list(Job.objects.filter(account=alice.account).values().order_by("pk"))
    ids = (running, ended, overdue, str(uuid.uuid4()), "x", "%00", "a" * 4000)
    answers = [cancel(site, bob, job_id) for job_id in ids]
    for answer in answers:
        check_refused(answer, "NOT_FOUND")
    assert len({answer.content for answer in answers}) == 1
    assert list(Job.objects.filter(account=alice.account).values().order_by("pk")) == before


def test_id_in_capitals(site: str, alice: Customer) -> None:
    job_id = submitted(site, alice)
    assert cancel(site, alice, job_id.upper()).json()["job_id"] == job_id


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\0", b'{"status":"completed"}', b"x" * 3_000_000],
    ids=["none", "broken", "bytes", "fields", "3 MB"],
)
def test_body_is_ignored(site: str, alice: Customer, body: bytes) -> None:
    url = f"{site}/api/v1/jobs/{submitted(site, alice)}/cancel"
    headers = alice.headers | {"Content-Type": "application/json"}
    assert HTTP.post(url, headers=headers, content=body).status_code == 200


def test_wrong_keys(site: str, alice: Customer) -> None:
    job_id = submitted(site, alice)
    url = f"{site}/api/v1/jobs/{job_id}/cancel"
    check_refused(HTTP.post(url), "UNAUTHORIZED")
    check_refused(HTTP.post(url, headers={"X-API-Key": "sk_live_x"}), "UNAUTHORIZED")
    alice.account.suspend()
    check_refused(cancel(site, alice, job_id), "ACCOUNT_SUSPENDED")
    alice.key.revoke()
    check_refused(cancel(site, alice, job_id), "KEY_REVOKED")
    assert Job.objects.get(pk=job_id).status == Job.Status.QUEUED


@pytest.mark.parametrize("door", DOORS)
def test_it_counts_as_one_request(
    door: Door, site: str, alice: Customer, settings: Settings
) -> None:
    """Else the last one allowed would cancel, and answer that it was refused."""
    job_ids = [submitted(site, alice) for _ in range(BURST_SECONDS + 1)]
    settings.API_REQUESTS_PER_SECOND = 1
    with door() as client:
        answers = [
            client.post(f"/api/v1/jobs/{job_id}/cancel", headers=alice.headers)
            for job_id in job_ids
        ]
    assert [answer.status_code for answer in answers] == [200] * BURST_SECONDS + [429]
    assert Job.objects.get(pk=job_ids[-1]).status == Job.Status.QUEUED


def test_its_runner_hears_of_it(site: str, alice: Customer) -> None:
    job_id = submitted(site, alice)
    claimed(job_id)
    parameters = connection.get_connection_params()
    for ours in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(ours, None)
    with psycopg.connect(**parameters, autocommit=True) as listening:
        listening.execute(f"LISTEN {jobs.ENDED_CHANNEL}")
        cancel(site, alice, job_id)
        heard = [note.payload for note in listening.notifies(timeout=5, stop_after=1)]
    assert heard == [job_id]


def test_what_comes_too_late_changes_nothing(site: str, alice: Customer) -> None:
    job_id = submitted(site, alice)
    job = claimed(job_id)
    answer = cancel(site, alice, job_id)
    assert not jobs.complete(job, image())
    assert not jobs.fail(job.pk, Job.FailureKind.PROVIDER, "The engine said no.", fence=job.fence)
    assert status(site, alice, job_id).text == answer.text
    assert wallet(alice) == (CREDIT_MICROS, 0)


@pytest.fixture
def own_queue(database: None) -> Callable[[int], list[leases.Claimed]]:
    """Claims from a queue that no other test knows; its variant is `alone`."""
    offer, _ = CatalogueModel.objects.get_or_create(
        variant="alone",
        defaults={
            "engine": "demo",
            "price_micros": PRICE_MICROS,
            "width": 64,
            "height": 64,
            "active": True,
        },
    )

    def claim(room: int) -> list[leases.Claimed]:
        others = CatalogueModel.objects.exclude(pk=offer.pk).values_list("pk", flat=True)
        return leases.claim(uuid.uuid4(), room, dict.fromkeys(others, 1_000_000))

    return claim


def test_never_claimed(
    site: str, alice: Customer, own_queue: Callable[[int], list[leases.Claimed]]
) -> None:
    first, second = (submit(site, alice, variant="alone").json()["job_id"] for _ in range(2))
    assert cancel(site, alice, first).status_code == 200
    assert [str(found.job.pk) for found in own_queue(10)] == [second]
    assert cancel(site, alice, second).status_code == 200


def test_race_with_a_runner_that_claims(
    site: str, alice: Customer, own_queue: Callable[[int], list[leases.Claimed]]
) -> None:
    for number in range(ROUNDS):
        job_id = submit(site, alice, variant="alone").json()["job_id"]

        def claim(delay_seconds: float = number / 1000) -> list[leases.Claimed]:
            time.sleep(delay_seconds)
            return own_queue(10)

        calls: list[Callable[[], object]] = [claim, partial(cancel, site, alice, job_id)]
        found, answer = at_once(calls)
        assert isinstance(answer, httpx.Response)
        assert answer.json()["status"] == "failed"
        assert isinstance(found, list)
        for each in found:
            assert not jobs.complete(each.job, image()), "whoever was first, it is cancelled"
        assert status(site, alice, job_id).json()["error"] == ERROR
    assert wallet(alice) == (CREDIT_MICROS, 0)


def test_race_with_a_runner_that_completes(site: str, alice: Customer) -> None:
    charged = 0
    for number in range(ROUNDS):
        job_id = submitted(site, alice)
        job = claimed(job_id)

        def complete(job: Job = job, delay_seconds: float = number / 1000) -> bool:
            # Later and later, so that each comes first in some of the rounds.
            time.sleep(delay_seconds)
            return jobs.complete(job, image())

        calls: list[Callable[[], object]] = [complete, partial(cancel, site, alice, job_id)]
        is_charged, answer = at_once(calls)
        assert isinstance(is_charged, bool)
        assert isinstance(answer, httpx.Response)
        assert answer.status_code == (409 if is_charged else 200)
        shown = status(site, alice, job_id).json()
        assert (shown["status"], shown["error"]) == (
            ("completed", None) if is_charged else ("failed", ERROR)
        )
        charged += PRICE_MICROS if is_charged else 0
        assert wallet(alice) == (CREDIT_MICROS - charged, 0)


def test_cancelled_by_many_at_once(site: str, alice: Customer) -> None:
    submitted(site, alice)
    job_id = submitted(site, alice)
    answers = at_once([partial(cancel, site, alice, job_id)] * 8)
    codes = [answer.status_code for answer in answers if isinstance(answer, httpx.Response)]
    assert sorted(codes) == [200] + [409] * 7
    assert wallet(alice) == (CREDIT_MICROS, PRICE_MICROS), "given back once"
