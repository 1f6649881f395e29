"""Settles what no event told us of: asks Stripe about orders that wait, and about new payments.

Runs every minute and may be stopped anywhere: each step is one that the webhook would have taken.
It looks at a bounded number of orders and payments each time, those asked longest ago first.
"""

import itertools
import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from django.db.models import F, Q
from django.utils import timezone

from wallet import alerts, auto_topup, stripe, topups
from wallet.models import Alert, Topup
from wallet.settlement import settle

log = logging.getLogger(__name__)

# Younger orders are still on their own way.
PATIENCE = timedelta(minutes=2)
# An order is asked about often in its first hour, and seldom later.
EAGER_PERIOD, LATER_INTERVAL = timedelta(hours=1), timedelta(minutes=30)
# A page at Stripe lives for a day; one whose address nobody was given cannot be paid.
PAGE_PERIOD = timedelta(hours=25)
ALERT_AFTER = timedelta(days=3)
ORDERS_MAX = 50
INTENTS_MAX = 300
# No new question is asked after this, so that a run ends before the next one begins.
BUDGET_SECONDS = 30.0


def run_due() -> None:
    """One round. Raises StripeError when the new payments cannot be listed."""
    deadline = time.monotonic() + BUDGET_SECONDS
    now = timezone.now()
    expire_unstarted(now)
    orders = _due_orders(now)
    settle_recent(min([now - EAGER_PERIOD, *_starts_of_lost(orders)]), deadline)
    for order in orders:
        if time.monotonic() > deadline:
            break
        if _claim(order):
            _settle_order(order)
    _alert_of_old(now)


def expire_unstarted(now: datetime) -> int:
    """Ends orders whose customer never saw a page of Stripe's; how many."""
    unstarted = Topup.objects.filter(
        kind=Topup.Kind.CHECKOUT,
        status=Topup.Status.CREATED,
        session_id=None,
        intent_id=None,
        created_at__lt=now - PAGE_PERIOD,
    )
    return unstarted.update(status=Topup.Status.EXPIRED)


def settle_recent(since: datetime, deadline: float) -> None:
    """Settles payments made since then that no order of ours knows.

    Raises StripeError when they cannot be listed.
    """
    intents = list(itertools.islice(stripe.recent_intents(int(since.timestamp())), INTENTS_MAX))
    # Orders that wait are asked about on their own; one that has expired may have been paid yet.
    known = Topup.objects.filter(intent_id__in=intents).exclude(status=Topup.Status.EXPIRED)
    told = Alert.objects.filter(kind="payment", reference__in=intents)
    done = {
        *known.values_list("intent_id", flat=True),
        *told.values_list("reference", flat=True),
    }
    for intent_id in intents:
        if intent_id not in done and time.monotonic() < deadline:
            _attempt(intent_id, partial(settle, intent_id))


def _due_orders(now: datetime) -> list[Topup]:
    is_new = Q(created_at__gt=now - EAGER_PERIOD, checked_at__lt=now - PATIENCE)
    waiting = Topup.objects.filter(
        Q(checked_at=None) | is_new | Q(checked_at__lt=now - LATER_INTERVAL),
        status__in=Topup.UNSETTLED,
        created_at__lt=now - PATIENCE,
    )
    return list(waiting.order_by(F("checked_at").asc(nulls_first=True))[:ORDERS_MAX])


def _starts_of_lost(orders: list[Topup]) -> list[datetime]:
    """When the automatic orders were made of whose payment we know nothing; with a margin for
    clocks that differ, and not beyond the time in which they may have been charged."""
    oldest = timezone.now() - auto_topup.RETRY_PERIOD - EAGER_PERIOD
    return [
        max(oldest, order.created_at - PATIENCE)
        for order in orders
        if order.kind == Topup.Kind.AUTO and order.intent_id is None
    ]


def _claim(order: Topup) -> bool:
    """Marks the order as asked about; False if another run has just done so."""
    unclaimed = Topup.objects.filter(pk=order.pk, checked_at=order.checked_at)
    return bool(unclaimed.update(checked_at=timezone.now()))


def _settle_order(order: Topup) -> None:
    # What was found among the recent payments may have settled it.
    order.refresh_from_db()
    if order.status not in Topup.UNSETTLED:
        return
    if order.kind == Topup.Kind.AUTO and order.intent_id is None:
        _attempt(str(order.pk), partial(auto_topup.resume, order))
    else:
        _attempt(order.intent_id or str(order.pk), partial(topups.refresh, order))


def _attempt(reference: str, step: Callable[[], object]) -> None:
    """Takes the step; one that cannot be taken must not keep all others from theirs."""
    try:
        log.info("reconciled %s: %s", reference, step())
    except stripe.StripeError as error:
        log.warning("%s waits: Stripe cannot be asked: %s", reference, error)
    except Exception as error:
        log.exception("%s cannot be settled", reference)
        alerts.raise_alert("payment", reference, f"{reference} cannot be settled: {error!r}")


def _alert_of_old(now: datetime) -> None:
    old = Topup.objects.filter(status__in=Topup.UNSETTLED, created_at__lt=now - ALERT_AFTER)
    for order in old[:ORDERS_MAX]:
        text = f"{order} is still “{order.get_status_display()}” after {ALERT_AFTER.days} days."
        alerts.raise_alert("unsettled", str(order.pk), text)
