"""Refunds: back to the card, all of a charge or a part of it.

Owns the refund object, its calls, and what a charge shows of its refunds. A refund takes the
money at once; one that fails brings it back.
"""

from typing import Any

from wallet.stripe_standin import balance, cards, chores
from wallet.stripe_standin.call import Call, page, plain
from wallet.stripe_standin.customers import merge
from wallet.stripe_standin.errors import ApiError
from wallet.stripe_standin.events import emit
from wallet.stripe_standin.params import Fields, metadata, one_of, positive, read, text
from wallet.stripe_standin.state import Object, State

FIELDS: Fields = {
    "amount": positive,
    "charge": text,
    "metadata": metadata,
    "payment_intent": text,
    "reason": one_of("duplicate", "fraudulent", "requested_by_customer"),
}
FAILURE_REASONS = ("expired_or_canceled_card", "lost_or_stolen_card", "unknown")


def create(call: Call) -> Object:
    """POST /v1/refunds, for a charge or a payment intent; without an amount all that is left."""
    asked = read(call.form, FIELDS)
    charge = _charge(call.state, asked)
    amount = _checked_amount(charge, asked.get("amount"))
    status = _next_status(call.state, charge)
    refund = _add(call.state, charge, amount, status, asked)
    if status == "pending":
        chores.put_off(call.state, "refund_succeed", refund["id"])
    elif status == "failed":
        # As with Stripe's own test card: it looks good at first.
        refund = call.state.save({**refund, "status": "succeeded"})
        chores.put_off(call.state, "refund_fail", refund["id"])
    _show_on_charge(call.state, charge)
    emit(call.state, "refund.created", refund)
    return refund


def _charge(state: State, asked: dict[str, str]) -> Object:
    if ("charge" in asked) == ("payment_intent" in asked):
        raise ApiError("One of the following params should be provided: charge or payment_intent.")
    if "charge" in asked:
        charge = state.get("charge", asked["charge"], "charge", status=400)
    else:
        intent = state.get("payment_intent", asked["payment_intent"], "payment_intent", status=400)
        if intent["status"] != "succeeded":
            message = f"This PaymentIntent ({intent['id']}) does not have a successful charge."
            raise ApiError(message, code="payment_intent_unexpected_state")
        charge = state.get("charge", intent["latest_charge"])
    if charge["status"] != "succeeded":
        raise ApiError(f"Charge {charge['id']} did not succeed.", code="charge_not_refundable")
    disputes = state.where("dispute", charge=charge["id"])
    if not all(dispute["is_charge_refundable"] for dispute in disputes):
        message = f"Charge {charge['id']} has been charged back; cannot issue a refund."
        raise ApiError(message, code="charge_disputed")
    return charge


def _checked_amount(charge: Object, asked: int | None) -> int:
    left = charge["amount"] - charge["amount_refunded"]
    if left == 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise ApiError(message, code="charge_already_refunded")
    amount = left if asked is None else asked
    if amount > left:
        of = "charge amount" if left == charge["amount"] else "unrefunded amount on charge"
        message = f"Refund amount (${amount / 100:.2f}) is greater than {of} (${left / 100:.2f})"
        raise ApiError(message, param="amount")
    return int(amount)


def _next_status(state: State, charge: Object) -> str:
    lined_up = state.setting("refund_outcomes", [])
    if lined_up:
        state.set("refund_outcomes", lined_up[1:])
        return str(lined_up[0])
    return cards.card_of(state.get("payment_method", charge["payment_method"])).refund


def _add(state: State, charge: Object, amount: int, status: str, asked: dict[str, Any]) -> Object:
    kind = charge["payment_method_details"]["type"]
    refund = state.create(
        "refund",
        {
            "amount": amount,
            "charge": charge["id"],
            "currency": charge["currency"],
            "customer": charge["customer"],
            "customer_account": None,
            "destination_details": {kind: {}, "type": kind},
            "metadata": merge({}, asked.get("metadata", {})),
            "payment_intent": charge["payment_intent"],
            "payment_method": charge["payment_method"],
            "reason": asked.get("reason"),
            "receipt_number": None,
            "source_transfer_reversal": None,
            "status": status,
            "transfer_reversal": None,
        },
    )
    booked = balance.book(state, "refund", -amount, refund, f"Refund for {charge['id']}")
    return state.save({**refund, "balance_transaction": booked["id"]})


def _show_on_charge(state: State, charge: Object) -> None:
    refunds = state.where("refund", charge=charge["id"])
    refunded = sum(refund["amount"] for refund in refunds if refund["status"] != "failed")
    previous = {name: charge[name] for name in ("amount_refunded", "refunded")}
    now = {"amount_refunded": refunded, "refunded": refunded == charge["amount"]}
    charge = state.save({**charge, **now})
    name = "charge.refunded" if refunded > previous["amount_refunded"] else "charge.updated"
    emit(state, name, charge, previous)


def succeed(state: State, refund: Object) -> Object:
    """A pending refund arrives."""
    if refund["status"] != "pending":
        raise ApiError(f"This refund has a status of {refund['status']}, not pending.")
    return _update(state, refund, {"status": "succeeded"})


def fail(state: State, refund: Object, reason: str = "expired_or_canceled_card") -> Object:
    """The card's bank sends the money back, days later in life; the balance gets it again."""
    if refund["status"] not in ("pending", "succeeded"):
        raise ApiError(f"This refund has a status of {refund['status']}; it cannot fail.")
    about = f"Refund failure for {refund['charge']}"
    booked = balance.book(state, "refund_failure", refund["amount"], refund, about)
    changes = {
        "failure_balance_transaction": booked["id"],
        "failure_reason": reason,
        "status": "failed",
    }
    refund = _update(state, refund, changes)
    _show_on_charge(state, state.get("charge", refund["charge"]))
    emit(state, "refund.failed", refund)
    return refund


def _update(state: State, refund: Object, changes: Object) -> Object:
    previous = {name: refund.get(name) for name in changes}
    refund = state.save({**refund, **changes})
    for name in ("refund.updated", "charge.refund.updated"):
        emit(state, name, refund, previous)
    return refund


def retrieve(call: Call) -> Object:
    """GET /v1/refunds/:id"""
    plain(call)
    return call.state.get("refund", call.id, "refund")


def index(call: Call) -> Object:
    """GET /v1/refunds"""
    return page(call, "refund", {"charge": text, "payment_intent": text})
