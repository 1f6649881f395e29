"""Payment intents: what shall be paid, and how the tries went.

Owns the intent object and its calls; how a try goes is in `attempts`. Confirming an intent later
than creating it is not played: SharkAPI charges saved cards in one call and everything else on
the hosted page.
"""

import secrets
from typing import Any

from wallet.stripe_standin import attempts, cards
from wallet.stripe_standin.call import Call, page, plain
from wallet.stripe_standin.customers import merge
from wallet.stripe_standin.errors import ApiError, Decline
from wallet.stripe_standin.events import emit
from wallet.stripe_standin.params import (
    Fields,
    boolean,
    email,
    group,
    metadata,
    one_of,
    positive,
    read,
    text,
)
from wallet.stripe_standin.state import Object, State, public

# https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
AMOUNT_MIN = 50
AMOUNT_MAX = 99_999_999
CURRENCIES = ("usd", "eur", "gbp")
FIELDS: Fields = {
    "amount": positive,
    "automatic_payment_methods": group(
        {"enabled": boolean, "allow_redirects": one_of("always", "never")}
    ),
    "confirm": boolean,
    "currency": one_of(*CURRENCIES),
    "customer": text,
    "description": text,
    "error_on_requires_action": boolean,
    "metadata": metadata,
    "off_session": boolean,
    "payment_method": text,
    "receipt_email": email,
    "setup_future_usage": one_of("off_session", "on_session"),
    "statement_descriptor_suffix": text,
}


def check_amount(amount: int, currency: str, what: str = "Amount") -> None:
    """Raises ApiError for what no card network would carry."""
    if amount < AMOUNT_MIN:
        message = f"{what} must be at least $0.50 {currency}"
        raise ApiError(message, code="amount_too_small", param="amount")
    if amount > AMOUNT_MAX:
        message = f"{what} must be no more than $999,999.99"
        raise ApiError(message, code="amount_too_large", param="amount")


def add(state: State, amount: int, currency: str, **fields: Any) -> Object:
    """A new intent that waits for a way to pay."""
    intent = state.create(
        "payment_intent",
        {
            "amount": amount,
            "amount_capturable": 0,
            "amount_details": {"tip": {}},
            "amount_received": 0,
            "application": None,
            "application_fee_amount": None,
            "automatic_payment_methods": {"allow_redirects": "always", "enabled": True},
            "canceled_at": None,
            "cancellation_reason": None,
            "capture_method": "automatic_async",
            "client_secret": f"pi_standin_secret_{secrets.token_hex(12)}",
            "confirmation_method": "automatic",
            "currency": currency,
            "customer": None,
            "customer_account": None,
            "description": None,
            "excluded_payment_method_types": None,
            "last_payment_error": None,
            "latest_charge": None,
            "livemode": False,
            "managed_payments": None,
            "metadata": {},
            "next_action": None,
            "on_behalf_of": None,
            "payment_method": None,
            "payment_method_configuration_details": None,
            "payment_method_options": {},
            "payment_method_types": ["card"],
            "processing": None,
            "receipt_email": None,
            "review": None,
            "setup_future_usage": None,
            "shipping": None,
            "source": None,
            "statement_descriptor": None,
            "statement_descriptor_suffix": None,
            "status": "requires_payment_method",
            "transfer_data": None,
            "transfer_group": None,
            **fields,
        },
    )
    emit(state, "payment_intent.created", intent)
    return intent


def create(call: Call) -> Object:
    """POST /v1/payment_intents; with `confirm` it is charged at once, else it only waits."""
    asked = read(call.form, FIELDS, required=["amount", "currency"])
    check_amount(asked["amount"], asked["currency"])
    confirm, off_session = asked.pop("confirm", False), asked.pop("off_session", False)
    asked.pop("error_on_requires_action", None)
    if "metadata" in asked:
        asked["metadata"] = merge({}, asked["metadata"])
    if "customer" in asked:
        call.state.get("customer", asked["customer"], "customer", status=400)
    name = asked.pop("payment_method", None)
    if off_session and not confirm:
        raise ApiError("You can only set `off_session` when `confirm` is true.")
    if confirm and not name:
        message = "You cannot confirm this PaymentIntent because it's missing a payment method."
        raise ApiError(message, code="payment_intent_unexpected_state")
    method = cards.usable(call.state, name, asked.get("customer")) if name else None
    intent = add(call.state, **asked)
    if method and not confirm:
        return call.state.save(
            {**intent, "payment_method": method["id"], "status": "requires_confirmation"}
        )
    if not method:
        return intent
    intent = attempts.make(call.state, intent, method, _outcome(call.state, method))
    if error := intent["last_payment_error"]:
        more = {name: error[name] for name in error if name not in ("message", "type")}
        raise Decline(error["message"], **more, payment_intent=public(intent))
    return intent


def _outcome(state: State, method: Object) -> str:
    """What the operator lined up for the next charge off session, else what the card does."""
    lined_up = state.setting("outcomes", [])
    if lined_up:
        state.set("outcomes", lined_up[1:])
        return str(lined_up[0])
    return cards.card_of(method).off_session


def cancel(call: Call) -> Object:
    """POST /v1/payment_intents/:id/cancel"""
    reason = read(call.form, {"cancellation_reason": text}).get("cancellation_reason")
    intent = call.state.get("payment_intent", call.id, "intent")
    if intent["status"] not in ("requires_payment_method", "requires_confirmation"):
        message = f"You cannot cancel this PaymentIntent: its status is {intent['status']}."
        raise ApiError(message, code="payment_intent_unexpected_state")
    done = {"canceled_at": call.state.now(), "cancellation_reason": reason, "status": "canceled"}
    intent = call.state.save({**intent, **done})
    emit(call.state, "payment_intent.canceled", intent)
    return intent


def retrieve(call: Call) -> Object:
    """GET /v1/payment_intents/:id"""
    plain(call)
    return call.state.get("payment_intent", call.id, "intent")


def index(call: Call) -> Object:
    """GET /v1/payment_intents"""
    return page(call, "payment_intent", {"customer": text})
