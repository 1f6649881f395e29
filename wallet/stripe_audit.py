"""Compares the ledger with Stripe, payment by payment, and tells staff of any difference.

A difference that an event would have settled is settled, and told too: the event never came.
Anything else is left as it is, for a person to understand.
"""

import itertools
import time
from datetime import timedelta

from django.db.models import Case, F, Q, Sum, When
from django.utils import timezone

from wallet import alerts, audit, ledger, stripe
from wallet.models import Transfer
from wallet.settlement import MICROS_PER_CENT, settle

PERIOD = timedelta(days=7)
PAYMENTS_MAX = 5_000
BUDGET_SECONDS = 1_800.0

IN = (Transfer.Kind.TOPUP, Transfer.Kind.REFUND_RETURNED, Transfer.Kind.DISPUTE_RETURNED)
OF_REFUND = (Transfer.Kind.REFUND, Transfer.Kind.REFUND_RETURNED)
OF_DISPUTE = (Transfer.Kind.DISPUTE, Transfer.Kind.DISPUTE_RETURNED)


def run_ledger() -> int:
    """Raises an alert for each sum of the ledger's that does not add up; how many there are."""
    found = audit.drifts()
    for drift in found:
        alerts.raise_alert(
            "ledger drift",
            f"{drift.what}:{drift.book_id}:{drift.expected}:{drift.found}",
            f"{drift}.",
        )
    return len(found)


def run_stripe() -> int:
    """Compares all payments of the last days; how many differ.

    Staff is told too when it was cut short: nothing proven is not the same as nothing found.
    """
    try:
        return _compare_all()
    except (stripe.StripeError, TimeoutError) as error:
        text = f"The nightly comparison with Stripe has not seen all payments: {error!r}"
        alerts.raise_alert("audit", f"unfinished:{timezone.now():%Y-%m-%d}", text)
        return 0


def _compare_all() -> int:
    deadline = time.monotonic() + BUDGET_SECONDS
    since = timezone.now() - PERIOD
    theirs = itertools.islice(stripe.recent_intents(int(since.timestamp())), PAYMENTS_MAX)
    # A credit that Stripe knows nothing of is in our books only.
    credits = Transfer.objects.filter(kind=Transfer.Kind.TOPUP, created_at__gt=since)
    ours = credits.values_list("reference", flat=True)[:PAYMENTS_MAX]
    differing = 0
    for intent_id in dict.fromkeys([*theirs, *ours]):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not done in {BUDGET_SECONDS} s")
        differing += not agrees(intent_id)
    return differing


def agrees(intent_id: str) -> bool:
    """Whether ledger and Stripe agree on a payment; if not, staff is told. Raises StripeError."""
    expected, found = _compare(intent_id)
    if expected == found:
        return True
    try:
        outcome = settle(intent_id)
    except ledger.ReferenceReused as error:
        outcome = repr(error)
    expected_now, found_now = _compare(intent_id)
    is_settled = expected_now == found_now
    alerts.raise_alert(
        "stripe drift",
        f"{intent_id}:{expected}:{found}:{'settled' if is_settled else 'open'}"[:255],
        f"{intent_id}: Stripe holds {expected} micro-dollars for us, the ledger had {found}. "
        f"Asked again ({outcome}): {expected_now} and {found_now}. "
        + ("They agree now; look why the event never came." if is_settled else "They differ."),
    )
    return False


def _compare(intent_id: str) -> tuple[int, int]:
    """What is left of a payment by Stripe's records and by ours, in micro-dollars."""
    payment = stripe.payment(intent_id)
    own = Q(kind=Transfer.Kind.TOPUP, reference=intent_id)
    if payment is None:
        return 0, _sum(own)
    cents = payment.received_cents if payment.status == "succeeded" else 0
    cents -= sum(refund.amount_cents for refund in payment.refunds if not refund.is_void)
    for dispute in payment.disputes:
        cents += dispute.reinstated_cents - dispute.withdrawn_cents
    refunds = Q(kind__in=OF_REFUND, reference__in=[refund.id for refund in payment.refunds])
    disputes = Q(kind__in=OF_DISPUTE, reference__in=[dispute.id for dispute in payment.disputes])
    return cents * MICROS_PER_CENT, _sum(own | refunds | disputes)


def _sum(which: Q) -> int:
    signed = Case(When(kind__in=IN, then=F("amount")), default=-F("amount"))
    return Transfer.objects.filter(which).aggregate(total=Sum(signed))["total"] or 0
