"""Nobody loads another's session, order, receipt or card, nor pays or is paid in their place.

Every address of the wallet is asked by somebody who knows all of alice's names at Stripe.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.utils.html import escape

from tests.conftest import Customer, NewCustomer
from tests.wallet.till import Till, balance, customer_id
from wallet import stripe, topups
from wallet.models import BillingProfile, Topup

COMPLETED = "checkout.session.completed"
METHODS = ("get", "head", "post", "put", "delete")


@dataclass(frozen=True)
class Payer:
    """Somebody with a paid order, one that is paid but not settled, and a saved card."""

    customer: Customer
    browser: Client
    settled: Topup
    unsettled: Topup
    names: dict[str, str]


@pytest.fixture
def alice_pays(till: Till, new_customer: NewCustomer) -> Payer:
    return payer(till, new_customer("alice"))


@pytest.fixture
def bob_pays(till: Till, new_customer: NewCustomer) -> Payer:
    return payer(till, new_customer("bob"))


def payer(till: Till, customer: Customer) -> Payer:
    order, intent_id = till.paid(customer, 20)
    refund_id = till.refund(intent_id, 100)
    till.deliver(till.event(COMPLETED, intent_id))
    settled = topups.refresh(order)
    unsettled, unsettled_intent = till.paid(customer, 30)
    payment = stripe.payment(intent_id)
    assert payment
    names = {
        "topup": str(settled.pk),
        "topup_id": str(unsettled.pk),
        "session_id": settled.session_id or "",
        "session": unsettled.session_id or "",
        "payment_intent": intent_id,
        "intent_id": unsettled_intent,
        "customer": customer_id(customer),
        "receipt": settled.receipt_url,
        "invoice": settled.invoice_url,
        "card": payment.card_id,
        "refund": refund_id,
        "email": customer.user.email,
    }
    assert all(names.values())
    return Payer(customer, signed_in(customer), settled, unsettled, names)


def signed_in(customer: Customer) -> Client:
    browser = Client()
    browser.force_login(customer.user)
    return browser


def addresses(owner: Payer) -> list[str]:
    """All of the wallet's, with the owner's orders where one is named."""
    found = []
    for pattern in get_resolver().url_patterns:
        route = str(pattern.pattern)
        if isinstance(pattern, URLPattern) and route.startswith("wallet"):
            for order in (owner.settled, owner.unsettled):
                found.append("/" + route.replace("<uuid:topup_id>", str(order.pk)))
            assert "<" not in found[-1], f"no rule for {route}"
    return sorted(set(found))


def text_of(answer: Any) -> str:
    """All that was sent: body and headers."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode() + str(answer.headers)


def state(owner: Payer) -> list[Any]:
    """What strangers may not change."""
    account = owner.customer.account
    return [
        balance(owner.customer),
        list(BillingProfile.objects.filter(account=account).values()),
        list(Topup.objects.filter(account=account).order_by("pk").values()),
    ]


def test_no_address_shows_or_changes_what_is_anothers(alice_pays: Payer, bob_pays: Payer) -> None:
    before = state(alice_pays)
    query = urlencode({**alice_pays.names, "account": alice_pays.customer.account.pk})
    for address in addresses(alice_pays):
        for method in METHODS:
            for path in (address, f"{address}?{query}"):
                answer = getattr(bob_pays.browser, method)(path)
                # An address may come back as it was asked, such as in a form.
                shown = text_of(answer).replace(path, "").replace(escape(path), "")
                found = [name for name in alice_pays.names.values() if name in shown]
                assert found == [], f"{method} {path}"
    assert state(alice_pays) == before


def test_she_herself_sees_it(alice_pays: Payer) -> None:
    """Else the walk above would find nothing because there is nothing to be found."""
    shown = "".join(text_of(alice_pays.browser.get(path)) for path in addresses(alice_pays))
    seen = {name for name, value in alice_pays.names.items() if value in shown}
    assert {"receipt", "card", "payment_intent", "refund"} <= seen
    assert balance(alice_pays.customer) == 49


@pytest.mark.parametrize("method", METHODS)
def test_anothers_order_is_not_there_and_stripe_is_not_asked(
    till: Till, alice_pays: Payer, bob_pays: Payer, method: str
) -> None:
    for order in (alice_pays.settled, alice_pays.unsettled):
        # It is used up by the first call there is.
        till.standin.control("faults", kind="unavailable")
        answer = getattr(bob_pays.browser, method)(f"/wallet/topups/{order.pk}")
        assert answer.status_code == (404 if method in ("get", "head") else 405)
        lined_up = till.standin.control("faults", kind="slow", times=0)["faults"]
        assert lined_up, "Stripe was asked"
        stripe.checkout(order.session_id or "")
    assert (balance(alice_pays.customer), balance(bob_pays.customer)) == (19, 19)


def test_who_is_not_signed_in_is_sent_to_sign_in(alice_pays: Payer) -> None:
    before = state(alice_pays)
    for path in addresses(alice_pays):
        for method in METHODS:
            answer = getattr(Client(), method)(path)
            assert answer.status_code in (302, 405), path
            if answer.status_code == 302:
                assert answer["Location"].startswith("/accounts/login/"), path
    assert state(alice_pays) == before


def test_an_order_is_ones_own_whatever_the_form_says(
    till: Till, alice_pays: Payer, bob_pays: Payer
) -> None:
    forged = {**alice_pays.names, "account": str(alice_pays.customer.account.pk), "amount": "40"}
    answer = bob_pays.browser.post("/wallet/topups", forged)
    assert answer.status_code == 303
    order = Topup.objects.get(account=bob_pays.customer.account, amount_micros=40_000_000)
    [session] = [each for each in till.all("checkout/sessions") if each["id"] == order.session_id]
    assert session["customer"] == customer_id(bob_pays.customer)
    assert answer["Location"] == session["url"]
    intent_id = till.pay(order)
    till.deliver(till.event(COMPLETED, intent_id))
    assert (balance(alice_pays.customer), balance(bob_pays.customer)) == (19, 59)


def test_the_portal_is_ones_own(till: Till, alice_pays: Payer, bob_pays: Payer) -> None:
    answer = bob_pays.browser.post("/wallet/portal", alice_pays.names)
    assert answer.status_code == 302
    page = till.standin.http.get(answer["Location"]).text
    assert bob_pays.customer.user.email in page
    assert [name for name in alice_pays.names.values() if name in page] == []


def test_anothers_card_cannot_be_charged(alice_pays: Payer, bob_pays: Payer) -> None:
    form = {
        "auto-enabled": "on",
        "auto-threshold": "5",
        "auto-amount": "20",
        "auto-card": alice_pays.names["card"],
    }
    answer = bob_pays.browser.post("/wallet/settings/auto-topup", form)
    assert answer.status_code == 422
    profile = BillingProfile.objects.get(account=bob_pays.customer.account)
    assert (profile.auto_topup, profile.card_id) == (False, bob_pays.names["card"])
    own = {**form, "auto-card": bob_pays.names["card"]}
    assert bob_pays.browser.post("/wallet/settings/auto-topup", own).status_code == 302
    profile.refresh_from_db()
    assert (profile.auto_topup, profile.card_id) == (True, bob_pays.names["card"])
