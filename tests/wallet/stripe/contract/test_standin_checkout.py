"""Checkout Sessions: asked for, paid on the hosted page in every way, expired, found again."""

import time
from typing import Any

import pytest
import stripe

from tests.conftest import wait_until
from tests.wallet.stripe.contract.conftest import Backend
from tests.wallet.stripe.contract.sessions import order
from tests.wallet.stripe.standin import Receiver, Standin

# Fields of Stripe's own example object that a reader of ours could ask for.
SESSION_FIELDS = (
    "id object amount_subtotal amount_total cancel_url client_reference_id created currency "
    "customer customer_creation customer_details customer_email expires_at invoice "
    "invoice_creation livemode locale metadata mode payment_intent payment_method_types "
    "payment_status setup_intent status success_url total_details ui_mode url"
)


def test_a_new_session_is_open_and_unpaid(backend: Backend) -> None:
    session = backend.client.v1.checkout.sessions.create(order(expand=["line_items"]))
    assert set(SESSION_FIELDS.split()) <= set(session.to_dict())
    assert session.id.startswith("cs_test_")
    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert (session.amount_total, session.currency, session.livemode) == (2000, "usd", False)
    assert (session.payment_intent, session.customer, session.invoice) == (None, None, None)
    assert session.metadata is not None
    assert session.metadata.to_dict() == {"order": "7"}
    assert session.ui_mode == "hosted_page"
    assert session.url
    assert session.expires_at - session.created == pytest.approx(24 * 3600, abs=5)
    assert session.line_items is not None
    assert session.line_items.data[0].description == "SharkAPI credit"
    assert session.line_items.data[0].amount_total == 2000


