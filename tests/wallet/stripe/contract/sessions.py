"""A Checkout Session as SharkAPI asks for one."""

from typing import Any


def order(cents: int = 2000, **more: Any) -> Any:
    """The parameters of a top-up of `cents`."""
    price = {"currency": "usd", "unit_amount": cents, "product_data": {"name": "SharkAPI credit"}}
    return {
        "mode": "payment",
        "ui_mode": "hosted_page",
        "line_items": [{"quantity": 1, "price_data": price}],
        "client_reference_id": "order-7",
        "metadata": {"order": "7"},
        "payment_intent_data": {"metadata": {"order": "7"}, "setup_future_usage": "off_session"},
        "success_url": "http://127.0.0.1:1/wallet?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://127.0.0.1:1/wallet",
        **more,
    }
