"""Stripe's webhook: who is believed, what is recorded, and that nothing is credited twice or lost.

The events are the stand-in's, signed as Stripe signs; what must not match is bent at Stripe's
side, where the webhook asks.
"""

import json
import time

import pytest
from django.core import mail
from django.test import override_settings

from tests.conftest import Customer, NewCustomer
from tests.wallet.stripe.standin import SECRET
from tests.wallet.till import Object, Till, balance, credits_of
from wallet import ledger, stripe
from wallet.models import Alert, Book, StripeEvent, Topup, Unit
from wallet.stripe_standin.webhooks import signature

COMPLETED = "checkout.session.completed"
NEW_SECRET = "whsec_new"


@pytest.fixture
def poor(new_customer: NewCustomer) -> Customer:
    return new_customer("poor")


def signed(event: Object, *secrets: str, age_seconds: int = 0) -> tuple[bytes, str]:
    body = json.dumps(event).encode()
    return body, signature(body, [*secrets], int(time.time()) - age_seconds)


def test_a_signed_event_credits_once(till: Till, poor: Customer) -> None:
    _, intent_id = till.paid(poor, 20)
    event = till.event(COMPLETED, intent_id)
    first, second = till.deliver(event), till.deliver(event)
    assert (first.status_code, first.content) == (200, b"credited")
    assert (second.status_code, second.content) == (200, b"seen before")
    assert balance(poor) == 20
    recorded = StripeEvent.objects.get(pk=event["id"])
    assert (recorded.type, recorded.intent_id, recorded.outcome) == (
        COMPLETED,
        intent_id,
        "credited",
    )
    assert len([each for each in mail.outbox if poor.user.email in each.to]) == 1


@pytest.mark.parametrize("age_seconds", [0, 299])
def test_a_signature_holds_for_five_minutes(till: Till, poor: Customer, age_seconds: int) -> None:
    event = till.event(COMPLETED, till.paid(poor)[1])
    assert till.post(*signed(event, SECRET, age_seconds=age_seconds)).status_code == 200
    assert balance(poor) == 10


def test_what_is_not_signed_by_stripe_now_is_refused(till: Till, poor: Customer) -> None:
    event = till.event(COMPLETED, till.paid(poor)[1])
    body, header = signed(event, SECRET)
    moment, mark = header.split(",")
    forgeries: list[tuple[bytes, str | None]] = [
        signed(event, "whsec_of_somebody_else"),
        signed(event, SECRET, age_seconds=301),
        (body, None),
        (body, ""),
        (body, "nonsense"),
        (body, moment),
        (body, mark),
        (body, f"{moment},{mark.replace('v1', 'v0')}"),
        (body, f"t={int(moment[2:]) + 1},{mark}"),
        (body.replace(b'"usd"', b'"eur"'), header),
        (body + b" ", header),
        (b"", header),
        (b"\xff\xfe", header),
        (body.ljust(2 * 1024 * 1024), header),
    ]
    assert [till.post(*forgery).status_code for forgery in forgeries] == [400] * len(forgeries)
    assert balance(poor) == 0
    assert not StripeEvent.objects.filter(pk=event["id"]).exists()


def test_a_body_that_is_too_large_is_refused_although_signed(till: Till) -> None:
    body = b" " * 2 * 1024 * 1024
    assert till.post(body, signature(body, [SECRET], int(time.time()))).status_code == 400


def test_what_is_signed_but_no_event_is_refused(till: Till) -> None:
    for body in (b"", b"{", b"\xff"):
        assert till.post(body, signature(body, [SECRET], int(time.time()))).status_code == 400


def test_a_secret_is_replaced_while_events_are_on_their_way(till: Till, poor: Customer) -> None:
    events = [till.event(COMPLETED, till.paid(poor)[1]) for _ in range(4)]
    with override_settings(STRIPE_WEBHOOK_SECRETS=(NEW_SECRET, SECRET)):
        assert till.deliver(events[0], (SECRET,)).status_code == 200
        assert till.deliver(events[1], (NEW_SECRET,)).status_code == 200
    with override_settings(STRIPE_WEBHOOK_SECRETS=(NEW_SECRET,)):
        # While Stripe has two secrets it signs with both.
        assert till.deliver(events[2], (SECRET, NEW_SECRET)).status_code == 200
        assert till.deliver(events[3], (SECRET,)).status_code == 400
    assert balance(poor) == 30


