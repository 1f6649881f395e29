"""What the contract's tests share: the stand-in, a webhook, and Stripe itself when there is a key.

With STRIPE_SECRET_KEY=sk_test_… in the environment every test of the contract runs a second time
against Stripe's test mode, so that the stand-in cannot drift away from what it stands for. Tests
of what only the stand-in has (its pages, its control, its webhooks) ask for `standin` itself.
"""

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import stripe

from tests.conftest import free_port
from tests.wallet.stripe.standin import Receiver, Standin

KEY = os.environ.get("STRIPE_SECRET_KEY", "")
BACKENDS = ["standin", "stripe"] if KEY.startswith("sk_test_") else ["standin"]


@pytest.fixture(scope="session", autouse=True)
def database() -> None:
    """The stand-in knows no database but its own file."""


@pytest.fixture(scope="session")
def shared_receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture(scope="session")
def shared_standin(
    shared_receiver: Receiver, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Standin]:
    folder = tmp_path_factory.mktemp("stripe")
    with Standin(free_port(), folder, shared_receiver.url, "--with-fees") as standin:
        yield standin


@pytest.fixture
def receiver(shared_receiver: Receiver) -> Receiver:
    """The webhook, with nothing received yet."""
    shared_receiver.reset()
    return shared_receiver


@pytest.fixture
def standin(shared_standin: Standin, receiver: Receiver) -> Standin:
    """The stand-in, knowing nothing yet."""
    shared_standin.control("forget")
    shared_standin.control(
        "settings", webhook_url=receiver.url, retry_base_seconds=0.05, follow_up_seconds=0
    )
    return shared_standin


@pytest.fixture
def receiver_of_its_own() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def mortal(tmp_path: Path, receiver_of_its_own: Receiver) -> Iterator[Standin]:
    """A stand-in that a test may kill."""
    with Standin(free_port(), tmp_path, receiver_of_its_own.url) as standin:
        yield standin


@dataclass(frozen=True, slots=True)
class Backend:
    """Whom the contract is held against. Verdicts of banks take Stripe a while."""

    name: str
    client: stripe.StripeClient
    patience_seconds: float

    def customer(self, card: str) -> tuple[str, str]:
        """A new customer with this test card saved: their id, the card's id."""
        email = f"{uuid.uuid4().hex}@example.com"
        customer = self.client.v1.customers.create({"email": email})
        method = self.client.v1.payment_methods.attach(card, {"customer": customer.id})
        return customer.id, method.id

    def charge(self, card: str, amount: int = 2000) -> stripe.PaymentIntent:
        """A payment with a saved card, its owner away."""
        customer, method = self.customer(card)
        return self.client.v1.payment_intents.create(
            {
                "amount": amount,
                "currency": "usd",
                "customer": customer,
                "payment_method": method,
                "off_session": True,
                "confirm": True,
                "metadata": {"order": "7"},
                "expand": ["latest_charge"],
            }
        )


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> Backend:
    """Each of those that the contract binds."""
    if request.param == "stripe":
        return Backend("stripe", stripe.StripeClient(KEY), patience_seconds=60)
    standin: Standin = request.getfixturevalue("standin")
    return Backend("standin", standin.client(), patience_seconds=5)
