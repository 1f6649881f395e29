"""Payment methods: the test cards that the hosted page offers, and the saved ones.

Owns what each test card does, with the names and last digits of Stripe's own
(https://docs.stripe.com/testing), and the calls under /v1/payment_methods.
"""

from dataclasses import dataclass

from wallet.stripe_standin.call import Call, page, plain
from wallet.stripe_standin.errors import ApiError
from wallet.stripe_standin.events import emit
from wallet.stripe_standin.params import one_of, read, text
from wallet.stripe_standin.state import Object, State

EXPIRY_MONTH = 12
EXPIRY_YEAR = 2034


@dataclass(frozen=True, slots=True)
class Card:
    """A card and its fate: the outcome of a charge off session, and what follows a success."""

    last4: str
    label: str
    brand: str = "visa"
    off_session: str = "succeeded"
    refund: str = "succeeded"
    disputed: bool = False
    asks: bool = False


CARDS = {
    "pm_card_visa": Card("4242", "always works"),
    "pm_card_mastercard": Card("4444", "always works", brand="mastercard"),
    "pm_card_chargeCustomerFail": Card(
        "0341", "declined when charged later", off_session="card_declined"
    ),
    "pm_card_authenticationRequired": Card(
        "3184",
        "asks for authentication every time",
        off_session="authentication_required",
        asks=True,
    ),
    "pm_card_createDispute": Card("0259", "disputed after the payment", disputed=True),
    "pm_card_refundFail": Card("5126", "refunds fail later", refund="failed"),
    "pm_card_pendingRefund": Card("7726", "refunds stay pending at first", refund="pending"),
}
# What is behind a payment by bank account.
NO_CARD = Card("", "no card")


def card_of(method: Object) -> Card:
    """The test card behind a payment method, if it is a card."""
    return CARDS.get(method["_card"], NO_CARD)


def add(
    state: State, card: str, customer: str | None, email: str | None = None, kind: str = "card"
) -> Object:
    """A payment method of this card, saved when there is a customer to save it for."""
    address = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    details = {"address": address, "email": email, "name": None, "phone": None, "tax_id": None}
    method: Object = {
        "allow_redisplay": "limited" if customer else "unspecified",
        "billing_details": details,
        "customer": customer,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": kind,
        "_card": card,
        "_spent": False,
    }
    if kind == "card":
        method["card"] = _card(CARDS[card])
    else:
        method[kind] = {"bank_name": "STRIPE TEST BANK", "last4": "6789"}
    return state.create("payment_method", method)


def _card(card: Card) -> Object:
    checks = {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"}
    return {
        "brand": card.brand,
        "checks": checks,
        "country": "US",
        "display_brand": card.brand,
        "exp_month": EXPIRY_MONTH,
        "exp_year": EXPIRY_YEAR,
        "fingerprint": f"standin{card.brand}{card.last4}",
        "funding": "credit",
        "generated_from": None,
        "last4": card.last4,
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def usable(state: State, method_id: str, customer: str | None) -> Object:
    """The method to pay with: the customer's own, or a new one of the named test card."""
    if method_id in CARDS:
        return add(state, method_id, None)
    method = state.get("payment_method", method_id, "payment_method", status=400)
    if method["customer"] != customer or method["_spent"]:
        message = "The payment method must be attached to the customer that pays with it."
        raise ApiError(f"{message} It is {method_id}.", param="payment_method")
    return method


def attach(call: Call) -> Object:
    """POST /v1/payment_methods/:id/attach; a test card's name makes a new method of it."""
    asked = read(call.form, {"customer": text}, required=["customer"])
    customer = call.state.get("customer", asked["customer"], "customer", status=400)
    if call.id in CARDS:
        method = add(call.state, call.id, customer["id"], customer["email"])
    else:
        method = call.state.get("payment_method", call.id, "payment_method")
        if method["customer"] or method["_spent"]:
            message = "The payment method you provided has already been attached to a customer."
            raise ApiError(message, code="payment_method_unexpected_state")
        method = call.state.save({**method, "customer": customer["id"]})
    emit(call.state, "payment_method.attached", method)
    return method


def detach(call: Call) -> Object:
    """POST /v1/payment_methods/:id/detach"""
    plain(call)
    return remove(call.state, call.state.get("payment_method", call.id, "payment_method"))


def remove(state: State, method: Object) -> Object:
    """Takes a saved method from its customer; it can never be used again."""
    if not method["customer"]:
        message = "The payment method you provided is not attached to a customer."
        raise ApiError(f"{message} Detachment is impossible.")
    previous = {"customer": method["customer"]}
    method = state.save({**method, "customer": None, "_spent": True})
    emit(state, "payment_method.detached", method, previous)
    return method


def retrieve(call: Call) -> Object:
    """GET /v1/payment_methods/:id"""
    plain(call)
    return call.state.get("payment_method", call.id, "payment_method")


def index(call: Call) -> Object:
    """GET /v1/payment_methods"""
    if "customer" not in call.form:
        raise ApiError("Missing required param: customer.", code="parameter_missing")
    return page(call, "payment_method", {"customer": text, "type": one_of("card")})


def index_of_customer(call: Call) -> Object:
    """GET /v1/customers/:id/payment_methods"""
    call.state.get("customer", call.id, "customer")
    return page(call, "payment_method", {"type": one_of("card")}, customer=call.id)


def retrieve_of_customer(call: Call) -> Object:
    """GET /v1/customers/:id/payment_methods/:id"""
    plain(call)
    customer, method_id = call.ids
    method = call.state.get("payment_method", method_id, "payment_method")
    if method["customer"] != customer:
        raise ApiError(
            f"No such payment_method: '{method_id}'", code="resource_missing", status=404
        )
    return method
