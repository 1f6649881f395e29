"""The queue is fair: one account's thousand jobs do not keep another's one waiting."""

import uuid
from collections import Counter
from collections.abc import Iterator
from functools import partial

import pytest

from generations import jobs, leases
from generations.models import CatalogueModel, Job
from tests.at_once import at_once
from tests.conftest import Customer, NewCustomer
from tests.generations.runner.scripted import clear_queue, offer
from tests.underway import submission

RUNNER = uuid.uuid4()


@pytest.fixture(autouse=True)
def _empty_queue(database: None) -> Iterator[None]:
    """Nothing of other tests is claimed here, nor of these elsewhere."""
    clear_queue()
    yield
    clear_queue()


@pytest.fixture
def rich(new_customer: NewCustomer) -> Customer:
    return new_customer("rich", credit_micros=100_000_000)


def submit(customer: Customer, count: int) -> None:
    for number in range(count):
        jobs.submit(submission(customer, f"wave {number}"))


def claim(room: int) -> list[Job]:
    return [claimed.job for claimed in leases.claim(RUNNER, room, {})]


def finish(claimed: list[Job]) -> None:
    for job in claimed:
        jobs.fail(job.pk, "provider", "done with")


def test_one_accounts_jobs_keep_their_order(rich: Customer) -> None:
    submit(rich, 5)
    assert [job.prompt for job in claim(5)] == [f"wave {number}" for number in range(5)]


def test_a_single_job_is_next_after_a_thousand_of_another(rich: Customer, bob: Customer) -> None:
    submit(rich, 200)
    finish(claim(20))
    submit(bob, 1)
    claimed = claim(2)
    assert bob.account.pk in {job.account_id for job in claimed}


def test_two_accounts_take_turns(rich: Customer, bob: Customer) -> None:
    submit(rich, 100)
    submit(bob, 20)
    first = Counter(job.account_id for job in claim(40))
    assert first[bob.account.pk] == 20
    assert first[rich.account.pk] == 20


def test_many_at_once_push_in_by_no_more_than_they_are(rich: Customer, bob: Customer) -> None:
    at_a_time = 8
    assert at_once([partial(submit, rich, 10)] * at_a_time) == [None] * at_a_time
    submit(bob, 1)
    assert bob.account.pk in {job.account_id for job in claim(at_a_time + 1)}


def test_who_comes_late_gets_no_more_than_a_share(rich: Customer, bob: Customer) -> None:
    submit(rich, 60)
    taken: Counter[int] = Counter()
    # Bob has always one waiting, in a queue that is never empty: he must not get everything.
    submit(bob, 1)
    for _ in range(40):
        claimed = claim(1)
        taken[claimed[0].account_id] += 1
        finish(claimed)
        if claimed[0].account_id == bob.account.pk:
            submit(bob, 1)
    assert 15 <= taken[bob.account.pk] <= 25


def test_jobs_under_way_do_not_push_in(rich: Customer, bob: Customer) -> None:
    submit(rich, 30)
    claim(30)
    submit(rich, 10)
    submit(bob, 10)
    assert Counter(job.account_id for job in claim(10))[bob.account.pk] >= 5


def test_jobs_under_way_cost_no_turn(rich: Customer, bob: Customer) -> None:
    submit(rich, 40)
    claim(40)
    submit(bob, 40)
    submit(rich, 1)
    # Bob's forty are not all ahead of the one.
    assert rich.account.pk in {job.account_id for job in claim(4)}


def test_another_variants_queue_costs_no_turn(rich: Customer, bob: Customer) -> None:
    offer("another")
    submit(rich, 40)
    for _ in range(5):
        jobs.submit(submission(bob, variant="another"))
    jobs.submit(submission(rich, variant="another"))
    others = [job for job in claim(1000) if job.variant == "another"]
    assert [job.account_id for job in others].index(rich.account.pk) <= 1


def test_a_models_places_are_not_taken_by_another(rich: Customer) -> None:
    model = CatalogueModel.offered("tiny")
    assert model
    submit(rich, 10)
    assert len(leases.claim(RUNNER, 100, {model.pk: model.concurrency - 3})) == 3
    assert leases.claim(RUNNER, 100, {model.pk: model.concurrency}) == []
    assert len(leases.claim(RUNNER, 2, {})) == 2


def test_the_next_in_line_is_fair_too(rich: Customer, bob: Customer) -> None:
    """What the first engine did not take waits at the second in the same turns."""
    submit(rich, 20)
    submit(bob, 1)
    following = CatalogueModel.objects.get(variant="1k")
    for job in sorted(claim(21), key=lambda job: job.account_id == bob.account.pk):
        jobs.move(job, following)
    taken_over = [on.job.account_id for on in leases.reclaim(uuid.uuid4(), 2, {})]
    assert sorted(taken_over) == sorted([rich.account.pk, bob.account.pk])
