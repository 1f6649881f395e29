"""The usage table is what a GROUP BY over the jobs says, whoever counts them and how often."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F, ProtectedError
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from accounts.models import Account
from generations import audit
from generations.models import CatalogueModel, Job, Usage
from generations.sync import usage
from keys.models import Key
from tests.at_once import at_once
from tests.conftest import Customer
from tests.generations.sync.ended import end, imported
from tests.underway import PRICE
from wallet import ledger
from wallet.models import Unit

Group = tuple[int, date, int | None, str]
Counts = dict[Group, list[int]]
HOWS = st.sampled_from(["completed", "completed", "failed", "cancelled"])


def by_jobs(accounts: list[Account]) -> Counts:
    """Images, free images, failures and money, counted from the jobs one by one."""
    counts: Counts = {}
    jobs = Job.objects.filter(account__in=accounts, usage_counted=True, imported_at=None)
    for job in jobs.exclude(failure_kind="cancelled").select_related("model"):
        assert job.finished_at
        day = job.finished_at.astimezone(UTC).date()
        row = counts.setdefault((job.account_id, day, job.key_id, job.model.variant), [0] * 4)
        is_completed = job.status == "completed"
        row[0] += is_completed and job.price_micros > 0
        row[1] += is_completed and job.price_micros == 0
        row[2] += job.status == "failed"
        row[3] += job.price_micros if is_completed else 0
    return counts


def by_table(accounts: list[Account]) -> Counts:
    return {
        (row.account_id, row.day, row.key_id, row.variant): [
            row.images,
            row.free_images,
            row.failures,
            row.spent_micros,
        ]
        for row in Usage.objects.filter(account__in=accounts)
    }


def uncounted(accounts: list[Account]) -> int:
    return Job.objects.filter(
        account__in=accounts, finished_at__isnull=False, usage_counted=False
    ).count()


class Counting(RuleBasedStateMachine):
    """Two accounts, with and without a token, two variants, several days."""

    @initialize()
    def open_accounts(self) -> None:
        self.models = list(CatalogueModel.objects.order_by("pk")[:2])
        self.accounts = [Account.objects.create(name=f"usage {n}") for n in range(2)]
        self.keys: list[int | None] = []
        for account in self.accounts:
            ledger.open_books(account)
            ledger.credit_by_staff(account, Unit.USD, 1_000 * PRICE, f"usage:{uuid.uuid4()}", "")
            self.keys.append(Key.create(account, "usage", None)[0].pk)

    def finish(self, who: int, with_key: bool, model: int, how: str, days: int) -> None:
        key_id = self.keys[who] if with_key else None
        job = end(self.accounts[who].pk, key_id, self.models[model], how)
        late = Job.objects.filter(pk=job.pk, usage_counted=False)
        late.update(finished_at=F("finished_at") - timedelta(hours=12 * days))

    @rule(
        who=st.integers(0, 1),
        with_key=st.booleans(),
        model=st.integers(0, 1),
        how=HOWS,
        days=st.integers(0, 3),
    )
    def one_ends(self, **what: Any) -> None:
        self.finish(**what)

    @rule(who=st.integers(0, 1))
    def a_free_one_ends(self, who: int) -> None:
        ledger.credit_by_staff(self.accounts[who], Unit.IMAGE, 1, f"usage:{uuid.uuid4()}", "")
        self.finish(who, True, 0, "completed", 0)

    @rule(who=st.integers(0, 1))
    def one_is_imported(self, who: int) -> None:
        imported(self.accounts[who], self.models[0])

    @rule(batch_size=st.integers(1, 4))
    def roll_up(self, batch_size: int) -> None:
        usage.roll_up(batch_size)
        assert uncounted(self.accounts) == 0

    @rule(batch_size=st.integers(1, 3))
    def roll_up_at_once_while_jobs_end(self, batch_size: int) -> None:
        calls: list[Callable[[], object]] = [partial(usage.roll_up, batch_size)] * 3
        for number in range(3):
            who, model = number % 2, number % 2
            calls.append(partial(self.finish, who, number > 0, model, "completed", 0))
        results = at_once(calls)
        assert not [result for result in results if isinstance(result, Exception)]

    @invariant()
    def agrees(self) -> None:
        assert by_table(self.accounts) == by_jobs(self.accounts)


def test_the_table_agrees_with_the_jobs(database: None) -> None:
    run_state_machine_as_test(
        Counting,
        settings=settings(
            max_examples=15,
            stateful_step_count=15,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )


def test_many_at_once_count_each_job_once(alice: Customer) -> None:
    model = CatalogueModel.objects.get(variant="tiny")
    keys = [None, *(Key.create(alice.account, "usage", None)[0].pk for _ in range(19))]
    for number in range(160):
        end(alice.account.pk, keys[number % 20], model, "completed")
    # Each batch touches every row of the table: in another order they would wait in a circle.
    assert sum(counted(at_once([partial(usage.roll_up, 40)] * 4))) >= 160
    rows = Usage.objects.filter(account=alice.account)
    assert [(row.images, row.spent_micros) for row in rows] == [(8, 8 * PRICE)] * 20
    assert usage.roll_up() == 0


def counted(results: list[int | Exception]) -> list[int]:
    assert not [result for result in results if isinstance(result, Exception)]
    return [result for result in results if isinstance(result, int)]


def test_what_failed_halfway_counts_nothing(alice: Customer) -> None:
    end(alice.account.pk, None, CatalogueModel.objects.get(variant="tiny"), "completed")
    with transaction.atomic():
        assert usage.roll_up() >= 1
        # As when the process dies before the commit.
        transaction.set_rollback(True)
    assert by_table([alice.account]) == {}
    usage.roll_up()
    assert by_table([alice.account]) == by_jobs([alice.account]) != {}


def test_a_day_ends_at_midnight_utc(alice: Customer) -> None:
    model = CatalogueModel.objects.get(variant="tiny")
    midnight = datetime(2025, 1, 15, tzinfo=UTC)
    for finished_at in (midnight - timedelta(microseconds=1), midnight):
        job = end(alice.account.pk, None, model, "failed")
        Job.objects.filter(pk=job.pk).update(finished_at=finished_at)
    usage.roll_up()
    rows = Usage.objects.filter(account=alice.account).order_by("day")
    assert [(row.day.day, row.failures) for row in rows] == [(14, 1), (15, 1)]


def test_a_token_whose_rows_would_collide_is_not_deleted(alice: Customer) -> None:
    """Nothing deletes tokens: they are revoked, and stay."""
    model = CatalogueModel.objects.get(variant="tiny")
    end(alice.account.pk, None, model, "completed")
    end(alice.account.pk, alice.key.pk, model, "completed")
    usage.roll_up()
    with pytest.raises((IntegrityError, ProtectedError)), transaction.atomic():
        alice.key.delete()
    assert by_table([alice.account]) == by_jobs([alice.account])


def test_the_audit_finds_what_was_counted_twice(alice: Customer) -> None:
    end(alice.account.pk, None, CatalogueModel.objects.get(variant="tiny"), "completed")
    usage.roll_up()
    rows = Usage.objects.filter(account=alice.account)
    rows.update(images=2)
    try:
        found = [
            each for each in audit.findings() if each.startswith(f"account {alice.account.pk}")
        ]
    finally:
        rows.update(images=1)
    assert found == [
        f"account {alice.account.pk} used 1 jobs for {PRICE}, the usage table says 2 for {PRICE}"
    ]
