"""What nobody will end is ended, and nothing else: not what somebody has taken over just then."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from generations import jobs, leases, overdue
from generations.engines.failures import LOST
from generations.models import Job
from tests.at_once import apart
from tests.conftest import Customer
from tests.generations.runner.scripted import claimed, expire
from tests.underway import processing
from wallet import ledger

VARIANT = "overdue"
Execute = Callable[[str, Any, bool, dict[str, Any]], Any]


def killed_too_often(customer: Customer, seconds_ago: float) -> uuid.UUID:
    """A job whose last runner let its lease run out so long ago."""
    job_id = claimed(customer, VARIANT).job.pk
    Job.objects.filter(pk=job_id).update(attempts=leases.ATTEMPTS_MAX)
    expire(job_id, seconds_ago)
    return job_id


def ends(job_id: uuid.UUID) -> list[tuple[str, str]]:
    return list(Job.objects.filter(pk=job_id).values_list("status", "error"))


def test_who_was_only_asleep_has_a_moment(alice: Customer) -> None:
    asleep, dead = killed_too_often(alice, 5), killed_too_often(alice, 15)
    overdue.fail()
    assert ends(asleep) == [("processing", "")]
    assert ends(dead) == [("failed", LOST)]
    jobs.fail(asleep, "staff", "cleared")


def test_what_is_taken_over_just_then_goes_on(alice: Customer) -> None:
    job_id = killed_too_often(alice, 15)
    taken_over: list[int] = []

    def take_over() -> int:
        lease_until = Now() + timedelta(seconds=leases.LEASE_SECONDS)
        return Job.objects.filter(pk=job_id).update(fence=F("fence") + 1, lease_until=lease_until)

    def come_between(execute: Execute, sql: str, values: Any, many: bool, context: Any) -> Any:
        if sql == jobs.FAIL and not taken_over:
            with ThreadPoolExecutor(1) as threads:
                taken_over.append(apart(threads, take_over).result())
        return execute(sql, values, many, context)

    with connection.execute_wrapper(come_between):
        overdue.fail()
    assert taken_over == [1]
    assert ends(job_id) == [("processing", "")]
    jobs.fail(job_id, "staff", "cleared")


def test_one_whose_books_are_wrong_holds_no_other_up(
    alice: Customer, caplog: pytest.LogCaptureFixture
) -> None:
    # The one that has waited longest is ended first.
    wrong, late = (processing(alice, timedelta(seconds=-seconds)) for seconds in (20, 10))
    assert wrong.hold_id
    ledger.void(wrong.hold_id)
    try:
        overdue.fail()
        assert ends(wrong.pk) == [("processing", "")]
        assert ends(late.pk) == [("failed", jobs.TIMED_OUT)]
        assert f"job {wrong.pk} cannot be ended" in caplog.text
    finally:
        values = {"status": "failed", "failure_kind": "staff", "error": "mended by hand"}
        Job.objects.filter(pk=wrong.pk).update(**values, finished_at=Now(), lease_until=None)
