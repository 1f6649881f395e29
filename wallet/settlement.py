"""What Stripe says of a payment, carried into the ledger: the one path for webhook, return page,
reconciler and automatic top-ups.

A PaymentIntent is asked for first, with no transaction open; then one transaction brings the
ledger to where that answer says it must be. Each movement is keyed on Stripe's id of what caused
it, so events may come in any order, any number of times, or never.
"""

import contextlib
import uuid

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from wallet import alerts, auto_stop, ledger, mails, saved_card, stripe
from wallet.models import BillingProfile, StripeEvent, Topup, Transfer
from wallet.payments import Dispute, Event, Payment, Refund

MICROS_PER_CENT = 10_000
# Without its owner a card cannot get out of these. In others Stripe may still be at the charge.
ENDED_UNPAID = ("requires_action", "canceled")
# What the statement says of each.
CHARGED_BY_US = gettext_noop("Automatic top-up")
PAID_BY_CARD = gettext_noop("Paid by card")
BACK_TO_CARD = gettext_noop("Back to your card")
REFUND_FAILED = gettext_noop("Refund failed")
DISPUTED = gettext_noop("Disputed with the bank")
DISPUTE_WON = gettext_noop("Decided in your favour")


def settle(intent_id: str, event: Event | None = None) -> str:
    """Settles one payment and returns what came of it, in words for staff.

    Raises StripeError when Stripe cannot be asked; nothing was moved then.
    """
    if event and StripeEvent.objects.filter(pk=event.id).exclude(outcome="").exists():
        # Spares Stripe the question; what decides is the look inside the transaction.
        return "seen before"
    payment = stripe.payment(intent_id)
    with transaction.atomic():
        if event and not _is_first(event):
            return "seen before"
        outcome = _apply(payment) if payment else _unknown(intent_id)
        if event:
            StripeEvent.objects.filter(pk=event.id).update(outcome=outcome[:300])
    if payment:
        saved_card.remember(payment)
    return outcome


def note(event: Event, outcome: str) -> str:
    """Records an event that moves nothing, and returns its outcome."""
    with transaction.atomic():
        if not _is_first(event):
            return "seen before"
        StripeEvent.objects.filter(pk=event.id).update(outcome=outcome)
    return outcome


def _is_first(event: Event) -> bool:
    # A second delivery waits here for the first one's transaction, and then finds its row.
    StripeEvent.objects.bulk_create(
        [StripeEvent(id=event.id, type=event.type, intent_id=event.intent_id, outcome="")],
        ignore_conflicts=True,
    )
    return StripeEvent.objects.select_for_update().get(pk=event.id).outcome == ""


def _apply(payment: Payment) -> str:
    order = _order(payment)
    wrong = _mismatch(order, payment)
    if order is None or wrong:
        alerts.raise_alert("payment", payment.intent_id, f"{payment.intent_id}: {wrong}")
        return f"refused: {wrong}"
    order.intent_id = payment.intent_id
    order.receipt_url = payment.receipt_url or order.receipt_url
    if payment.status != "succeeded":
        return _unpaid(order, payment)
    moved = _credit(order)
    moved += [text for refund in payment.refunds for text in _refund(order, refund)]
    moved += [text for dispute in payment.disputes for text in _dispute(order, dispute)]
    order.save()
    return ", ".join(moved) or "nothing to do"


def _unknown(intent_id: str) -> str:
    alerts.raise_alert("payment", intent_id, f"Stripe does not know the payment {intent_id}.")
    return "refused: Stripe does not know it"


def _order(payment: Payment) -> Topup | None:
    """The order that has this payment, else the one that the payment names."""
    # The order alone: a lock on its account would stand in the way of new jobs.
    locked = Topup.objects.select_for_update(of=("self",)).select_related("account")
    order = locked.filter(intent_id=payment.intent_id).first()
    with contextlib.suppress(ValueError):
        order = order or locked.filter(pk=uuid.UUID(payment.order_id)).first()
    return order


def _mismatch(order: Topup | None, payment: Payment) -> str:
    """Why the payment cannot be this order's, or ""."""
    if order is None:
        return "no order of ours"
    profile = BillingProfile.objects.filter(account=order.account).first()
    expected = {
        "amount": (order.amount_cents, payment.amount_cents),
        "currency": (stripe.CURRENCY, payment.currency),
        "live mode": (settings.STRIPE_IS_LIVE, payment.is_live),
        "customer": (profile.customer_id if profile else None, payment.customer_id),
        "payment": (order.intent_id or payment.intent_id, payment.intent_id),
    }
    if payment.status == "succeeded":
        expected["amount received"] = (order.amount_cents, payment.received_cents)
    differing = [
        f"{name} is {found}, ordered was {wanted}"
        for name, (wanted, found) in expected.items()
        if wanted != found
    ]
    return "; ".join(differing)


def _unpaid(order: Topup, payment: Payment) -> str:
    if order.status == Topup.Status.PAID:
        return "nothing to do"
    order.failure = payment.failure[:300]
    if payment.status == "processing":
        order.status = Topup.Status.PROCESSING
    elif order.kind == Topup.Kind.AUTO and (payment.failure or payment.status in ENDED_UNPAID):
        auto_stop.fail(order, payment.failure)
        order.status = Topup.Status.FAILED
    elif payment.status == "canceled" or order.status == Topup.Status.PROCESSING:
        order.status = Topup.Status.FAILED
    order.save()
    return f"not paid: {payment.status}"


def _credit(order: Topup) -> list[str]:
    assert order.intent_id
    memo = CHARGED_BY_US if order.kind == Topup.Kind.AUTO else PAID_BY_CARD
    if not ledger.credit_payment(order.account, order.amount_micros, order.intent_id, memo):
        return []
    order.status, order.failure, order.paid_at = Topup.Status.PAID, "", timezone.now()
    transaction.on_commit(lambda: mails.send_receipt(order))
    return ["credited"]


def _refund(order: Topup, refund: Refund) -> list[str]:
    amount_micros = refund.amount_cents * MICROS_PER_CENT
    moved = []
    # One that failed is taken, too, before it is returned: else an answer of Stripe's from before
    # the failure, applied late by somebody slow, would take it for good.
    if ledger.take_back(
        order.account, amount_micros, Transfer.Kind.REFUND, refund.id, BACK_TO_CARD
    ):
        moved.append(f"refund {refund.id} taken")
    if refund.is_void and ledger.give_back(
        order.account, amount_micros, Transfer.Kind.REFUND_RETURNED, refund.id, REFUND_FAILED
    ):
        moved.append(f"refund {refund.id} returned")
    return moved


def _dispute(order: Topup, dispute: Dispute) -> list[str]:
    moved = []
    taken_micros = dispute.withdrawn_cents * MICROS_PER_CENT
    if taken_micros and ledger.take_back(
        order.account, taken_micros, Transfer.Kind.DISPUTE, dispute.id, DISPUTED
    ):
        moved.append(f"dispute {dispute.id} taken")
        alerts.raise_alert("dispute", dispute.id, f"{order} is disputed: answer it in Stripe.")
    returned_micros = dispute.reinstated_cents * MICROS_PER_CENT
    if returned_micros and ledger.give_back(
        order.account,
        returned_micros,
        Transfer.Kind.DISPUTE_RETURNED,
        dispute.id,
        DISPUTE_WON,
    ):
        moved.append(f"dispute {dispute.id} returned")
    return moved
