"""The operator's figures, read beside jobs whose times and ends are known."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from generations import figures, jobs
from generations.figures import Offer, Outcome, Spread, finished
from generations.models import CatalogueModel, Job, Runner, Timekeeper
from tests.conftest import Customer
from tests.underway import submission
from wallet.models import Hold

ENGINE = "figures"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def undone(database: None) -> Iterator[None]:
    """What these tests invent is seen by nobody else."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def offer() -> CatalogueModel:
    """An offer whose jobs are this test's alone."""
    variant = f"v{uuid.uuid4().hex[:8]}"
    return CatalogueModel.objects.create(
        variant=variant, engine=ENGINE, price_micros=1, width=64, height=64, concurrency=7
    )


def job_of(customer: Customer, offer: CatalogueModel, **values: Any) -> uuid.UUID:
    """A job of that offer with these columns."""
    job_id = jobs.submit(submission(customer)).id
    Job.objects.filter(pk=job_id).update(model=offer, **values)
    return job_id


def ended(customer: Customer, offer: CatalogueModel, kind: str = "", **values: Any) -> uuid.UUID:
    """A job that has ended now: completed, or failed of that kind."""
    end = {"status": "failed", "failure_kind": kind, "error": "no"} if kind else completed()
    return job_of(customer, offer, **{"finished_at": Now(), **end, **values})


def completed() -> dict[str, str]:
    return {"status": "completed", "image_name": f"{uuid.uuid4()}.png"}


def offered(offer: CatalogueModel) -> Offer | None:
    return next((each for each in figures.read().offers if each.id == offer.pk), None)


def outcome() -> Outcome:
    return next(each for each in figures.read().outcomes if each.engine == ENGINE)


def test_what_waits_and_runs_at_an_offer(alice: Customer, offer: CatalogueModel) -> None:
    before = figures.read()
    assert offered(offer) is None
    job_of(alice, offer, created_at=Now() - timedelta(seconds=100))
    job_of(alice, offer, created_at=Now() - timedelta(seconds=5))
    job_of(alice, offer, status="processing", created_at=Now() - HOUR)
    late = {"status": "processing", "created_at": Now() - HOUR, "deadline_at": Now() - HOUR}
    job_of(alice, offer, **late)
    found = offered(offer)
    assert found is not None
    assert (found.variant, found.engine, found.active) == (offer.variant, ENGINE, False)
    assert (found.queued, found.in_flight, found.overdue) == (2, 2, 1)
    assert found.oldest_queued_seconds == pytest.approx(100, abs=1)

    after = figures.read()
    assert after.queued_of_variant[offer.variant] == 2
    assert after.in_flight_of_engine[ENGINE] == 2
    assert after.queued - before.queued == 2
    assert after.in_flight - before.in_flight == 2
    assert after.overdue - before.overdue == 1
    assert after.oldest_queued_seconds >= found.oldest_queued_seconds


def test_an_active_offer_is_shown_without_jobs(offer: CatalogueModel) -> None:
    CatalogueModel.objects.filter(pk=offer.pk).update(active=True)
    found = offered(offer)
    assert found is not None
    assert (found.queued, found.in_flight, found.oldest_queued_seconds) == (0, 0, 0)
    assert outcome().failure_rate is None


def test_room_grows_with_each_runner_alive(offer: CatalogueModel) -> None:
    CatalogueModel.objects.filter(pk=offer.pk).update(active=True)
    alive = figures.read().runners_alive
    Runner.objects.create(host="a", pid=1)
    Runner.objects.create(host="b", pid=1)
    Runner.objects.create(host="c", pid=1, heartbeat_at=Now() - timedelta(seconds=21))
    found = offered(offer)
    assert found is not None
    assert found.room == 7 * (alive + 2)


def test_outcomes_of_the_last_hour(alice: Customer, offer: CatalogueModel) -> None:
    for kind in ("", "", "", "provider", "timeout", "moderated", "cancelled", "cancelled"):
        ended(alice, offer, kind)
    ended(alice, offer, "provider", finished_at=Now() - HOUR - timedelta(seconds=1))
    # Made at the provider without us: neither our success nor our failure.
    ended(alice, offer, imported_at=Now())
    found = outcome()
    assert found.completed == 3
    assert found.failures == {"provider": 1, "timeout": 1, "moderated": 1, "cancelled": 2}
    # What a customer wanted or did is not the engine's failure.
    assert found.failure_rate == pytest.approx(2 / 5)
    assert figures.read().counted_seconds == 3600


