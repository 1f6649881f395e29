"""Customers, as an account of SharkAPI is known to Stripe.

Owns the customer object; cards are in `cards`.
"""

import secrets
from typing import Any

from wallet.stripe_standin.call import Call, page, plain
from wallet.stripe_standin.events import emit
from wallet.stripe_standin.params import Fields, email, group, metadata, read, text
from wallet.stripe_standin.state import Object, State

FIELDS: Fields = {
    "description": text,
    "email": email,
    "invoice_settings": group({"default_payment_method": text}),
    "metadata": metadata,
    "name": text,
}


def add(state: State, **fields: Any) -> Object:
    """A new customer."""
    customer = state.create(
        "customer",
        {
            "address": None,
            "balance": 0,
            "currency": None,
            "default_source": None,
            "delinquent": False,
            "description": None,
            "discount": None,
            "email": None,
            "invoice_prefix": secrets.token_hex(4).upper(),
            "invoice_settings": {
                "custom_fields": None,
                "default_payment_method": None,
                "footer": None,
                "rendering_options": None,
            },
            "livemode": False,
            "metadata": {},
            "name": None,
            "next_invoice_sequence": 1,
            "phone": None,
            "preferred_locales": [],
            "shipping": None,
            "tax_exempt": "none",
            "test_clock": None,
            **fields,
        },
    )
    emit(state, "customer.created", customer)
    return customer


def merge(known: dict[str, str], asked: dict[str, str]) -> dict[str, str]:
    """Metadata after an update: what is not named stays, an empty value takes the key away."""
    return {key: value for key, value in {**known, **asked}.items() if value}


def create(call: Call) -> Object:
    """POST /v1/customers"""
    asked = read(call.form, FIELDS)
    # A new customer has no card yet that could be the default.
    asked.pop("invoice_settings", None)
    asked["metadata"] = merge({}, asked.get("metadata", {}))
    return add(call.state, **asked)


def retrieve(call: Call) -> Object:
    """GET /v1/customers/:id"""
    plain(call)
    return call.state.get("customer", call.id)


def update(call: Call) -> Object:
    """POST /v1/customers/:id"""
    customer = call.state.get("customer", call.id)
    asked = read(call.form, FIELDS)
    if "metadata" in asked:
        asked["metadata"] = merge(customer["metadata"], asked["metadata"])
    if settings := asked.get("invoice_settings"):
        if method := settings.get("default_payment_method"):
            call.state.get("payment_method", method, "payment_method", status=400)
        asked["invoice_settings"] = {**customer["invoice_settings"], **settings}
    previous = {name: customer[name] for name in asked if customer[name] != asked[name]}
    customer = call.state.save({**customer, **asked})
    if previous:
        emit(call.state, "customer.updated", customer, previous)
    return customer


def index(call: Call) -> Object:
    """GET /v1/customers"""
    return page(call, "customer", {"email": text})
