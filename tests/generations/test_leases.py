"""Claims and leases: whose a job is, however two runners come between each other's statements."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection, transaction

from generations import jobs, leases
from generations.models import Job
from tests.at_once import apart
from tests.conftest import Customer
from tests.generations.runner.scripted import claimed, expire, offer
from tests.underway import submission

VARIANT = "leases"
ANY_LEASE_SECONDS = -3600.0
Execute = Callable[[str, Any, bool, dict[str, Any]], Any]


def test_a_claim_reads_its_own_fence(alice: Customer) -> None:
    """Even if another runner could take the job over at once, between the claim and its reading."""
    offer(VARIANT)
    job_id = jobs.submit(submission(alice, variant=VARIANT)).id
    successor: list[leases.Claimed] = []

    def come_between(execute: Execute, sql: str, values: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT") and not successor:
            with ThreadPoolExecutor(1) as threads:
                take = apart(threads, leases.reclaim, uuid.uuid4(), 1000, {}, ANY_LEASE_SECONDS)
                successor.extend(take.result())
        return execute(sql, values, many, context)

    with connection.execute_wrapper(come_between):
        found = leases.claim(uuid.uuid4(), 1000, {})
    fences = [(each.job.pk, each.job.fence) for each in (*found, *successor)]
    assert [fence for pk, fence in fences if pk == job_id] == [1]


def test_nothing_starts_before_it_was_submitted(alice: Customer) -> None:
    """Even if it was submitted after the claim's transaction had begun."""
    offer(VARIANT)
    with transaction.atomic(), ThreadPoolExecutor(1) as threads:
        with connection.cursor() as cursor:
            cursor.execute("SELECT now()")
        job_id = apart(threads, jobs.submit, submission(alice, variant=VARIANT)).result().id
        (job,) = [
            each.job for each in leases.claim(uuid.uuid4(), 1000, {}) if each.job.pk == job_id
        ]
    assert job.started_at
    assert job.created_at <= job.started_at


def test_what_was_claimed_without_an_answer_is_let_go_of(alice: Customer) -> None:
    """The claim was committed, and its answer lost: no runner works on it, and none renews it."""
    runner_id = uuid.uuid4()
    unknown, known, fresh = (claimed(alice, VARIANT).job for _ in range(3))
    ours = Job.objects.filter(pk__in=[job.pk for job in (unknown, known, fresh)])
    ours.update(runner_id=runner_id)
    for job in (unknown, known):
        expire(job.pk)
    leases.disown(runner_id, [known.pk])
    assert set(ours.filter(runner_id=runner_id)) == {known, fresh}
    found = [each.job for each in leases.reclaim(runner_id, 1000, {})]
    assert unknown in found
    assert known not in found


def test_a_runner_does_not_take_over_its_own_jobs(alice: Customer) -> None:
    """After an outage all its leases have run out, and it is at work on the jobs all the same."""
    runner_id = uuid.uuid4()
    job = claimed(alice, VARIANT).job
    Job.objects.filter(pk=job.pk).update(runner_id=runner_id)
    expire(job.pk)

    def reclaimed_by(reclaimer: uuid.UUID) -> list[int]:
        found = leases.reclaim(reclaimer, 1000, {})
        return [each.job.fence for each in found if each.job.pk == job.pk]

    assert reclaimed_by(runner_id) == []
    assert reclaimed_by(uuid.uuid4()) == [2]
