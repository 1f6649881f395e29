"""The door to Stripe, and the only module that imports its library.

Amounts are in cents, as Stripe counts. Every call that creates something carries an idempotency
key. What comes back is turned into our own types here, so no other module depends on how Stripe
shapes its objects. Nothing here reads or writes the database.
"""

import contextlib
import uuid
from collections.abc import Iterator
from typing import Any

import stripe
from django.conf import settings
from stripe import SignatureVerificationError, StripeError

from wallet.payments import Checkout, Dispute, Event, Payment, Refund

__all__ = ["StripeError"]

CURRENCY = "usd"
TIMEOUT_SECONDS = 20
WEBHOOK_TOLERANCE_SECONDS = 300
API_VERSION = stripe.api_version


def is_configured() -> bool:
    """Whether this deployment can take payments."""
    return bool(settings.STRIPE_SECRET_KEY)


def create_customer(account_id: int, email: str) -> str:
    """Stripe's customer for the account; asking again answers the same one."""
    customer = _client().v1.customers.create(
        {"email": email, "metadata": {"account": str(account_id)}},
        {"idempotency_key": f"customer:{account_id}:{email}"},
    )
    return customer.id


def create_checkout(
    order_id: str, amount_cents: int, customer_id: str, return_url: str, cancel_url: str
) -> Checkout:
    """The hosted page that pays for the order."""
    metadata = {"topup": order_id}
    session = _client().v1.checkout.sessions.create(
        {
            "mode": "payment",
            "ui_mode": "hosted_page",
            "customer": customer_id,
            "client_reference_id": order_id,
            "metadata": metadata,
            "payment_intent_data": {"metadata": metadata, "setup_future_usage": "off_session"},
            "invoice_creation": {"enabled": True},
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": CURRENCY,
                        "unit_amount": amount_cents,
                        "product_data": {"name": "SharkAPI credit"},
                    },
                }
            ],
            "success_url": return_url,
            "cancel_url": cancel_url,
        },
        {"idempotency_key": f"topup:{order_id}:session"},
    )
    return _checkout(session)


def checkout(session_id: str) -> Checkout:
    """The hosted page as it stands."""
    return _checkout(_client().v1.checkout.sessions.retrieve(session_id, {"expand": ["invoice"]}))


def charge_card(order_id: str, amount_cents: int, customer_id: str, card_id: str) -> str:
    """Charges a saved card without its owner present; returns the PaymentIntent's id.

    Raises StripeError; a card that was declined raises CardDeclined with the intent's id.
    """
    try:
        intent = _client().v1.payment_intents.create(
            {
                "amount": amount_cents,
                "currency": CURRENCY,
                "customer": customer_id,
                "payment_method": card_id,
                "off_session": True,
                "confirm": True,
                "metadata": {"topup": order_id},
            },
            {"idempotency_key": f"topup:{order_id}:intent"},
        )
    except stripe.CardError as error:
        declined = getattr(error.error, "payment_intent", None)
        raise CardDeclined(declined.id if declined else "", str(error.user_message)) from None
    except stripe.InvalidRequestError as error:
        # Such as a card that its customer has removed: asking again would not help.
        raise CardDeclined("", "The saved card cannot be used any more.") from error
    return intent.id


class BadSignature(Exception):
    """The webhook's body is not what Stripe signed, or was signed too long ago."""


class CardDeclined(Exception):
    """The bank said no, or wants the cardholder; the text is for the customer."""

    def __init__(self, intent_id: str, message: str) -> None:
        super().__init__(message)
        self.intent_id = intent_id


def payment(intent_id: str) -> Payment | None:
    """The PaymentIntent with its charge, refunds and disputes; None when there is none.

    Raises StripeError.
    """
    client = _client()
    try:
        intent = client.v1.payment_intents.retrieve(intent_id, {"expand": ["latest_charge"]})
    except stripe.InvalidRequestError as error:
        if error.http_status == 404:
            return None
        raise
    charge: Any = intent.latest_charge
    failure = intent.last_payment_error
    refunds = client.v1.refunds.list({"payment_intent": intent_id, "limit": 100})
    disputes = client.v1.disputes.list({"payment_intent": intent_id, "limit": 100})
    return Payment(
        intent_id=intent.id,
        order_id=dict(intent.metadata.to_dict()).get("topup", "") if intent.metadata else "",
        status=intent.status,
        amount_cents=intent.amount,
        received_cents=intent.amount_received or 0,
        currency=intent.currency,
        is_live=intent.livemode,
        customer_id=_id(intent.customer),
        receipt_url=(charge.receipt_url or "") if charge else "",
        card_id=_id(intent.payment_method),
        failure=(getattr(failure, "message", "") or "") if failure else "",
        refunds=tuple(
            Refund(refund.id, refund.amount, refund.status or "")
            for refund in refunds.auto_paging_iter()
        ),
        disputes=tuple(_dispute(dispute) for dispute in disputes.auto_paging_iter()),
    )


