"""Remembers the card of a paid top-up, for the automatic ones that its customer may turn on.

Never charges it, and keeps no more of it than Stripe's id and a label such as "Visa •••• 4242".
"""

import logging

from django.db.models import Q

from wallet import stripe
from wallet.models import BillingProfile
from wallet.payments import Payment

log = logging.getLogger(__name__)


def remember(payment: Payment) -> None:
    """Keeps the card if the customer has none, or one that failed; no transaction may be open.

    A card that cannot be asked for is left: the next look at the payment finds it again.
    """
    if payment.status != "succeeded" or not payment.card_id or not payment.customer_id:
        return
    wanting = BillingProfile.objects.filter(
        Q(card_id="") | ~Q(auto_stopped_reason=""), customer_id=payment.customer_id
    ).exclude(card_id=payment.card_id)
    if not wanting.exists():
        return
    try:
        # A bank account, or a card removed since, is not among these and cannot be charged.
        label = stripe.cards(payment.customer_id).get(payment.card_id)
    except stripe.StripeError as error:
        log.warning("the card of %s is not remembered: %s", payment.intent_id, error)
        return
    if label:
        wanting.update(card_id=payment.card_id, card_label=label[:80])
