"""A job's states: every statement that changes one is tried from every state."""

import uuid
from collections.abc import Callable

import pytest
from django.db import connection

from generations import jobs, leases, overdue
from generations.models import CatalogueModel, Job
from tests.conftest import Customer
from tests.underway import processing, submission

STATES = tuple(jobs.TRANSITIONS)
RUNNER = uuid.uuid4()


def in_state(customer: Customer, state: str) -> Job:
    """A job that came to that state by the statements themselves."""
    if state == "queued":
        return Job.objects.select_related("model").get(pk=jobs.submit(submission(customer)).id)
    job = processing(customer)
    if state == "completed":
        assert jobs.complete(job, f"{job.pk.hex}.png")
    elif state == "failed":
        assert jobs.fail(job.pk, "provider", "It failed.", job.fence)
    return job


def _late(job: Job) -> None:
    past = "UPDATE generations_job SET deadline_at = now() - interval '1 second' WHERE id = %s"
    with connection.cursor() as cursor:
        cursor.execute(past, [job.pk])
    overdue.fail()


def _expired(job: Job) -> None:
    past = "UPDATE generations_job SET lease_until = now() - interval '1 second' WHERE id = %s"
    with connection.cursor() as cursor:
        cursor.execute(past, [job.pk])
    leases.reclaim(RUNNER, 1000, {})


STATEMENTS: dict[str, Callable[[Job], object]] = {
    "claim": lambda job: leases.claim(RUNNER, 1000, {}),
    "reclaim": _expired,
    "renew": lambda job: leases.renew(RUNNER, [job.pk]),
    "hand over": lambda job: leases.hand_over(RUNNER, [job.pk]),
    "mirrored": lambda job: jobs.note_mirrored(job, "name.png"),
    "sending": jobs.note_sending,
    "not sent": jobs.note_not_sent,
    "started": jobs.note_started,
    "move": lambda job: jobs.move(job, CatalogueModel.objects.get(variant="1k")),
    "complete": lambda job: jobs.complete(job, f"{uuid.uuid4().hex}.png"),
    "fail by the runner": lambda job: jobs.fail(job.pk, "provider", "It failed.", job.fence),
    "fail by staff": lambda job: jobs.end(job.pk, "staff", "Stopped."),
    "cancel": lambda job: jobs.cancel(job.pk),
    "deadline": _late,
}


@pytest.mark.parametrize("name", STATEMENTS)
@pytest.mark.parametrize("state", STATES)
def test_only_declared_transitions_happen(alice: Customer, state: str, name: str) -> None:
    job = in_state(alice, state)
    before = Job.objects.get(pk=job.pk)
    STATEMENTS[name](job)
    after = Job.objects.select_related("hold").get(pk=job.pk)
    assert after.status == state or after.status in jobs.TRANSITIONS[state]
    if before.is_terminal:
        assert (after.finished_at, after.error, after.image_name) == (
            before.finished_at,
            before.error,
            before.image_name,
        )
    assert after.hold is not None
    expected = {"completed": "posted", "failed": "voided"}.get(after.status, "held")
    assert after.hold.status == expected
    jobs.fail(job.pk, "staff", "cleared")


def test_every_declared_transition_happens(alice: Customer) -> None:
    seen: dict[str, set[str]] = {state: set() for state in STATES}
    for state in STATES:
        for change in STATEMENTS.values():
            job = in_state(alice, state)
            change(job)
            seen[state].add(Job.objects.get(pk=job.pk).status)
            jobs.fail(job.pk, "staff", "cleared")
    assert {s: seen[s] - {s} for s in STATES} == {s: jobs.TRANSITIONS[s] - {s} for s in STATES}


def test_another_fence_changes_nothing(alice: Customer) -> None:
    job = processing(alice)
    job.fence += 1
    assert not jobs.note_mirrored(job, "name.png")
    assert jobs.note_sending(job) is None
    assert not jobs.note_not_sent(job)
    assert not jobs.note_started(job)
    assert not jobs.move(job, CatalogueModel.objects.get(variant="1k"))
    assert not jobs.complete(job, f"{job.pk.hex}.png")
    assert not jobs.fail(job.pk, "provider", "It failed.", job.fence)
    assert Job.objects.get(pk=job.pk).status == "processing"
