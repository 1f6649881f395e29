"""Checkout Sessions in payment mode: what may be asked for, and the session's own life.

Owns the calls. The object is in `sessions`, what the customer does on the page in `hosted`.
"""

from typing import Any

from wallet.stripe_standin import chores, sessions
from wallet.stripe_standin.call import Call, page, plain
from wallet.stripe_standin.errors import ApiError
from wallet.stripe_standin.events import emit
from wallet.stripe_standin.intents import CURRENCIES, check_amount
from wallet.stripe_standin.params import (
    Fields,
    boolean,
    email,
    group,
    integer,
    many,
    metadata,
    one_of,
    positive,
    read,
    text,
    url,
)
from wallet.stripe_standin.state import Object, State

LIFE_SECONDS = 24 * 3600
LIFE_MIN_SECONDS = 30 * 60
PRODUCT = group({"name": text, "description": text, "metadata": metadata}, required=["name"])
PRICE = group(
    {"currency": one_of(*CURRENCIES), "product_data": PRODUCT, "unit_amount": integer},
    required=["currency", "product_data", "unit_amount"],
)
LINE_ITEM = group({"price_data": PRICE, "quantity": positive}, required=["price_data", "quantity"])
INTENT_DATA: Fields = {
    "description": text,
    "metadata": metadata,
    "receipt_email": email,
    "setup_future_usage": one_of("off_session", "on_session"),
    "statement_descriptor_suffix": text,
}
INVOICE_DATA: Fields = {"description": text, "footer": text, "metadata": metadata}
# No payment_method_types: Stripe chooses by its dashboard, and the library dropped it.
FIELDS: Fields = {
    "adaptive_pricing": group({"enabled": boolean}),
    "cancel_url": url,
    "client_reference_id": text,
    "customer": text,
    "customer_creation": one_of("always", "if_required"),
    "customer_email": email,
    "expires_at": integer,
    "invoice_creation": group(
        {"enabled": boolean, "invoice_data": group(INVOICE_DATA)}, required=["enabled"]
    ),
    "line_items": many(LINE_ITEM),
    "locale": text,
    "metadata": metadata,
    "mode": one_of("payment"),
    "payment_intent_data": group(INTENT_DATA),
    "submit_type": one_of("auto", "book", "donate", "pay"),
    "success_url": url,
    "ui_mode": one_of("hosted_page"),
}


def create(call: Call) -> Object:
    """POST /v1/checkout/sessions"""
    state = call.state
    asked = read(call.form, FIELDS, required=["line_items", "mode", "success_url"])
    _check_customer(state, asked)
    expires_at = asked.get("expires_at", state.now() + LIFE_SECONDS)
    # A minute's grace, since the caller counted from before the call.
    if not state.now() + LIFE_MIN_SECONDS - 60 <= expires_at <= state.now() + LIFE_SECONDS + 60:
        message = "The `expires_at` timestamp must be 30 minutes to 24 hours from now."
        raise ApiError(message, param="expires_at")
    items = asked.pop("line_items")
    currencies = {item["price_data"]["currency"] for item in items}
    if len(currencies) != 1:
        message = "Expected all line items to have exactly one currency."
        raise ApiError(message, param="line_items")
    currency = currencies.pop()
    total = sum(item["price_data"]["unit_amount"] * item["quantity"] for item in items)
    check_amount(total, currency, "The Checkout Session's total amount due")
    session = sessions.add(state, asked, total, currency, expires_at)
    for item in items:
        sessions.add_item(state, session, item)
    chores.put_off(state, "expire", session["id"], seconds=expires_at - state.now())
    return session


def _check_customer(state: State, asked: dict[str, Any]) -> None:
    if "customer" not in asked:
        return
    for other in ("customer_email", "customer_creation"):
        if other in asked:
            message = f"You may only specify one of these parameters: customer, {other}."
            raise ApiError(message, param=other)
    state.get("customer", asked["customer"], "customer", status=400)


def retrieve(call: Call) -> Object:
    """GET /v1/checkout/sessions/:id"""
    plain(call)
    return call.state.get("checkout.session", call.id, "session")


def index(call: Call) -> Object:
    """GET /v1/checkout/sessions"""
    statuses = one_of("complete", "expired", "open")
    filters = {"customer": text, "payment_intent": text, "status": statuses}
    return page(call, "checkout.session", filters)


def line_items(call: Call) -> Object:
    """GET /v1/checkout/sessions/:id/line_items"""
    call.state.get("checkout.session", call.id, "session")
    return page(call, "item", _session=call.id)


def expire(call: Call) -> Object:
    """POST /v1/checkout/sessions/:id/expire"""
    plain(call)
    session = call.state.get("checkout.session", call.id, "session")
    if session["status"] != "open":
        raise ApiError(
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            f"This Checkout Session has a status of `{session['status']}`."
        )
    return end(call.state, session)


def end(state: State, session: Object) -> Object:
    """The session's time is up."""
    session = state.save({**session, "status": "expired", "url": None})
    emit(state, "checkout.session.expired", session)
    return session
