"""Payment intents with a saved card while its owner is away, customers and their cards."""

from typing import Any

import pytest
import stripe

from tests.conftest import wait_until
from tests.wallet.stripe.contract.conftest import Backend
from tests.wallet.stripe.standin import Receiver, Standin

INTENT_FIELDS = (
    "id object amount amount_received canceled_at client_secret created currency customer "
    "description last_payment_error latest_charge livemode metadata next_action payment_method "
    "receipt_email setup_future_usage status"
)
CHARGE_FIELDS = (
    "id object amount amount_captured amount_refunded balance_transaction captured created "
    "currency customer disputed failure_code failure_message livemode metadata outcome paid "
    "payment_intent payment_method payment_method_details receipt_url refunded status"
)


def away(customer: str, method: str, **more: Any) -> Any:
    """The parameters of a charge with the owner of the card away."""
    return {
        "amount": 2000,
        "currency": "usd",
        "customer": customer,
        "payment_method": method,
        "off_session": True,
        "confirm": True,
        **more,
    }


def test_a_saved_card_is_charged(backend: Backend) -> None:
    intent = backend.charge("pm_card_visa")
    assert set(INTENT_FIELDS.split()) <= set(intent.to_dict())
    assert (intent.status, intent.amount_received, intent.livemode) == ("succeeded", 2000, False)
    assert intent.metadata.to_dict() == {"order": "7"}
    assert isinstance(intent.latest_charge, stripe.Charge)
    charge = intent.latest_charge
    assert set(CHARGE_FIELDS.split()) <= set(charge.to_dict())
    assert (charge.status, charge.paid, charge.amount_refunded) == ("succeeded", True, 0)
    assert charge.metadata.to_dict() == {"order": "7"}
    assert charge.receipt_url
    booked = backend.client.v1.balance_transactions.retrieve(str(charge.balance_transaction))
    assert (booked.type, booked.amount, booked.source) == ("charge", 2000, charge.id)
    assert booked.net == booked.amount - booked.fee


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ("pm_card_chargeCustomerFail", "card_declined"),
        ("pm_card_authenticationRequired", "authentication_required"),
    ],
)
def test_a_bank_may_refuse(backend: Backend, card: str, code: str) -> None:
    customer, method = backend.customer(card)
    with pytest.raises(stripe.CardError) as refused:
        backend.client.v1.payment_intents.create(away(customer, method))
    error = refused.value.error
    assert error is not None
    assert (refused.value.http_status, refused.value.code) == (402, code)
    told: Any = error.payment_intent
    assert told.status == "requires_payment_method"
    # The try is on record, though the call failed.
    intent = backend.client.v1.payment_intents.retrieve(told.id, {"expand": ["latest_charge"]})
    assert intent.last_payment_error is not None
    assert (intent.last_payment_error.code, intent.amount_received) == (code, 0)
    assert isinstance(intent.latest_charge, stripe.Charge)
    assert (intent.latest_charge.status, intent.latest_charge.paid) == ("failed", False)
    listed = backend.client.v1.payment_intents.list({"customer": customer})
    assert [entry.id for entry in listed.data] == [intent.id]


def test_a_refusal_is_answered_twice_and_tried_once(backend: Backend) -> None:
    customer, method = backend.customer("pm_card_chargeCustomerFail")
    told = []
    for _ in range(2):
        with pytest.raises(stripe.CardError) as refused:
            backend.client.v1.payment_intents.create(
                away(customer, method), {"idempotency_key": f"try-{customer}"}
            )
        assert refused.value.error is not None
        intent: Any = refused.value.error.payment_intent
        told.append(intent.id)
    assert told[0] == told[1]
    assert len(backend.client.v1.charges.list({"customer": customer}).data) == 1


@pytest.mark.parametrize("name", ["amount", "currency"])
def test_an_intent_needs_an_amount_of_something(backend: Backend, name: str) -> None:
    customer, method = backend.customer("pm_card_visa")
    asked = away(customer, method)
    del asked[name]
    with pytest.raises(stripe.InvalidRequestError) as refused:
        backend.client.v1.payment_intents.create(asked)
    assert (refused.value.code, refused.value.param) == ("parameter_missing", name)


def test_nobody_pays_with_the_card_of_another(backend: Backend) -> None:
    alice, _ = backend.customer("pm_card_visa")
    _, card_of_bob = backend.customer("pm_card_visa")
    with pytest.raises(stripe.InvalidRequestError):
        backend.client.v1.payment_intents.create(away(alice, card_of_bob))


def test_a_removed_card_is_of_no_use(backend: Backend) -> None:
    customer, method = backend.customer("pm_card_visa")
    assert backend.client.v1.payment_methods.detach(method).customer is None
    assert backend.client.v1.payment_methods.list({"customer": customer}).data == []
    with pytest.raises(stripe.InvalidRequestError):
        backend.client.v1.payment_intents.create(away(customer, method))