def test_a_busy_hour_is_counted_as_far_as_the_limit(
    alice: Customer, offer: CatalogueModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    for age_seconds in (-30, -20, -10, 600):
        ended(alice, offer, finished_at=Now() - timedelta(seconds=age_seconds))
    monkeypatch.setattr(finished, "COUNTED_MAX", 3)
    counted = figures.read()
    assert counted.total.completed == 3
    assert counted.counted_seconds < 3600


def test_the_phases_of_the_latest_jobs(
    alice: Customer, offer: CatalogueModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each job goes through the phases in 1, 2, 30 and 4 seconds, some in ten times that."""
    monkeypatch.setattr(finished, "TIMED_MAX", 10)
    for times in [1] * 8 + [10] * 2:
        # In the future, so that whatever else has ended is older.
        end = Now() + timedelta(minutes=5)
        ended(
            alice,
            offer,
            created_at=end - timedelta(seconds=37 * times),
            started_at=end - timedelta(seconds=36 * times),
            engine_started_at=end - timedelta(seconds=34 * times),
            engine_finished_at=end - timedelta(seconds=4 * times),
            finished_at=end,
        )
    ended(alice, offer, "timeout", created_at=Now() - HOUR, started_at=Now() - HOUR)
    found = figures.read()
    assert found.timed == 10
    medians = {phase: spread.p50 for phase, spread in found.phases.items()}
    slowest = {phase: spread.p95 for phase, spread in found.phases.items()}
    expected = {"queue": 1, "handover": 2, "engine": 30, "store": 4, "total": 37}
    assert medians == pytest.approx(expected, abs=0.1)
    assert slowest == pytest.approx({name: 10 * each for name, each in expected.items()}, abs=0.1)
    assert outcome().seconds == found.phases["engine"]


def test_a_phase_that_nobody_noted_is_left_out(
    alice: Customer, offer: CatalogueModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finished, "TIMED_MAX", 1)
    ended(alice, offer, finished_at=Now() + HOUR, created_at=Now() + HOUR)
    found = figures.read()
    assert list(found.phases) == ["total"]
    assert outcome().seconds is None


def test_clocks_that_disagree_make_no_negative_times(
    alice: Customer, offer: CatalogueModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finished, "TIMED_MAX", 1)
    late = Now() + HOUR
    ended(alice, offer, finished_at=late, engine_finished_at=late + timedelta(seconds=1))
    assert figures.read().phases["store"] == Spread(0, 0)


@pytest.mark.parametrize("kind", [Runner, Timekeeper])
def test_signs_of_life_are_judged_by_the_databases_clock(
    kind: type[Runner] | type[Timekeeper],
) -> None:
    for host, age_seconds in (("alive", 19), ("silent", 21), ("again", 300), ("again", 2)):
        beat = Now() - timedelta(seconds=age_seconds)
        kind.objects.create(id=uuid.uuid4(), host=host, pid=77, heartbeat_at=beat)
    now = figures.read()
    listed = now.runners if kind is Runner else now.timekeepers
    found = {each.host: each for each in listed if each.pid == 77}
    assert found["alive"].is_alive
    assert not found["silent"].is_alive
    assert found["silent"].heartbeat_age_seconds == pytest.approx(21, abs=1)
    # The number was used again; two lines of one name would break who reads them.
    assert found["again"].heartbeat_age_seconds == pytest.approx(2, abs=1)
    assert [each.host for each in listed].count("again") == 1
    assert found["alive"].in_flight == (0 if kind is Runner else None)


def test_holds_and_open_jobs_match(alice: Customer) -> None:
    before = figures.read().holds
    job_id = jobs.submit(submission(alice)).id
    after = figures.read().holds
    assert (after.held, after.open_jobs) == (before.held + 1, before.open_jobs + 1)
    # What tests of the wallet hold is for no job.
    assert after.unmatched == before.unmatched

    Job.objects.filter(pk=job_id).update(status="failed", error="no", finished_at=Now())
    assert figures.read().holds.unmatched == before.unmatched + 1
    Job.objects.filter(pk=job_id).update(status="queued", finished_at=None)
    Hold.objects.filter(job=job_id).update(status="voided", resolved_at=Now())
    assert figures.read().holds.unmatched == before.unmatched + 1


def test_reading_takes_six_statements(alice: Customer) -> None:
    for _ in range(3):
        jobs.submit(submission(alice))
    with CaptureQueriesContext(connection) as statements:
        figures.read()
    assert len(statements) == 6
