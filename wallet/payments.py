"""What Stripe told us, in our own types; amounts are in cents, as Stripe counts.

Made by `stripe.py` alone. Nothing here asks, decides or moves anything.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Checkout:
    """A hosted page; `payment_status` is "paid" or "unpaid", `status` open, complete, expired."""

    id: str
    url: str
    status: str
    intent_id: str
    invoice_url: str


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back; it counts unless it failed or was cancelled."""

    id: str
    amount_cents: int
    status: str

    @property
    def is_void(self) -> bool:
        return self.status in ("failed", "canceled")


@dataclass(frozen=True, slots=True)
class Dispute:
    """A cardholder's objection, with what it took from us and what came back."""

    id: str
    withdrawn_cents: int
    reinstated_cents: int
    status: str


@dataclass(frozen=True, slots=True)
class Payment:
    """A PaymentIntent with all that happened to it, as Stripe tells it now."""

    intent_id: str
    order_id: str
    status: str
    amount_cents: int
    received_cents: int
    currency: str
    is_live: bool
    customer_id: str
    receipt_url: str
    card_id: str
    failure: str
    refunds: tuple[Refund, ...]
    disputes: tuple[Dispute, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """A verified event: which PaymentIntent or session to look at, and why."""

    id: str
    type: str
    intent_id: str
    session_id: str
    is_live: bool
    api_version: str