def test_customers_are_found_by_mail(backend: Backend) -> None:
    customer, _ = backend.customer("pm_card_visa")
    changed = backend.client.v1.customers.update(
        customer, {"name": "Alice", "metadata": {"account": "5", "gone": ""}}
    )
    assert changed.metadata is not None
    assert (changed.name, changed.metadata.to_dict()) == ("Alice", {"account": "5"})
    email = changed.email or ""
    found = backend.client.v1.customers.list({"email": email})
    assert [entry.id for entry in found.data] == [customer]
    assert backend.client.v1.customers.retrieve(customer).email == email


def test_a_customer_has_their_own_cards(backend: Backend) -> None:
    customer, method = backend.customer("pm_card_mastercard")
    card = backend.client.v1.customers.payment_methods.retrieve(customer, method).card
    assert card is not None
    assert (card.brand, card.last4) == ("mastercard", "4444")
    assert 1 <= card.exp_month <= 12
    assert card.exp_year > 2026
    other, _ = backend.customer("pm_card_visa")
    with pytest.raises(stripe.InvalidRequestError):
        backend.client.v1.customers.payment_methods.retrieve(other, method)


def test_an_expansion_that_makes_no_sense_is_refused(backend: Backend) -> None:
    intent = backend.charge("pm_card_visa")
    for path in ("colour", "amount.colour"):
        with pytest.raises(stripe.InvalidRequestError, match="expand"):
            backend.client.v1.payment_intents.retrieve(intent.id, {"expand": [path]})


def test_a_waiting_intent_can_be_cancelled(backend: Backend) -> None:
    intents = backend.client.v1.payment_intents
    intent = intents.create({"amount": 2000, "currency": "usd"})
    assert intent.status == "requires_payment_method"
    assert intents.cancel(intent.id).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError) as refused:
        intents.cancel(intent.id)
    assert refused.value.code == "payment_intent_unexpected_state"


@pytest.mark.parametrize(
    ("failure", "status", "event"),
    [
        (None, "succeeded", "payment_intent.succeeded"),
        ("payment_failed", "requires_payment_method", "payment_intent.payment_failed"),
    ],
)
def test_the_operator_makes_a_charge_wait(
    standin: Standin, receiver: Receiver, failure: str | None, status: str, event: str
) -> None:
    backend = Backend("standin", standin.client(), patience_seconds=5)
    standin.control("outcomes", charges=["processing"])
    intent = backend.charge("pm_card_visa")
    assert (intent.status, intent.amount_received) == ("processing", 0)
    standin.control(f"payment_intents/{intent.id}/arrive", failure=failure)
    assert backend.client.v1.payment_intents.retrieve(intent.id).status == status
    wait_until(lambda: event in receiver.names(intent.id))
    assert backend.charge("pm_card_visa").status == "succeeded"


def test_work_done_and_answer_lost(standin: Standin) -> None:
    patient = Backend("standin", standin.client(retries=2), patience_seconds=5)
    customer, method = patient.customer("pm_card_visa")
    standin.control("faults", kind="lost", path="/v1/payment_intents")
    intent = patient.client.v1.payment_intents.create(away(customer, method))
    assert intent.status == "succeeded"
    assert intent.last_response is not None
    assert intent.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(patient.client.v1.charges.list().data) == 1


@pytest.mark.parametrize(
    ("kind", "recovers"), [("unavailable", True), ("timeout", True), ("error", False)]
)
def test_faults_on_demand(standin: Standin, kind: str, recovers: bool) -> None:
    customers = standin.client().v1.customers
    key: stripe.RequestOptions = {"idempotency_key": "one"}
    standin.control("faults", kind=kind, seconds=0.05)
    with pytest.raises((stripe.APIError, stripe.APIConnectionError)):
        customers.create({"email": "alice@example.com"}, key)
    assert customers.list().data == []
    if recovers:
        assert customers.create({"email": "alice@example.com"}, key).id
    else:
        with pytest.raises(stripe.APIError):
            customers.create({"email": "alice@example.com"}, key)


def test_an_altered_object_tells_nobody(standin: Standin, receiver: Receiver) -> None:
    backend = Backend("standin", standin.client(), patience_seconds=5)
    intent = backend.charge("pm_card_visa")
    wait_until(lambda: "payment_intent.succeeded" in receiver.names(intent.id))
    before = len(standin.deliveries())
    standin.control(f"objects/{intent.id}", amount_received=1)
    assert backend.client.v1.payment_intents.retrieve(intent.id).amount_received == 1
    assert len(standin.deliveries()) == before
