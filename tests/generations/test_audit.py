"""The audit of jobs finds each way in which a job and its money could disagree.

None can come about by the statements of `jobs.py`, so each is made behind their back and mended
at once: the audit at the session's end must find nothing.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from generations import audit, jobs, limits
from generations.models import CatalogueModel, Job
from tests.conftest import Customer
from tests.generations.sync.ended import completed, failed, imported
from tests.underway import PRICE, processing, submission
from wallet import ledger
from wallet.models import Alert, Budget, Hold


@contextmanager
def changed(job: Job, **values: Any) -> Iterator[None]:
    """The job's row with other values for the length of the block."""
    row = Job.objects.filter(pk=job.pk)
    before = row.values(*values).get()
    row.update(**values)
    try:
        yield
    finally:
        row.update(**before)


@contextmanager
def renamed(hold: Hold, reference: str) -> Iterator[None]:
    """The hold with another reference for the length of the block."""
    statement = "UPDATE wallet_hold SET reference = %s WHERE id = %s"
    with connection.cursor() as cursor:
        cursor.execute(statement, [reference, hold.pk])
        try:
            yield
        finally:
            cursor.execute(statement, [hold.reference, hold.pk])


def of(job: Job) -> list[str]:
    """What is found about the job."""
    return [finding for finding in audit.findings() if str(job.pk) in finding]


@pytest.fixture
def every_kind(alice: Customer) -> dict[str, Job]:
    """A job in every state."""
    return {
        "queued": Job.objects.get(pk=jobs.submit(submission(alice)).id),
        "processing": processing(alice),
        "completed": completed(alice, f"{uuid.uuid4().hex}.png"),
        "failed": failed(alice),
    }


def test_sound_jobs_pass(alice: Customer, every_kind: dict[str, Job]) -> None:
    imported(alice.account, CatalogueModel.objects.get(variant="tiny"))
    assert audit.findings() == []


ENDED = {"finished_at": "2025-01-15T00:00:00Z", "error": "It failed.", "image_name": "x.png"}


@pytest.mark.parametrize("status", ["queued", "completed", "failed"])
@pytest.mark.parametrize("state", ["processing", "completed", "failed"])
def test_a_state_that_its_hold_denies(state: str, status: str, every_kind: dict[str, Job]) -> None:
    job = every_kind[state]
    ended = {**ENDED, "finished_at": None} if status == "queued" else ENDED
    with changed(job, status=status, **ended):
        found = of(job)
    hold = {"processing": "held", "completed": "posted", "failed": "voided"}[state]
    expected = [f"job {job.pk} is {status}, its hold of {PRICE} usd is {hold}"]
    is_sound = state == status or (state, status) == ("processing", "queued")
    assert found == ([] if is_sound else expected)


def test_a_price_that_was_not_reserved(every_kind: dict[str, Job]) -> None:
    for price in (PRICE - 1, 0):
        with changed(every_kind["completed"], price_micros=price):
            assert len(of(every_kind["completed"])) == 1


def test_a_hold_of_another_account(every_kind: dict[str, Job], bob: Customer) -> None:
    with changed(every_kind["processing"], account=bob.account):
        assert len(of(every_kind["processing"])) == 1


def test_a_hold_of_another_job(every_kind: dict[str, Job]) -> None:
    job = every_kind["processing"]
    assert job.hold
    with renamed(job.hold, f"test:{uuid.uuid4()}"):
        assert len(of(job)) == 1


def test_a_hold_without_a_job(alice: Customer) -> None:
    made = ledger.reserve(alice.account.pk, PRICE, f"test:{uuid.uuid4()}")
    reference = f"job:{uuid.uuid4()}"
    with renamed(Hold.objects.get(pk=made.hold_id), reference):
        assert audit.findings() == [f"hold {reference} is held without a job"]


def test_a_job_that_counts_under_another_token(alice: Customer, bob: Customer) -> None:
    limit = limits.of(alice.key.pk, 2 * PRICE)
    job = Job.objects.get(pk=jobs.submit(replace(submission(alice), limit=limit)).id)
    assert of(job) == []
    budget = Budget.objects.filter(name=limits.name(alice.key.pk))
    wrong = limits.name(bob.key.pk)
    budget.update(name=wrong)
    found = of(job)
    Budget.objects.filter(name=wrong).update(name=limits.name(alice.key.pk))
    assert found == [f"job {job.pk} of token {alice.key.pk} counts under {wrong}"]


def test_more_of_before_than_was_spent(alice: Customer) -> None:
    completed(alice, f"{uuid.uuid4().hex}.png")
    limits.change(alice.key, 2 * PRICE)
    name = limits.name(alice.key.pk)
    budget = Budget.objects.filter(name=name)
    assert budget.values_list("spent", "earlier").get() == (PRICE, PRICE)
    assert audit.findings() == []
    budget.update(spent=PRICE + 1, earlier=PRICE + 1)
    found = audit.findings()
    budget.update(spent=PRICE, earlier=PRICE)
    (finding,) = found
    assert finding.startswith(f"{name} counts {PRICE + 1} of before in ")
    assert finding.endswith(f"its jobs only {PRICE}")


def test_an_import_that_costs(alice: Customer) -> None:
    job = imported(alice.account, CatalogueModel.objects.get(variant="tiny"))
    with changed(job, price_micros=PRICE):
        assert of(job) == [f"job {job.pk} was imported, and is completed for {PRICE}"]


def test_staff_and_the_command_are_told(
    every_kind: dict[str, Job], capsys: pytest.CaptureFixture[str]
) -> None:
    job = every_kind["completed"]
    told = Alert.objects.filter(kind="job drift", text__contains=str(job.pk))
    with changed(job, price_micros=1):
        assert audit.run() == 1
        audit.run()
        with pytest.raises(SystemExit) as ended:
            call_command("audit_ledger")
    assert ended.value.code == 1
    assert str(job.pk) in capsys.readouterr().err
    assert told.count() == 1
    assert audit.run() == 0