def test_without_a_secret_nobody_is_believed(till: Till, poor: Customer) -> None:
    event = till.event(COMPLETED, till.paid(poor)[1])
    with override_settings(STRIPE_WEBHOOK_SECRETS=()):
        assert till.deliver(event, ("",)).status_code == 400
    assert balance(poor) == 0


@pytest.mark.parametrize("method", ["get", "head", "put", "delete"])
def test_only_post_is_answered(till: Till, method: str) -> None:
    assert getattr(till.client, method)("/stripe/webhook").status_code == 405


def test_a_checkout_is_credited_when_it_is_paid(till: Till, poor: Customer) -> None:
    order = till.order(poor)
    intent_id = till.pay(order, "processing")
    assert till.deliver(till.event(COMPLETED, intent_id)).content == b"not paid: processing"
    order.refresh_from_db()
    assert (order.status, balance(poor)) == (Topup.Status.PROCESSING, 0)
    till.standin.control(f"payment_intents/{intent_id}/arrive")
    event = till.event("checkout.session.async_payment_succeeded", intent_id)
    assert till.deliver(event).content == b"credited"
    order.refresh_from_db()
    assert (order.status, balance(poor)) == (Topup.Status.PAID, 10)


@pytest.mark.parametrize("heard_first", [True, False])
def test_a_payment_that_never_arrives(till: Till, poor: Customer, heard_first: bool) -> None:
    order = till.order(poor)
    intent_id = till.pay(order, "processing")
    if heard_first:
        till.deliver(till.event(COMPLETED, intent_id))
    till.standin.control(f"payment_intents/{intent_id}/arrive", failure="payment_failed")
    till.deliver(till.event("checkout.session.async_payment_failed", intent_id))
    till.deliver(till.event(COMPLETED, intent_id))
    order.refresh_from_db()
    assert (order.status, balance(poor)) == (Topup.Status.FAILED, 0)


def test_an_expired_checkout(till: Till, poor: Customer) -> None:
    order, (paid, _) = till.order(poor), till.paid(poor)
    till.standin.client().v1.checkout.sessions.expire(order.session_id or "")
    event = till.event("checkout.session.expired", order.session_id or "")
    assert [till.deliver(event).status_code for _ in range(2)] == [200, 200]
    order.refresh_from_db()
    assert order.status == Topup.Status.EXPIRED
    paid.refresh_from_db()
    assert paid.status == Topup.Status.OPEN


@pytest.mark.parametrize("outcome", ["succeeded", "card_declined"])
def test_a_payment_of_a_saved_card(till: Till, poor: Customer, outcome: str) -> None:
    owner, card = _saved_card(till, poor)
    order = Topup.objects.create(
        account=poor.account, kind=Topup.Kind.AUTO, amount_micros=20_000_000
    )
    till.standin.control("outcomes", charges=[outcome])
    try:
        intent_id = stripe.charge_card(str(order.pk), order.amount_cents, owner, card)
    except stripe.CardDeclined as declined:
        intent_id = declined.intent_id
    end = "succeeded" if outcome == "succeeded" else "payment_failed"
    event = till.event(f"payment_intent.{end}", intent_id)
    assert [till.deliver(event).status_code for _ in range(2)] == [200, 200]
    order.refresh_from_db()
    expected = (Topup.Status.PAID, 20) if end == "succeeded" else (Topup.Status.FAILED, 0)
    assert (order.status, balance(poor)) == expected


def _saved_card(till: Till, customer: Customer) -> tuple[str, str]:
    intent_id = till.pay(till.order(customer))
    payment = stripe.payment(intent_id)
    assert payment
    return payment.customer_id, payment.card_id


