"""The sync's rounds do all that is due, and one chore's fault holds no other up."""

import uuid
from datetime import UTC, datetime, timedelta

from django.contrib.sessions.models import Session
from django.db.models.functions import Now
from django.test import override_settings
from django.utils import timezone

from generations import jobs, sync
from generations.models import CatalogueModel, Job
from tests.conftest import Customer
from tests.generations.engines.servers.server import Server
from tests.generations.engines.servers.work import Work
from tests.generations.sync.ended import end
from tests.generations.sync.stored import reference, result
from tests.underway import PRICE, processing
from wallet.models import Alert


def faults() -> int:
    """How many chores of the sync have told staff of a fault."""
    return Alert.objects.filter(kind="chore", text__startswith="generations.").count()


def made(server: Server, minutes_ago: float) -> str:
    """An image that the server finished then; its reference."""
    created_at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    asked = {"input": {"prompt": "a shark"}}
    work = Work(uuid.uuid4().hex, "a shark", 64, 64, asked=asked, created_at=created_at)
    return server.take(work).id


def test_the_minute_does_it_all(server: Server, row: CatalogueModel, alice: Customer) -> None:
    CatalogueModel.objects.filter(pk=row.pk).update(import_into=alice.account)
    late, lost = (
        jobs.submit(jobs.Submission(alice.account.pk, row.pk, PRICE, 64, 64, "a shark")).id
        for _ in range(2)
    )
    Job.objects.filter(pk=late).update(deadline_at=Now())
    Job.objects.filter(pk=lost).update(
        status="processing",
        attempts=1,
        lease_until=Now() - timedelta(seconds=20),
        engine_reference=made(server, 1),
    )
    elsewhere = made(server, 10)
    done = end(alice.account.pk, None, row, "completed").pk
    before = faults()
    sync.every_minute()
    assert faults() == before
    assert Job.objects.get(pk=late).status == "failed"
    assert Job.objects.get(pk=lost).status == "completed"
    assert Job.objects.get(engine_reference=elsewhere).imported_at
    assert Job.objects.filter(pk__in=[late, done], usage_counted=True).count() == 2


def test_the_night_does_it_all(alice: Customer) -> None:
    (_, image), (_, sent) = result(), reference()
    session = Session.objects.create(
        session_key=uuid.uuid4().hex[:32], expire_date=timezone.now() - timedelta(days=1)
    )
    before = faults()
    sync.nightly()
    assert faults() == before
    assert not image.exists()
    assert not sent.exists()
    assert not Session.objects.filter(pk=session.pk).exists()


def test_a_store_that_is_away_holds_no_other_chore_up(
    server: Server, row: CatalogueModel, alice: Customer
) -> None:
    CatalogueModel.objects.filter(pk=row.pk).update(import_into=alice.account)
    made(server, 10)
    late = processing(alice, deadline=timedelta(seconds=-1))
    with override_settings(MEDIA_ROOT="/proc/nowhere"):
        sync.every_minute()
    assert Job.objects.get(pk=late.pk).status == "failed"
    assert Alert.objects.filter(
        kind="chore", reference__startswith="generations.sync.imports.run:StoreUnavailable"
    ).exists()
    sync.every_minute()
    assert Job.objects.filter(account=alice.account, imported_at__isnull=False).count() == 1