def refund(intent_id: str, amount_cents: int, reference: str) -> Refund:
    """Gives money back to the card. `reference` makes asking twice harmless."""
    made = _client().v1.refunds.create(
        {"payment_intent": intent_id, "amount": amount_cents, "metadata": {"reference": reference}},
        {"idempotency_key": f"refund:{reference}"},
    )
    return Refund(made.id, made.amount, made.status or "")


def recent_intents(since_unix: int) -> Iterator[str]:
    """The ids of all our PaymentIntents that were created since then."""
    intents = _client().v1.payment_intents.list({"created": {"gte": since_unix}, "limit": 100})
    for intent in intents.auto_paging_iter():
        yield intent.id


def cards(customer_id: str) -> dict[str, str]:
    """The customer's saved cards: their ids, and what to call them."""
    methods = _client().v1.customers.payment_methods.list(
        customer_id, {"type": "card", "limit": 100}
    )
    return {method.id: _card_label(method) for method in methods.data}


def portal_url(customer_id: str, return_url: str) -> str:
    """Stripe's page on which the customer manages cards and reads invoices."""
    session = _client().v1.billing_portal.sessions.create(
        {"customer": customer_id, "return_url": return_url},
        {"idempotency_key": f"portal:{uuid.uuid4()}"},
    )
    return session.url


def verified_event(body: bytes, signature: str) -> Event:
    """The event in a webhook's raw body. Raises BadSignature or ValueError.

    Any of our secrets will do, so that one can be replaced while events are on their way.
    """
    for secret in settings.STRIPE_WEBHOOK_SECRETS:
        with contextlib.suppress(SignatureVerificationError):
            return _event(
                stripe.Webhook.construct_event(body, signature, secret, WEBHOOK_TOLERANCE_SECONDS)
            )
    raise BadSignature


def _event(event: stripe.Event) -> Event:
    subject: Any = event.data.object
    kind = getattr(subject, "object", "")
    intent = subject.id if kind == "payment_intent" else getattr(subject, "payment_intent", None)
    return Event(
        id=event.id,
        type=event.type,
        intent_id=_id(intent),
        session_id=subject.id if kind == "checkout.session" else "",
        is_live=event.livemode,
        api_version=event.api_version or "",
    )


def _client() -> stripe.StripeClient:
    bases: Any = {"api": settings.STRIPE_API_BASE} if settings.STRIPE_API_BASE else None
    return stripe.StripeClient(
        settings.STRIPE_SECRET_KEY,
        base_addresses=bases,
        http_client=stripe.HTTPXClient(timeout=TIMEOUT_SECONDS, allow_sync_methods=True),
        max_network_retries=2,
    )


def _card_label(method: stripe.PaymentMethod) -> str:
    # A bank account has no such field at all, and asking a StripeObject for one raises.
    card: Any = getattr(method, "card", None)
    if card is None:
        return method.type.replace("_", " ").title()
    return f"{card.brand.title()} •••• {card.last4}"


def _checkout(session: stripe.checkout.Session) -> Checkout:
    invoice: Any = session.invoice
    return Checkout(
        id=session.id,
        url=session.url or "",
        status=session.status or "",
        intent_id=_id(session.payment_intent),
        invoice_url=getattr(invoice, "hosted_invoice_url", "") or "",
    )


def _dispute(dispute: stripe.Dispute) -> Dispute:
    moved = [transaction.amount for transaction in dispute.balance_transactions]
    return Dispute(
        id=dispute.id,
        withdrawn_cents=-sum(amount for amount in moved if amount < 0),
        reinstated_cents=sum(amount for amount in moved if amount > 0),
        status=dispute.status,
    )


def _id(reference: Any) -> str:
    """The id of an object that Stripe gives as an id, expanded, or not at all."""
    if reference is None:
        return ""
    return reference if isinstance(reference, str) else str(reference.id)
