"""Automatic top-ups: whose balance is low enough, and the charge of the saved card.

The order is stored first, under a lock that lets one be in flight; then the card is charged with
no transaction open; what came of it is `settlement.py`'s to say. A crash between any two steps
leaves an order for `reconcile.py`, which comes back here to `resume`.
"""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_noop

from wallet import auto_stop, stripe
from wallet.models import BillingProfile, Book, Policy, Topup, Unit
from wallet.settlement import settle

log = logging.getLogger(__name__)

PROFILES_MAX = 50
CAP_PERIOD = timedelta(hours=24)
# Stripe keeps idempotency keys for at least 24 hours
# (https://docs.stripe.com/api/idempotent_requests); an older order is not charged any more.
RETRY_PERIOD = timedelta(hours=23)

NOT_NEEDED = gettext_noop("Not needed any more.")
NOT_CHARGED = gettext_noop("The card could not be charged for a day.")


def run_due() -> int:
    """Charges the cards of those whose balance is below their threshold; how many orders."""
    in_flight = Topup.objects.filter(
        account=OuterRef("account"), kind=Topup.Kind.AUTO, status__in=Topup.UNSETTLED
    )
    due = (
        BillingProfile.objects.filter(_is_low(), ~Exists(in_flight), auto_topup=True)
        .filter(account__suspended_at=None)
        .exclude(card_id="")
        .exclude(customer_id=None)
        # In no fixed order, so that none who cannot be served keep others waiting for ever.
        .order_by("?")
    )
    orders = 0
    for profile_id in list(due.values_list("pk", flat=True)[:PROFILES_MAX]):
        order = _place(profile_id)
        if order:
            orders += 1
            charge(order)
    return orders


def _place(profile_id: int) -> Topup | None:
    """Stores an order, if one is still due; None if not.

    All is looked at again under the profile's lock, and the balance last of all, by a statement
    of its own: an order that was in flight a moment ago is not any more once it was credited.
    """
    with transaction.atomic():
        profiles = BillingProfile.objects.filter(pk=profile_id)
        profile = profiles.select_for_update().get()
        orders = Topup.objects.filter(account=profile.account_id, kind=Topup.Kind.AUTO)
        recent = orders.filter(created_at__gt=timezone.now() - CAP_PERIOD).count()
        in_flight = orders.filter(status__in=Topup.UNSETTLED).exists()
        if in_flight or recent >= Policy.current().auto_topup_daily_max:
            return None
        if not profiles.filter(_is_low(), auto_topup=True).exclude(card_id="").exists():
            return None
        return Topup.objects.create(
            account_id=profile.account_id,
            kind=Topup.Kind.AUTO,
            amount_micros=profile.auto_amount_micros,
        )


def charge(order: Topup) -> None:
    """Charges the saved card for a stored order; asking again charges nothing more.

    When Stripe does not answer the order stays, for the reconciler.
    """
    profile = BillingProfile.objects.get(account=order.account)
    assert profile.customer_id
    try:
        try:
            intent_id = stripe.charge_card(
                str(order.pk), order.amount_cents, profile.customer_id, profile.card_id
            )
        except stripe.CardDeclined as declined:
            auto_stop.fail(order, str(declined))
            intent_id = declined.intent_id
        if intent_id:
            log.info("automatic %s: %s", order, settle(intent_id))
    except stripe.StripeError as error:
        log.warning("automatic %s waits: Stripe cannot be asked: %s", order, error)


def resume(order: Topup) -> None:
    """Goes on with an order for which Stripe shows no payment, or ends it."""
    profiles = BillingProfile.objects.filter(account=order.account, auto_topup=True)
    if not profiles.filter(_is_low()).exclude(card_id="").exists():
        # It is not wanted any more, and nothing has failed.
        unpaid = Topup.objects.filter(pk=order.pk, intent_id=None, status__in=Topup.UNSETTLED)
        unpaid.update(status=Topup.Status.FAILED, failure=NOT_NEEDED)
    elif order.created_at < timezone.now() - RETRY_PERIOD:
        auto_stop.fail(order, NOT_CHARGED)
    else:
        charge(order)


def _is_low() -> Exists:
    """Whether a profile's account has less available than its threshold."""
    return Exists(
        Book.objects.filter(
            account=OuterRef("account"),
            unit=Unit.USD,
            balance__lt=F("held") + OuterRef("auto_threshold_micros"),
        )
    )
