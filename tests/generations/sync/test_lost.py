"""Jobs whose runner died: whoever finds them asks the engine about them, and never sends twice."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from generations import audit, files, jobs, overdue
from generations.models import CatalogueModel, Job
from generations.sync import lost
from tests.at_once import at_once
from tests.conftest import Customer, wait_until
from tests.generations.engines.servers.server import Server
from tests.generations.engines.servers.work import Work
from tests.generations.runner.scripted import clear_queue
from tests.underway import PRICE

pytestmark = pytest.mark.usefixtures("_nobody_else")


@pytest.fixture
def _nobody_else(database: None) -> None:
    """Nothing of other tests is taken over here."""
    clear_queue()


def left(customer: Customer, row: CatalogueModel, seconds_ago: float, **values: Any) -> Job:
    """A job whose runner let its lease run out so long ago."""
    made = jobs.submit(
        jobs.Submission(customer.account.pk, row.pk, PRICE, row.width, row.height, "a shark")
    )
    given = {"status": "processing", "fence": 1, "attempts": 1, "runner_id": uuid.uuid4()}
    lease_until = Now() - timedelta(seconds=seconds_ago)
    Job.objects.filter(pk=made.id).update(**given, lease_until=lease_until, **values)
    return Job.objects.get(pk=made.id)


def prediction(server: Server, key: str = "") -> Work:
    """An image that the server has taken on and finished."""
    asked = {"input": {"prompt": "a shark", "width": 64, "height": 64}}
    return server.take(Work(uuid.uuid4().hex[:26], "a shark", 64, 64, key, asked=asked))


def test_a_finished_result_is_fetched_stored_and_charged(
    server: Server, row: CatalogueModel, alice: Customer
) -> None:
    job = left(alice, row, 20, engine_reference=prediction(server).id, engine_started_at=Now())
    assert lost.finish() == 1
    job.refresh_from_db()
    assert (job.status, job.fence) == ("completed", 2)
    assert files.result_size(job.image_name) > 0
    assert server.counts["submit"] == 0
    assert audit.findings() == []


def test_runners_get_their_chance(server: Server, row: CatalogueModel, alice: Customer) -> None:
    job = left(alice, row, 10, engine_reference=prediction(server).id)
    assert lost.finish() == 0
    job.refresh_from_db()
    assert (job.status, job.fence, job.attempts) == ("processing", 1, 1)


@pytest.mark.parametrize("server", ["sharkapi"], indirect=True)
def test_what_may_have_been_sent_is_looked_for(
    server: Server, row: CatalogueModel, alice: Customer
) -> None:
    job = left(alice, row, 20, engine_started_at=Now())
    prediction(server, key=str(job.pk))
    assert lost.finish() == 1
    job.refresh_from_db()
    assert job.status == "completed"
    assert (server.counts["list"], server.counts["submit"]) == (1, 0)


def test_what_cannot_be_looked_for_fails_free(
    server: Server, row: CatalogueModel, alice: Customer
) -> None:
    job = left(alice, row, 20, engine_started_at=Now())
    assert lost.finish() == 1
    job = Job.objects.select_related("hold").get(pk=job.pk)
    assert job.hold
    assert (job.status, job.failure_kind, job.hold.status) == ("failed", "provider", "voided")
    assert server.counts["submit"] == 0


def test_what_takes_longer_is_left_to_the_next_round(
    server: Server, row: CatalogueModel, alice: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lost, "BUDGET_SECONDS", 0.5)
    monkeypatch.setattr(lost, "RENEW_SECONDS", 0.2)
    server.seconds = 60
    slow = left(alice, row, 20, engine_reference=prediction(server).id)
    assert lost.finish() == 1
    slow.refresh_from_db()
    assert (slow.status, slow.attempts) == ("processing", 1)
    for work in server.works.values():
        work.ready_at = 0
    Job.objects.filter(pk=slow.pk).update(lease_until=Now() - timedelta(seconds=20))
    assert lost.finish() == 1
    slow.refresh_from_db()
    assert slow.status == "completed"


def test_a_job_that_is_cancelled_meanwhile_is_cancelled_at_the_engine(
    server: Server, row: CatalogueModel, alice: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lost, "RENEW_SECONDS", 0.2)
    server.seconds = 60
    job = left(alice, row, 20, engine_reference=prediction(server).id)

    def cancel() -> int:
        wait_until(lambda: server.counts["poll"] > 0)
        return jobs.cancel(job.pk)

    assert at_once([lost.finish, cancel]) == [1, True]
    job.refresh_from_db()
    assert (job.status, job.failure_kind, server.counts["cancel"]) == ("failed", "cancelled", 1)


def test_everything_overdue_ends_in_the_references_words(
    row: CatalogueModel, alice: Customer
) -> None:
    late = [left(alice, row, 20) for _ in range(3)]
    queued = jobs.submit(jobs.Submission(alice.account.pk, row.pk, PRICE, 64, 64, "a shark")).id
    ids = [queued, *(job.pk for job in late)]
    Job.objects.filter(pk__in=ids).update(deadline_at=Now())
    assert overdue.fail_all() == 4
    ended = Job.objects.filter(pk__in=ids).values_list("status", "failure_kind", "error")
    words = "Provider request timed out after 180s."
    assert set(ended) == {("failed", "timeout", words)}
    assert overdue.fail_all() == 0
