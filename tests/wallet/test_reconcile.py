"""The reconciler and the nightly audit: what no event told is settled, and drift is told."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.module_loading import import_string
from django_q.models import Schedule

from generations.background import timetable
from tests.at_once import at_once
from tests.conftest import Customer, NewCustomer
from tests.wallet.saver import alone, grow_old
from tests.wallet.till import Till, balance, credits_of
from wallet import chores, ledger, reconcile, stripe_audit
from wallet.models import Alert, Topup

PAST_PATIENCE = timedelta(minutes=3)


@pytest.fixture(autouse=True)
def nobody_else(till: Till) -> None:
    alone()


@pytest.fixture
def poor(new_customer: NewCustomer) -> Customer:
    return new_customer("poor")


def status(order: Topup) -> str:
    order.refresh_from_db()
    return order.status


def stripe_alerts(intent_id: str) -> list[Alert]:
    return list(Alert.objects.filter(kind="stripe drift", reference__startswith=intent_id))


def test_an_event_that_never_came(till: Till, poor: Customer) -> None:
    order, intent_id = till.paid(poor, 20)
    grow_old(order, PAST_PATIENCE)
    reconcile.run_due()
    assert (status(order), balance(poor), credits_of(intent_id)) == ("paid", 20, 1)
    assert order.receipt_url
    answer = till.deliver(till.event("checkout.session.completed", intent_id))
    assert (answer.status_code, balance(poor)) == (200, 20)


def test_many_reconcilers_credit_once(till: Till, poor: Customer) -> None:
    order, intent_id = till.paid(poor, 20)
    grow_old(order, PAST_PATIENCE)
    assert at_once([reconcile.run_due] * 4) == [None] * 4
    assert (status(order), balance(poor), credits_of(intent_id)) == ("paid", 20, 1)


def test_a_crash_before_the_page_was_noted(till: Till, poor: Customer) -> None:
    order, intent_id = till.paid(poor, 20)
    Topup.objects.filter(pk=order.pk).update(session_id=None, status=Topup.Status.CREATED)
    reconcile.run_due()
    assert (status(order), balance(poor), credits_of(intent_id)) == ("paid", 20, 1)


def test_a_payment_that_takes_days(till: Till, poor: Customer) -> None:
    order = till.order(poor, 20)
    intent_id = till.pay(order, "processing")
    grow_old(order, PAST_PATIENCE)
    reconcile.run_due()
    assert (status(order), balance(poor)) == ("processing", 0)
    till.standin.control(f"payment_intents/{intent_id}/arrive")
    grow_old(order, PAST_PATIENCE)
    reconcile.run_due()
    assert (status(order), balance(poor)) == ("paid", 20)


def test_a_payment_that_fails_after_days(till: Till, poor: Customer) -> None:
    order = till.order(poor, 20)
    intent_id = till.pay(order, "processing")
    grow_old(order, PAST_PATIENCE)
    reconcile.run_due()
    till.standin.control(f"payment_intents/{intent_id}/arrive", failure="payment_failed")
    grow_old(order, PAST_PATIENCE)
    reconcile.run_due()
    assert (status(order), balance(poor)) == ("failed", 0)


def test_a_page_whose_time_is_up(till: Till, poor: Customer) -> None:
    order = till.order(poor, 20)
    till.standin.client().v1.checkout.sessions.expire(order.session_id or "")
    grow_old(order, PAST_PATIENCE)
    reconcile.run_due()
    assert (status(order), balance(poor)) == ("expired", 0)


def test_an_order_that_never_had_a_page(till: Till, poor: Customer) -> None:
    order = Topup.objects.create(account=poor.account, amount_micros=10_000_000)
    grow_old(order, PAST_PATIENCE)
    reconcile.run_due()
    assert status(order) == "created"
    grow_old(order, timedelta(hours=26))
    reconcile.run_due()
    assert status(order) == "expired"


def test_stripe_is_not_asked_again_and_again(till: Till, poor: Customer) -> None:
    order = till.order(poor, 20)
    reconcile.run_due()
    order.refresh_from_db()
    assert order.checked_at is None, "it is younger than our patience"
    grow_old(order, PAST_PATIENCE)
    reconcile.run_due()
    order.refresh_from_db()
    first = order.checked_at
    reconcile.run_due()
    order.refresh_from_db()
    assert order.checked_at == first
    Topup.objects.filter(pk=order.pk).update(checked_at=timezone.now() - PAST_PATIENCE)
    reconcile.run_due()
    order.refresh_from_db()
    assert order.checked_at
    assert first
    assert order.checked_at > first


def test_one_order_that_cannot_be_asked_for_holds_no_other_up(
    till: Till, poor: Customer, new_customer: NewCustomer
) -> None:
    broken = till.order(new_customer("broken"))
    Topup.objects.filter(pk=broken.pk).update(session_id=f"cs_gone_{uuid.uuid4().hex}")
    grow_old(broken, timedelta(days=4))
    order, _ = till.paid(poor, 20)
    grow_old(order, PAST_PATIENCE)
    reconcile.run_due()
    assert (status(order), balance(poor)) == ("paid", 20)
    assert Alert.objects.filter(kind="unsettled", reference=str(broken.pk)).exists()


def test_the_audit_finds_nothing_where_all_agrees(till: Till, poor: Customer) -> None:
    order, intent_id = till.paid(poor, 20)
    till.refund(intent_id, 500)
    till.dispute(intent_id, 1500)
    grow_old(order, PAST_PATIENCE)
    reconcile.run_due()
    assert balance(poor) == 0
    assert stripe_audit.agrees(intent_id)
    assert stripe_alerts(intent_id) == []


def test_a_refund_that_we_never_heard_of(till: Till, poor: Customer) -> None:
    _, intent_id = till.paid(poor, 20)
    till.deliver(till.event("checkout.session.completed", intent_id))
    till.refund(intent_id, 500)
    assert stripe_audit.run_stripe() >= 1
    assert balance(poor) == 15
    [alert] = stripe_alerts(intent_id)
    assert "agree now" in alert.text
    stripe_audit.run_stripe()
    assert len(stripe_alerts(intent_id)) == 1


def test_drift_is_told_once_and_left(till: Till, poor: Customer) -> None:
    _, intent_id = till.paid(poor, 20)
    till.deliver(till.event("checkout.session.completed", intent_id))
    till.standin.control(f"objects/{intent_id}", amount_received=1900)
    for _ in range(2):
        chores.run((stripe_audit.run_stripe,))
    [alert] = stripe_alerts(intent_id)
    assert "They differ." in alert.text
    assert balance(poor) == 20


def test_a_credit_that_stripe_knows_nothing_of(till: Till, poor: Customer) -> None:
    intent_id = f"pi_{uuid.uuid4().hex}"
    ledger.credit_payment(poor.account, 10_000_000, intent_id, "invented")
    stripe_audit.run_stripe()
    assert len(stripe_alerts(intent_id)) == 1


def test_a_chore_that_fails_holds_no_other_up(till: Till) -> None:
    done = []

    def failing() -> None:
        raise RuntimeError("broken")

    chores.run((failing, lambda: done.append("second")))
    assert done == ["second"]
    assert Alert.objects.filter(kind="chore", text__contains="broken").exists()


def test_a_payment_that_cannot_be_settled_holds_no_other_up(
    till: Till, poor: Customer, new_customer: NewCustomer
) -> None:
    _, broken = till.paid(new_customer("broken"), 20)
    # Its reference is taken, by a movement that is not this one.
    ledger.credit_payment(poor.account, 10_000_000, broken, "invented")
    order, _ = till.paid(poor, 20)
    grow_old(order, PAST_PATIENCE)
    reconcile.run_due()
    assert (status(order), balance(poor)) == ("paid", 30)
    assert Alert.objects.filter(kind="payment", reference=broken).exists()
    stripe_audit.run_stripe()
    assert len(stripe_alerts(broken)) == 1


def test_a_comparison_that_was_cut_short_is_told(till: Till) -> None:
    Alert.objects.filter(kind="audit").delete()
    till.standin.control("faults", kind="unavailable", path="/v1/payment_intents", times=3)
    stripe_audit.run_stripe()
    assert Alert.objects.filter(kind="audit", reference__startswith="unfinished").exists()


def test_the_clock_knows_the_chores(database: None) -> None:
    timetable.write()
    timetable.write()
    planned = {each.name: each for each in Schedule.objects.all()}
    assert {"wallet every minute", "wallet nightly"} < planned.keys()
    assert all(callable(import_string(each.func)) for each in planned.values())
    assert planned["wallet nightly"].next_run.hour == 3
    assert planned["wallet nightly"].next_run > timezone.now()


def test_the_chores_run_by_themselves(till: Till, poor: Customer) -> None:
    order, _ = till.paid(poor, 20)
    grow_old(order, PAST_PATIENCE)
    chores.every_minute()
    assert (status(order), balance(poor)) == ("paid", 20)
    chores.nightly()
    assert not Alert.objects.filter(kind="chore", reference__startswith="wallet.").exists()
