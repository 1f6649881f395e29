"""Tries to pay an intent: succeeded, processing for a while, or failed in one of several ways.

Owns what a try does to intent and charge, and the events of it. Where the outcome comes from
(a test card, the hosted page, the operator) its callers know.
"""

from wallet.stripe_standin import cards, charges, chores
from wallet.stripe_standin.events import emit
from wallet.stripe_standin.state import Object, State, public

# Failures by outcome: code, decline code, message. https://docs.stripe.com/declines/codes
FAILURES = {
    "card_declined": ("card_declined", "generic_decline", "Your card was declined."),
    "insufficient_funds": (
        "card_declined",
        "insufficient_funds",
        "Your card has insufficient funds.",
    ),
    "expired_card": ("expired_card", "expired_card", "Your card has expired."),
    "authentication_required": (
        "authentication_required",
        "authentication_required",
        "Your card was declined. This transaction requires authentication.",
    ),
    "authentication_failed": (
        "payment_intent_authentication_failure",
        None,
        "We are unable to authenticate your payment method. Please choose a different payment "
        "method and try again.",
    ),
    "payment_failed": ("payment_method_provider_decline", None, "The bank returned the payment."),
}
OUTCOMES = ("succeeded", "processing", *FAILURES)


def make(state: State, intent: Object, method: Object, outcome: str) -> Object:
    """Tries to charge the intent with this method; the intent as it is then."""
    charge = charges.add(state, intent, method)
    intent = state.save(
        {
            **intent,
            "last_payment_error": None,
            "latest_charge": charge["id"],
            "payment_method": method["id"],
            "payment_method_types": [method["type"]],
            "processing": None,
            "status": "processing",
        }
    )
    if outcome == "processing":
        emit(state, "charge.pending", charge)
        emit(state, "payment_intent.processing", intent)
        return intent
    return settle(state, intent, None if outcome == "succeeded" else outcome)


def settle(state: State, intent: Object, failure: str | None) -> Object:
    """Ends the try under way: the money came, or it failed in one of the ways of FAILURES."""
    charge = state.get("charge", intent["latest_charge"])
    method = state.get("payment_method", intent["payment_method"])
    if failure is None:
        charge = charges.succeed(state, charge)
        done = {"amount_received": intent["amount"], "status": "succeeded"}
        intent = state.save({**intent, **done})
        emit(state, "payment_intent.succeeded", intent)
        if cards.card_of(method).disputed:
            chores.put_off(state, "dispute", charge["id"])
        return intent
    code, decline_code, message = FAILURES[failure]
    charge = charges.fail(state, charge, code, message)
    error = {"charge": charge["id"], "code": code, "message": message, "type": "card_error"}
    if decline_code:
        error["decline_code"] = decline_code
    intent = state.save(
        {
            **intent,
            "last_payment_error": {**error, "payment_method": public(method)},
            "payment_method": None,
            "status": "requires_payment_method",
        }
    )
    emit(state, "payment_intent.payment_failed", intent)
    return intent
