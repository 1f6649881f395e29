"""Charges: one try to take the money of a payment intent.

Owns the charge object and its booking. Which try succeeds, `intents` says.
"""

from wallet.stripe_standin import balance
from wallet.stripe_standin.call import Call, page, plain
from wallet.stripe_standin.events import emit
from wallet.stripe_standin.params import text
from wallet.stripe_standin.state import Object, State

NO_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))


def add(state: State, intent: Object, method: Object) -> Object:
    """A pending charge of the intent's whole amount."""
    billing = method["billing_details"]
    return state.create(
        "charge",
        {
            "amount": intent["amount"],
            "amount_captured": 0,
            "amount_refunded": 0,
            "application": None,
            "application_fee": None,
            "application_fee_amount": None,
            "balance_transaction": None,
            "billing_details": {**billing, "email": billing["email"] or intent["receipt_email"]},
            "calculated_statement_descriptor": state.config.business.upper(),
            "captured": False,
            "currency": intent["currency"],
            "customer": intent["customer"],
            "description": intent["description"],
            "disputed": False,
            "failure_balance_transaction": None,
            "failure_code": None,
            "failure_message": None,
            "fraud_details": {},
            "livemode": False,
            "metadata": intent["metadata"],
            "on_behalf_of": None,
            "outcome": None,
            "paid": False,
            "payment_intent": intent["id"],
            "payment_method": method["id"],
            "payment_method_details": {"type": method["type"], **_details(method)},
            "presentment_details": None,
            "receipt_email": intent["receipt_email"],
            "receipt_number": None,
            "receipt_url": None,
            "refunded": False,
            "review": None,
            "shipping": None,
            "source": None,
            "source_transfer": None,
            "statement_descriptor": None,
            "statement_descriptor_suffix": None,
            "status": "pending",
            "transfer_data": None,
            "transfer_group": None,
        },
    )


def _details(method: Object) -> Object:
    if method["type"] != "card":
        return {method["type"]: method[method["type"]]}
    card = method["card"]
    names = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding")
    details = {name: card[name] for name in (*names, "last4", "wallet")}
    return {"card": {**details, "network": card["brand"], "mandate": None, "three_d_secure": None}}


def succeed(state: State, charge: Object) -> Object:
    """The money came: books it, and there is a receipt."""
    about = charge["description"] or f"Charge for {charge['payment_intent']}"
    booked = balance.book(state, "charge", charge["amount"], charge, about)
    charge = state.save(
        {
            **charge,
            "amount_captured": charge["amount"],
            "balance_transaction": booked["id"],
            "captured": True,
            "outcome": _outcome("authorized", "Payment complete."),
            "paid": True,
            "receipt_url": f"{state.config.base_url}/receipts/{charge['id']}",
            "status": "succeeded",
        }
    )
    emit(state, "charge.succeeded", charge)
    return charge


def fail(state: State, charge: Object, code: str, message: str) -> Object:
    """The money did not come."""
    charge = state.save(
        {
            **charge,
            "failure_code": code,
            "failure_message": message,
            "outcome": _outcome("issuer_declined", "The bank did not approve this payment."),
            "status": "failed",
        }
    )
    emit(state, "charge.failed", charge)
    return charge


def _outcome(kind: str, message: str) -> Object:
    approved = kind == "authorized"
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "approved_by_network" if approved else "declined_by_network",
        "reason": None if approved else "generic_decline",
        "risk_level": "normal",
        "seller_message": message,
        "type": kind,
    }


def retrieve(call: Call) -> Object:
    """GET /v1/charges/:id"""
    plain(call)
    return call.state.get("charge", call.id)


def index(call: Call) -> Object:
    """GET /v1/charges"""
    return page(call, "charge", {"customer": text, "payment_intent": text})
