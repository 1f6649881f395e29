"""Disputes: a customer's bank takes the money back, and may give it again.

Owns the dispute object and its life: opened (the funds go at once), then won (they return) or
lost. An inquiry moves no funds. https://docs.stripe.com/disputes/how-disputes-work
"""

from wallet.stripe_standin import balance
from wallet.stripe_standin.call import Call, page, plain
from wallet.stripe_standin.customers import merge
from wallet.stripe_standin.errors import ApiError
from wallet.stripe_standin.events import emit
from wallet.stripe_standin.params import boolean, group, metadata, read, text
from wallet.stripe_standin.state import Object, State

RESPONSE_SECONDS = 7 * 24 * 3600
OPEN = ("needs_response", "under_review", "warning_needs_response", "warning_under_review")
# What Stripe's test mode understands: https://docs.stripe.com/testing#disputes
VERDICTS = {"winning_evidence": True, "losing_evidence": False}


def start(
    state: State,
    charge: Object,
    amount: int | None = None,
    reason: str = "fraudulent",
    inquiry: bool = False,
) -> Object:
    """The bank disputes `amount` cents of the charge, or all of it."""
    if charge["status"] != "succeeded":
        raise ApiError("Only a charge that succeeded can be disputed.")
    amount = charge["amount"] if amount is None else amount
    if not 1 <= amount <= charge["amount"]:
        raise ApiError("Only what was charged can be disputed.", param="amount")
    brand = charge["payment_method_details"].get("card", {}).get("brand")
    details = {"brand": brand, "case_type": "inquiry" if inquiry else "chargeback"}
    dispute = state.create(
        "dispute",
        {
            "amount": amount,
            "balance_transactions": [],
            "charge": charge["id"],
            "currency": charge["currency"],
            "enhanced_eligibility_types": [],
            "evidence": {"uncategorized_text": None},
            "evidence_details": {
                "due_by": state.now() + RESPONSE_SECONDS,
                "enhanced_eligibility": {},
                "has_evidence": False,
                "past_due": False,
                "submission_count": 0,
            },
            "is_charge_refundable": inquiry,
            "livemode": False,
            "metadata": {},
            "payment_intent": charge["payment_intent"],
            "payment_method_details": {
                "card": {**details, "network": brand, "network_reason_code": "10.4"},
                "type": "card",
            },
            "reason": reason,
            "status": "warning_needs_response" if inquiry else "needs_response",
        },
    )
    state.save({**charge, "disputed": True})
    emit(state, "charge.dispute.created", dispute)
    if not inquiry:
        dispute = _move(state, dispute, -amount, "dispute", "Chargeback withdrawal")
        emit(state, "charge.dispute.funds_withdrawn", dispute)
    return dispute


def _move(state: State, dispute: Object, amount: int, category: str, what: str) -> Object:
    about = f"{what} for {dispute['charge']}"
    booked = balance.book(state, "adjustment", amount, dispute, about, category)
    moved = [*dispute["balance_transactions"], booked]
    return state.save({**dispute, "balance_transactions": moved})


def decide(state: State, dispute: Object, won: bool) -> Object:
    """The bank's last word. An inquiry that is won ends; one that is lost takes the funds."""
    if dispute["status"] not in OPEN:
        raise ApiError("This dispute is already closed.", code="dispute_already_closed")
    inquiry = dispute["status"].startswith("warning_")
    dispute["status"] = "won" if won else "lost"
    if inquiry and won:
        dispute["status"] = "warning_closed"
    dispute = state.save({**dispute, "is_charge_refundable": inquiry and won})
    if won and not inquiry:
        dispute = _move(state, dispute, dispute["amount"], "dispute_reversal", "Reversal")
        emit(state, "charge.dispute.funds_reinstated", dispute)
    elif inquiry and not won:
        dispute = _move(state, dispute, -dispute["amount"], "dispute", "Chargeback withdrawal")
        emit(state, "charge.dispute.funds_withdrawn", dispute)
    emit(state, "charge.dispute.closed", dispute)
    return dispute


def update(call: Call) -> Object:
    """POST /v1/disputes/:id; the evidence's text decides, as in Stripe's test mode."""
    fields = {
        "evidence": group({"uncategorized_text": text}),
        "metadata": metadata,
        "submit": boolean,
    }
    asked = read(call.form, fields)
    dispute = call.state.get("dispute", call.id, "dispute")
    dispute["metadata"] = merge(dispute["metadata"], asked.get("metadata", {}))
    said = asked.get("evidence", {}).get("uncategorized_text")
    if said:
        dispute["evidence"] = {"uncategorized_text": said}
        dispute["evidence_details"]["has_evidence"] = True
    dispute = call.state.save(dispute)
    if asked.get("submit", True) and said in VERDICTS:
        return decide(call.state, dispute, VERDICTS[said])
    emit(call.state, "charge.dispute.updated", dispute)
    return dispute


def close(call: Call) -> Object:
    """POST /v1/disputes/:id/close, which gives in."""
    plain(call)
    return decide(call.state, call.state.get("dispute", call.id, "dispute"), won=False)


def retrieve(call: Call) -> Object:
    """GET /v1/disputes/:id"""
    plain(call)
    return call.state.get("dispute", call.id, "dispute")


def index(call: Call) -> Object:
    """GET /v1/disputes"""
    return page(call, "dispute", {"charge": text, "payment_intent": text})
