"""Automatic top-ups: charged once when due, off after a refusal, and healed after a crash."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection

from tests.at_once import at_once
from tests.conftest import Customer, NewCustomer
from tests.wallet.saver import (
    alone,
    grow_old,
    orders_of,
    profile_of,
    saver,
    spend,
    subjects_to,
)
from tests.wallet.till import Till, balance
from wallet import auto_topup, reconcile, stripe
from wallet.models import BillingProfile, Policy, Topup

STOPPED = "Automatic top-ups are off"
PAST_PATIENCE = timedelta(minutes=3)


@pytest.fixture(autouse=True)
def nobody_else(till: Till) -> None:
    alone()


def turn_on(customer: Customer) -> None:
    """As the customer does after a refusal."""
    BillingProfile.objects.filter(account=customer.account).update(
        auto_topup=True, auto_stopped_reason=""
    )


def intents(till: Till) -> int:
    return len(till.all("payment_intents"))


def test_the_card_is_charged_when_the_balance_is_low(till: Till, new_customer: NewCustomer) -> None:
    customer = saver(till, new_customer)
    assert auto_topup.run_due() == 1
    assert balance(customer) == 21
    [order] = orders_of(customer)
    assert (order.kind, order.status, order.amount_cents) == ("auto", "paid", 2000)
    assert order.receipt_url
    assert subjects_to(customer) == ["$20.00 added to your wallet"]
    assert auto_topup.run_due() == 0
    assert intents(till) == 1
    # The event that comes later finds all done.
    assert order.intent_id
    answer = till.deliver(till.event("payment_intent.succeeded", order.intent_id))
    assert (answer.status_code, balance(customer)) == (200, 21)


@pytest.mark.parametrize("dollars", [5, 6])
def test_at_the_threshold_nothing_is_charged(
    till: Till, new_customer: NewCustomer, dollars: int
) -> None:
    saver(till, new_customer, dollars=dollars)
    assert auto_topup.run_due() == 0


@pytest.mark.parametrize("missing", [{"auto_topup": False}, {"card_id": ""}])
def test_nobody_is_charged_who_has_not_opted_in(
    till: Till, new_customer: NewCustomer, missing: dict[str, object]
) -> None:
    customer = saver(till, new_customer)
    BillingProfile.objects.filter(account=customer.account).update(**missing)
    assert auto_topup.run_due() == 0
    assert intents(till) == 0


def test_a_suspended_account_is_not_charged(till: Till, new_customer: NewCustomer) -> None:
    customer = saver(till, new_customer)
    customer.account.suspend()
    assert auto_topup.run_due() == 0


@pytest.mark.parametrize("card", ["pm_card_chargeCustomerFail", "pm_card_authenticationRequired"])
def test_a_refusal_turns_it_off_and_never_loops(
    till: Till, new_customer: NewCustomer, card: str
) -> None:
    customer = saver(till, new_customer, card)
    assert auto_topup.run_due() == 1
    profile = profile_of(customer)
    assert not profile.auto_topup
    assert profile.auto_stopped_reason
    assert subjects_to(customer) == [STOPPED]
    [text] = [each.body for each in mail.outbox if each.subject == STOPPED]
    assert "/wallet" in str(text)
    assert profile.auto_stopped_reason in str(text)
    for _ in range(3):
        assert auto_topup.run_due() == 0
    [order] = orders_of(customer)
    assert order.status == Topup.Status.FAILED
    assert order.intent_id
    # Turned on again, it is not turned off by what is told late of the old refusal.
    turn_on(customer)
    till.deliver(till.event("payment_intent.payment_failed", order.intent_id))
    assert profile_of(customer).auto_topup
    assert (balance(customer), subjects_to(customer)) == (1, [STOPPED])


def test_a_removed_card_turns_it_off(till: Till, new_customer: NewCustomer) -> None:
    customer = saver(till, new_customer)
    till.standin.client().v1.payment_methods.detach(profile_of(customer).card_id)
    auto_topup.run_due()
    assert not profile_of(customer).auto_topup
    assert subjects_to(customer) == [STOPPED]


@pytest.mark.parametrize("is_told", [True, False])
def test_a_charge_that_fails_later_turns_it_off(
    till: Till, new_customer: NewCustomer, is_told: bool
) -> None:
    customer = saver(till, new_customer)
    till.standin.control("outcomes", charges=["processing"])
    auto_topup.run_due()
    [order] = orders_of(customer)
    assert order.status == Topup.Status.PROCESSING
    # It is in flight: the balance is low, and nothing more is charged.
    assert auto_topup.run_due() == 0
    till.standin.control(f"payment_intents/{order.intent_id}/arrive", failure="payment_failed")
    if is_told:
        assert order.intent_id
        till.deliver(till.event("payment_intent.payment_failed", order.intent_id))
    else:
        grow_old(order, PAST_PATIENCE)
        reconcile.run_due()
    assert not profile_of(customer).auto_topup
    assert subjects_to(customer) == [STOPPED]
    assert auto_topup.run_due() == 0


def test_many_processes_at_once_charge_once(till: Till, new_customer: NewCustomer) -> None:
    customer = saver(till, new_customer)
    results = at_once([auto_topup.run_due] * 8)
    assert sorted(map(str, results)) == ["0"] * 7 + ["1"]
    assert (balance(customer), intents(till), len(orders_of(customer))) == (21, 1, 1)


def test_a_day_has_a_cap(till: Till, new_customer: NewCustomer) -> None:
    customer = saver(till, new_customer)
    cap = Policy.current().auto_topup_daily_max
    for _ in range(cap):
        assert auto_topup.run_due() == 1
        spend(customer, 20)
    assert auto_topup.run_due() == 0
    assert intents(till) == cap
    assert profile_of(customer).auto_topup
    grow_old(orders_of(customer)[0], timedelta(hours=25))
    assert auto_topup.run_due() == 1


def test_no_transaction_is_open_during_a_call(
    till: Till, new_customer: NewCustomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = saver(till, new_customer)
    real, during = stripe._client, []

    def noting() -> Any:
        during.append(connection.in_atomic_block)
        return real()

    monkeypatch.setattr(stripe, "_client", noting)
    auto_topup.run_due()
    order, _ = till.paid(customer)
    grow_old(order, PAST_PATIENCE)
    reconcile.run_due()
    assert balance(customer) == 31
    assert len(during) >= 5
    assert not any(during)


class Crash(BaseException):
    """The process ends here."""


def test_a_crash_before_the_charge(
    till: Till, new_customer: NewCustomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = saver(till, new_customer)
    crash(monkeypatch, "charge_card", does_it=False)
    assert (auto_topup.run_due(), intents(till)) == (0, 0)
    grow_old(orders_of(customer)[0], PAST_PATIENCE)
    reconcile.run_due()
    reconcile.run_due()
    assert (balance(customer), intents(till), len(orders_of(customer))) == (21, 1, 1)


@pytest.mark.parametrize("event_first", [True, False])
def test_a_crash_between_charge_and_credit(
    till: Till, new_customer: NewCustomer, monkeypatch: pytest.MonkeyPatch, event_first: bool
) -> None:
    customer = saver(till, new_customer)
    crash(monkeypatch, "charge_card", does_it=True)
    [order] = orders_of(customer)
    assert (order.status, order.intent_id, balance(customer)) == ("created", None, 1)
    assert (auto_topup.run_due(), intents(till)) == (0, 1)
    grow_old(order, PAST_PATIENCE)
    event = till.event("payment_intent.succeeded")
    steps = [lambda: till.deliver(event), reconcile.run_due]
    for step in steps if event_first else steps[::-1]:
        step()
        assert balance(customer) == 21
    assert intents(till) == 1


def test_a_crash_after_a_refusal(
    till: Till, new_customer: NewCustomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = saver(till, new_customer, "pm_card_chargeCustomerFail")
    crash(monkeypatch, "charge_card", does_it=True)
    grow_old(orders_of(customer)[0], PAST_PATIENCE)
    reconcile.run_due()
    assert not profile_of(customer).auto_topup
    assert (subjects_to(customer), intents(till)) == ([STOPPED], 1)


@pytest.mark.parametrize("kind", ["lost", "unavailable"])
def test_an_answer_that_is_lost(till: Till, new_customer: NewCustomer, kind: str) -> None:
    customer = saver(till, new_customer)
    # More often than the library asks again.
    till.standin.control("faults", kind=kind, path="/v1/payment_intents", times=3)
    auto_topup.run_due()
    assert balance(customer) == 1
    assert profile_of(customer).auto_topup
    grow_old(orders_of(customer)[0], PAST_PATIENCE)
    reconcile.run_due()
    assert (balance(customer), intents(till), len(orders_of(customer))) == (21, 1, 1)


def test_a_lost_order_is_not_charged_when_it_is_not_wanted_any_more(
    till: Till, new_customer: NewCustomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = saver(till, new_customer)
    crash(monkeypatch, "charge_card", does_it=False)
    BillingProfile.objects.filter(account=customer.account).update(auto_topup=False)
    grow_old(orders_of(customer)[0], PAST_PATIENCE)
    reconcile.run_due()
    [order] = orders_of(customer)
    assert (order.status, intents(till), subjects_to(customer)) == ("failed", 0, [])


def test_an_order_beyond_the_memory_of_stripe_is_given_up(
    till: Till, new_customer: NewCustomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = saver(till, new_customer)
    crash(monkeypatch, "charge_card", does_it=False)
    grow_old(orders_of(customer)[0], timedelta(hours=24))
    reconcile.run_due()
    assert (intents(till), subjects_to(customer)) == (0, [STOPPED])
    assert not profile_of(customer).auto_topup


def test_a_paid_page_leaves_its_card(till: Till, new_customer: NewCustomer) -> None:
    customer = new_customer("newcomer")
    _, intent_id = till.paid(customer, 10)
    till.deliver(till.event("checkout.session.completed", intent_id))
    profile = profile_of(customer)
    assert (profile.card_label, profile.auto_topup) == ("Visa •••• 4242", False)
    BillingProfile.objects.filter(pk=profile.pk).update(
        auto_topup=True, auto_threshold_micros=20_000_000
    )
    assert auto_topup.run_due() == 1
    assert balance(customer) == 30


def crash(monkeypatch: pytest.MonkeyPatch, call: str, does_it: bool) -> None:
    """Runs the top-ups in a process that ends at a call to Stripe: after it, or before."""
    real = getattr(stripe, call)

    def ending(*arguments: object) -> None:
        try:
            if does_it:
                real(*arguments)
        finally:
            raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(stripe, call, ending)
        with pytest.raises(Crash):
            auto_topup.run_due()
