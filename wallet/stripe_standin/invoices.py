"""Invoices that Checkout makes after a payment, when it was asked to.

Owns the invoice object and its calls; the invoice's page is in `pages`.
"""

from wallet.stripe_standin.call import Call, listed, page, plain
from wallet.stripe_standin.events import emit
from wallet.stripe_standin.params import one_of, text
from wallet.stripe_standin.state import Object, State


def issue(state: State, session: Object, intent: Object) -> Object:
    """The session, with a paid invoice when it was created to have one; it is not stored yet."""
    if not session["invoice_creation"]["enabled"] or session["invoice"]:
        return session
    invoice = _add(state, session, intent)
    address = f"{state.config.base_url}/invoices/{invoice['id']}"
    links = {"hosted_invoice_url": address, "invoice_pdf": f"{address}/pdf"}
    invoice = state.save({**invoice, **links})
    for name in ("invoice.created", "invoice.finalized", "invoice.paid"):
        emit(state, name, invoice)
    return {**session, "invoice": invoice["id"]}


def _add(state: State, session: Object, intent: Object) -> Object:
    total, data = session["amount_total"], session["invoice_creation"]["invoice_data"]
    number = len(state.where("invoice")) + 1
    now = state.now()
    return state.create(
        "invoice",
        {
            "account_country": "US",
            "account_name": state.config.business,
            "amount_due": total,
            "amount_overpaid": 0,
            "amount_paid": total,
            "amount_remaining": 0,
            "attempt_count": 0,
            "attempted": True,
            "auto_advance": False,
            "billing_reason": "manual",
            "collection_method": "charge_automatically",
            "currency": session["currency"],
            "customer": session["customer"],
            "customer_email": (session["customer_details"] or {}).get("email"),
            "customer_name": None,
            "default_payment_method": None,
            "description": data.get("description"),
            "due_date": None,
            "effective_at": now,
            "ending_balance": 0,
            "footer": data.get("footer"),
            "lines": _lines(state, session),
            "livemode": False,
            "metadata": data.get("metadata", {}),
            "number": f"STANDIN-{number:04d}",
            "parent": None,
            "period_end": now,
            "period_start": now,
            "receipt_number": None,
            "starting_balance": 0,
            "status": "paid",
            "status_transitions": {
                "finalized_at": now,
                "marked_uncollectible_at": None,
                "paid_at": now,
                "voided_at": None,
            },
            "subtotal": total,
            "total": total,
            "_charge": intent["latest_charge"],
        },
    )


def _lines(state: State, session: Object) -> Object:
    lines = [
        {
            "id": item["id"].replace("li_", "il_"),
            "object": "line_item",
            "amount": item["amount_total"],
            "currency": item["currency"],
            "description": item["description"],
            "livemode": False,
            "quantity": item["quantity"],
        }
        for item in state.where("item", _session=session["id"])
    ]
    return listed("/v1/invoices/lines", lines)


def retrieve(call: Call) -> Object:
    """GET /v1/invoices/:id"""
    plain(call)
    return call.state.get("invoice", call.id, "invoice")


def index(call: Call) -> Object:
    """GET /v1/invoices"""
    return page(call, "invoice", {"customer": text, "status": one_of("draft", "open", "paid")})