@pytest.mark.parametrize(
    "name", ["refund.created", "refund.updated", "refund.failed", "charge.refunded"]
)
def test_refunds_by_whichever_event_comes_first(till: Till, poor: Customer, name: str) -> None:
    """Even before the completion's: the payment is credited, then what went back is taken."""
    _, intent_id = till.paid(poor, 20)
    refund_id = till.refund(intent_id, 500)
    if name in ("refund.updated", "refund.failed"):
        till.standin.control(f"refunds/{refund_id}/fail")
    assert till.deliver(till.event(name, intent_id)).status_code == 200
    expected = 20 if name in ("refund.updated", "refund.failed") else 15
    assert (balance(poor), credits_of(intent_id)) == (expected, 1)
    for event in till.events("", intent_id)[::-1]:
        assert till.deliver(event).status_code == 200
    assert (balance(poor), credits_of(intent_id)) == (expected, 1)


def test_a_refund_that_fails_later_is_returned(till: Till, poor: Customer) -> None:
    _, intent_id = till.paid(poor, 20)
    first, second = till.refund(intent_id, 500), till.refund(intent_id, 700)
    till.deliver(till.event("charge.refunded", intent_id))
    assert balance(poor) == 8
    till.standin.control(f"refunds/{first}/fail")
    till.deliver(till.event("refund.failed", intent_id))
    assert balance(poor) == 13
    till.standin.control(f"refunds/{second}/fail")
    for event in till.events("", intent_id):
        till.deliver(event)
    assert balance(poor) == 20


@pytest.mark.parametrize(
    "name", ["charge.dispute.created", "charge.dispute.funds_withdrawn", "charge.dispute.closed"]
)
def test_a_lost_dispute_takes_the_money(till: Till, poor: Customer, name: str) -> None:
    _, intent_id = till.paid(poor, 20)
    dispute_id = till.dispute(intent_id)
    if name.endswith("closed"):
        till.standin.control(f"disputes/{dispute_id}/decide", won=False)
    assert till.deliver(till.event(name, intent_id)).status_code == 200
    assert balance(poor) == 0
    assert Alert.objects.filter(kind="dispute", reference=dispute_id).count() == 1


@pytest.mark.parametrize("name", ["charge.dispute.funds_reinstated", "charge.dispute.closed"])
def test_a_won_dispute_returns_the_money(till: Till, poor: Customer, name: str) -> None:
    _, intent_id = till.paid(poor, 20)
    dispute_id = till.dispute(intent_id, 500)
    till.deliver(till.event("charge.dispute.funds_withdrawn", intent_id))
    assert balance(poor) == 15
    till.standin.control(f"disputes/{dispute_id}/decide", won=True)
    assert till.deliver(till.event(name, intent_id)).status_code == 200
    assert balance(poor) == 20
    for event in till.events("", intent_id)[::-1]:
        till.deliver(event)
    assert balance(poor) == 20


def test_an_inquiry_takes_nothing(till: Till, poor: Customer) -> None:
    _, intent_id = till.paid(poor)
    till.dispute(intent_id, inquiry=True)
    till.deliver(till.event("charge.dispute.created", intent_id))
    assert balance(poor) == 10


def test_an_event_of_no_payment_is_recorded(till: Till) -> None:
    event = till.standin.control("events", name="product.created", subject={"object": "product"})
    assert [till.deliver(event).content for _ in range(2)] == [b"nothing to do", b"seen before"]
    assert StripeEvent.objects.get(pk=event["id"]).outcome == "nothing to do"


def test_what_is_reserved_while_it_is_refunded_is_owed_until_it_is_given_back(
    till: Till, poor: Customer
) -> None:
    _, intent_id = till.paid(poor, 20)
    till.deliver(till.event(COMPLETED, intent_id))
    hold = ledger.reserve(poor.account.pk, 15_000_000, f"test:{intent_id}")
    till.refund(intent_id, 1000)
    till.deliver(till.event("charge.refunded", intent_id))
    money = Book.objects.filter(account=poor.account, unit=Unit.USD)
    assert (money.get().available, money.get().debt_limit) == (-5_000_000, 5_000_000)
    ledger.void(hold.hold_id)
    assert (money.get().available, money.get().debt_limit) == (10_000_000, 0)
