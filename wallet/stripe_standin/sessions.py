"""The Checkout Session and its line items, as objects.

Owns their shapes when they are new. Who may have one is checked in `checkout`.
"""

from typing import Any

from wallet.stripe_standin.customers import merge
from wallet.stripe_standin.state import Object, State

NO_TAX = {"enabled": False, "liability": None, "provider": None, "status": None}
NO_TEXT = dict.fromkeys(
    ("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")
)
# What Stripe's sessions have and ours never use.
NOT_PLAYED = (
    "after_expiration",
    "allow_promotion_codes",
    "billing_address_collection",
    "client_secret",
    "collected_information",
    "consent",
    "consent_collection",
    "currency_conversion",
    "customer_account",
    "discounts",
    "integration_identifier",
    "managed_payments",
    "origin_context",
    "payment_link",
    "payment_method_configuration_details",
    "permissions",
    "recovered_from",
    "saved_payment_method_options",
    "setup_intent",
    "shipping_address_collection",
    "shipping_cost",
    "subscription",
    "wallet_options",
)


def add(state: State, asked: dict[str, Any], total: int, currency: str, expires_at: int) -> Object:
    """Stores a new open session with its address."""
    wants_invoice = asked.get("invoice_creation", {"enabled": False})
    customer = asked.get("customer")
    session = state.create(
        "checkout.session",
        {
            **dict.fromkeys(NOT_PLAYED),
            "adaptive_pricing": asked.get("adaptive_pricing", {"enabled": False}),
            "amount_subtotal": total,
            "amount_total": total,
            "automatic_tax": NO_TAX,
            "cancel_url": asked.get("cancel_url"),
            "client_reference_id": asked.get("client_reference_id"),
            "currency": currency,
            "custom_fields": [],
            "custom_text": NO_TEXT,
            "customer": customer,
            "customer_creation": None
            if customer
            else asked.get("customer_creation", "if_required"),
            "customer_details": None,
            "customer_email": asked.get("customer_email"),
            "expires_at": expires_at,
            "invoice": None,
            "invoice_creation": {"invoice_data": {}, **wants_invoice},
            "livemode": False,
            "locale": asked.get("locale"),
            "metadata": merge({}, asked.get("metadata", {})),
            "mode": "payment",
            # The intent comes with the first try to pay, as it does since 2022-08-01.
            "payment_intent": None,
            "payment_method_collection": "if_required",
            "payment_method_options": {},
            "payment_method_types": ["card"],
            "payment_status": "unpaid",
            "phone_number_collection": {"enabled": False},
            "shipping_options": [],
            "status": "open",
            "submit_type": asked.get("submit_type"),
            "success_url": asked["success_url"],
            "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
            "ui_mode": "hosted_page",
            "_intent_data": asked.get("payment_intent_data", {}),
        },
    )
    return state.save({**session, "url": f"{state.config.base_url}/c/pay/{session['id']}"})


def add_item(state: State, session: Object, item: dict[str, Any]) -> None:
    """Stores a line item of the session."""
    price, product = item["price_data"], item["price_data"]["product_data"]
    total = price["unit_amount"] * item["quantity"]
    state.create(
        "item",
        {
            "amount_discount": 0,
            "amount_subtotal": total,
            "amount_tax": 0,
            "amount_total": total,
            "currency": price["currency"],
            "description": product["name"],
            "price": {
                "object": "price",
                "currency": price["currency"],
                "type": "one_time",
                "unit_amount": price["unit_amount"],
            },
            "quantity": item["quantity"],
            "_about": product.get("description"),
            "_session": session["id"],
        },
    )