@pytest.mark.parametrize(
    ("change", "code", "param"),
    [
        ({"colour": "blue"}, "parameter_unknown", "colour"),
        ({"line_items[0][price_data][colour]": "x"}, "parameter_unknown", None),
        ({"success_url": "nowhere"}, "url_invalid", "success_url"),
        ({"customer": "cus_nobody"}, "resource_missing", "customer"),
        ({"mode": "sometimes"}, None, "mode"),
        ({"expires_at": 5}, None, "expires_at"),
    ],
)
def test_a_wrong_parameter_is_refused(
    backend: Backend, change: dict[str, Any], code: str | None, param: str | None
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        backend.client.v1.checkout.sessions.create(order(**change))
    assert refused.value.http_status == 400
    assert code in (None, refused.value.code)
    assert param in (None, refused.value.param)


def test_less_than_fifty_cents_is_refused(backend: Backend) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        backend.client.v1.checkout.sessions.create(order(49))
    assert refused.value.code == "amount_too_small"


def test_a_session_needs_somewhere_to_go(backend: Backend) -> None:
    asked = order()
    del asked["success_url"]
    with pytest.raises(stripe.InvalidRequestError, match="success_url"):
        backend.client.v1.checkout.sessions.create(asked)


def test_payment_methods_are_chosen_by_stripe_alone(standin: Standin) -> None:
    # Stripe still takes the parameter; the project must never send it.
    with pytest.raises(stripe.InvalidRequestError) as refused:
        standin.client().v1.checkout.sessions.create(order(payment_method_types=["card"]))
    assert refused.value.code == "parameter_unknown"


def test_an_unknown_session_is_missing(backend: Backend) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        backend.client.v1.checkout.sessions.retrieve("cs_test_nothing")
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")


def test_a_wrong_key_opens_nothing(backend: Backend) -> None:
    with pytest.raises(stripe.AuthenticationError):
        backend.client.v1.checkout.sessions.list(options={"api_key": "sk_test_wrong"})


def test_an_expired_session_stays_expired(backend: Backend) -> None:
    sessions = backend.client.v1.checkout.sessions
    session = sessions.create(order())
    expired = sessions.expire(session.id)
    assert (expired.status, expired.url) == ("expired", None)
    with pytest.raises(stripe.InvalidRequestError, match="open"):
        sessions.expire(session.id)


def test_sessions_are_found_by_age_and_page(backend: Backend) -> None:
    sessions = backend.client.v1.checkout.sessions
    made = [sessions.create(order()).id for _ in range(3)]
    first = sessions.list({"limit": 2, "created": {"gte": int(time.time()) - 60}})
    assert [session.id for session in first.data] == [made[2], made[1]]
    assert first.has_more
    second = sessions.list({"limit": 1, "starting_after": made[1]})
    assert [session.id for session in second.data] == [made[0]]
    assert sessions.list({"created": {"lt": 1_000_000_000}}).data == []


def test_one_key_makes_one_session(backend: Backend) -> None:
    sessions = backend.client.v1.checkout.sessions
    key: stripe.RequestOptions = {"idempotency_key": f"order-{time.time_ns()}"}
    first, second = sessions.create(order(), key), sessions.create(order(), key)
    assert first.id == second.id
    assert second.last_response is not None
    assert second.last_response.headers["Idempotent-Replayed"] == "true"
    with pytest.raises(stripe.IdempotencyError):
        sessions.create(order(5000), key)


def test_paying_leads_back_and_leaves_everything_behind(
    standin: Standin, receiver: Receiver
) -> None:
    client = standin.client()
    session = client.v1.checkout.sessions.create(
        order(invoice_creation={"enabled": True}, customer_email="alice@example.com")
    )
    page = standin.http.get(session.url or "")
    assert "no money moves" in page.text
    assert "$20.00" in page.text
    answer = standin.press(session.url, "pay", card="pm_card_mastercard")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"http://127.0.0.1:1/wallet?session={session.id}"

    expand = ["payment_intent.latest_charge.balance_transaction", "customer", "invoice"]
    paid = client.v1.checkout.sessions.retrieve(session.id, {"expand": expand})
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert isinstance(paid.payment_intent, stripe.PaymentIntent)
    intent = paid.payment_intent
    assert (intent.status, intent.amount_received) == ("succeeded", 2000)
    assert intent.metadata.to_dict() == {"order": "7"}
    assert isinstance(intent.latest_charge, stripe.Charge)
    charge = intent.latest_charge
    assert (charge.paid, charge.amount_captured, charge.refunded) == (True, 2000, False)
    assert isinstance(charge.balance_transaction, stripe.BalanceTransaction)
    booked = charge.balance_transaction
    assert (booked.amount, booked.fee, booked.net) == (2000, 88, 1912)
    assert isinstance(paid.customer, stripe.Customer)
    assert paid.customer.email == "alice@example.com"
    assert isinstance(paid.invoice, stripe.Invoice)
    for address in (
        charge.receipt_url,
        paid.invoice.hosted_invoice_url,
        paid.invoice.invoice_pdf,
    ):
        assert standin.http.get(address or "").status_code == 200
    cards = client.v1.payment_methods.list({"customer": paid.customer.id, "type": "card"})
    assert [card.card.last4 for card in cards.data if card.card] == ["4444"]
    wait_until(lambda: receiver.names(session.id) == ["checkout.session.completed"])
    wait_until(lambda: "payment_intent.succeeded" in receiver.names(intent.id))


def test_a_second_click_pays_nothing(standin: Standin) -> None:
    client = standin.client()
    session = client.v1.checkout.sessions.create(order())
    first = standin.press(session.url, "pay")
    second = standin.press(session.url, "pay")
    assert first.headers["location"] == second.headers["location"]
    with pytest.raises(AssertionError, match="no longer open"):
        standin.control(f"checkout/{session.id}/pay")
    assert len(client.v1.payment_intents.list().data) == 1
    assert "All done here" in standin.http.get(session.url or "").text


def test_a_declined_card_can_be_tried_again(standin: Standin, receiver: Receiver) -> None:
    client = standin.client()
    session = client.v1.checkout.sessions.create(order())
    answer = standin.press(session.url, "decline")
    assert "The card was declined" in standin.http.get(answer.headers["location"]).text
    tried = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (tried.status, tried.payment_status) == ("open", "unpaid")
    assert isinstance(tried.payment_intent, stripe.PaymentIntent)
    intent = tried.payment_intent
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error is not None
    assert intent.last_payment_error.code == "card_declined"
    wait_until(lambda: "payment_intent.payment_failed" in receiver.names(intent.id))

    standin.press(session.url, "pay")
    paid = client.v1.checkout.sessions.retrieve(session.id)
    assert (paid.payment_status, paid.payment_intent) == ("paid", intent.id)


@pytest.mark.parametrize("button", ["authenticate", "pay"])
def test_a_bank_may_ask_first(standin: Standin, button: str) -> None:
    client = standin.client()
    session = client.v1.checkout.sessions.create(order())
    card = "pm_card_authenticationRequired"
    bank = standin.press(session.url, button, card=card).headers["location"]
    assert "Is this you?" in standin.http.get(bank).text
    form = {"card": card, "verdict": "fail"}
    back = standin.http.post(bank.partition("?")[0], data=form)
    assert "did not confirm" in standin.http.get(back.headers["location"]).text
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "unpaid"
    done = standin.http.post(bank.partition("?")[0], data={**form, "verdict": "complete"})
    assert done.headers["location"].endswith(session.id)
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


@pytest.mark.parametrize(
    ("failure", "status", "event"),
    [
        (None, "paid", "checkout.session.async_payment_succeeded"),
        ("payment_failed", "unpaid", "checkout.session.async_payment_failed"),
    ],
)
def test_a_payment_may_arrive_later(
    standin: Standin, receiver: Receiver, failure: str | None, status: str, event: str
) -> None:
    client = standin.client()
    session = client.v1.checkout.sessions.create(order(invoice_creation={"enabled": True}))
    assert standin.press(session.url, "later-waits").status_code == 303
    waiting = client.v1.checkout.sessions.retrieve(session.id)
    assert (waiting.status, waiting.payment_status) == ("complete", "unpaid")
    wait_until(lambda: receiver.names(session.id) == ["checkout.session.completed"])
    told = receiver.latest("checkout.session.completed").data.object
    assert told["payment_status"] == "unpaid"
    standin.control(f"payment_intents/{waiting.payment_intent}/arrive", failure=failure)
    ended = client.v1.checkout.sessions.retrieve(session.id)
    assert ended.payment_status == status
    assert bool(ended.invoice) == (failure is None)
    wait_until(lambda: event in receiver.names(session.id))


def test_a_payment_may_arrive_by_itself(standin: Standin, receiver: Receiver) -> None:
    session = standin.client().v1.checkout.sessions.create(order())
    standin.press(session.url, "later-succeeds")
    standin.control("clock", advance_seconds=60)
    arrived = "checkout.session.async_payment_succeeded"
    wait_until(lambda: arrived in receiver.names(session.id))


def test_time_runs_out(standin: Standin, receiver: Receiver) -> None:
    client = standin.client()
    session = client.v1.checkout.sessions.create(order())
    standin.control("clock", advance_seconds=24 * 3600 + 1)
    wait_until(lambda: receiver.names(session.id) == ["checkout.session.expired"])
    assert standin.press(session.url, "pay").headers["location"].endswith(session.id)
    assert "Too late" in standin.http.get(session.url or "").text
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "unpaid"


def test_names_are_shown_as_text(standin: Standin) -> None:
    asked = order()
    asked["line_items"][0]["price_data"]["product_data"]["name"] = "<script>alert(1)</script>"
    session = standin.client().v1.checkout.sessions.create(asked)
    page = standin.http.get(session.url or "").text
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_the_portal_removes_cards(standin: Standin) -> None:
    client = standin.client()
    session = client.v1.checkout.sessions.create(order(invoice_creation={"enabled": True}))
    standin.press(session.url, "pay")
    customer = str(client.v1.checkout.sessions.retrieve(session.id).customer)
    other = client.v1.customers.create({"email": "bob@example.com"})
    kept = client.v1.payment_methods.attach("pm_card_visa", {"customer": other.id})
    saved = client.v1.customers.payment_methods.list(customer).data[0]
    portal = client.v1.billing_portal.sessions.create(
        {"customer": customer, "return_url": "http://127.0.0.1:1/wallet"}
    )
    page = standin.http.get(portal.url).text
    assert "4242" in page
    assert "STANDIN-0001" in page
    for method in (saved.id, kept.id):
        standin.http.post(portal.url, data={"method": method})
    assert client.v1.customers.payment_methods.list(customer).data == []
    assert len(client.v1.customers.payment_methods.list(other.id).data) == 1
