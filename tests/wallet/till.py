"""A till for the tests of payments: the stand-in for Stripe, our webhook, and what lies between.

The stand-in keeps every event back; a test fetches them and delivers them itself, in the order
and as often as it likes, signed as Stripe signs. It decides nothing about what must come of it.
"""

import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from tests.conftest import Customer
from tests.wallet.stripe.standin import API_KEY, SECRET, Standin
from wallet import topups
from wallet.models import MICROS_PER_USD, BillingProfile, Topup, Transfer
from wallet.statement import summary
from wallet.stripe_standin.webhooks import signature

# One of Stripe's objects, as JSON.
Object = dict[str, Any]
# What the test client answers with.
Answer = Any


@dataclass
class Till:
    """The stand-in, and a browser without cookies at our webhook."""

    standin: Standin
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def order(self, customer: Customer, dollars: int = 10) -> Topup:
        """An order with its page open at Stripe."""
        known = set(Topup.objects.filter(account=customer.account).values_list("pk", flat=True))
        micros = dollars * MICROS_PER_USD
        topups.start(customer.account, customer.user, micros, lambda order: f"http://x/{order.pk}")
        return Topup.objects.filter(account=customer.account).exclude(pk__in=known).get()

    def pay(self, order: Topup, outcome: str = "succeeded") -> str:
        """The customer pays on the page; the PaymentIntent's id."""
        assert order.session_id
        session = self.standin.control(f"checkout/{order.session_id}/pay", outcome=outcome)
        return str(session["payment_intent"])

    def paid(self, customer: Customer, dollars: int = 10) -> tuple[Topup, str]:
        """An order that was paid and of which we know nothing yet, and its PaymentIntent."""
        order = self.order(customer, dollars)
        return order, self.pay(order)

    def all(self, path: str) -> list[Object]:
        """All of Stripe's objects of a kind, oldest first."""
        found: list[Object] = []
        while True:
            query: dict[str, Any] = {"limit": 100}
            if found:
                query["starting_after"] = found[-1]["id"]
            answer = self.standin.http.get(f"/v1/{path}", params=query, auth=(API_KEY, ""))
            assert answer.status_code == 200, answer.text
            page = answer.json()
            found += page["data"]
            if not page["has_more"]:
                return found[::-1]

    def events(self, name: str = "", about: str = "") -> list[Object]:
        """What happened, oldest first; only those of a kind, and about one object or payment."""
        return [
            event
            for event in self.all("events")
            if name in ("", event["type"])
            and about in ("", subject(event)["id"], subject(event).get("payment_intent"))
        ]

    def event(self, name: str, about: str = "") -> Object:
        """The newest of them."""
        return self.events(name, about)[-1]

    def deliver(self, event: Object, secrets: tuple[str, ...] = (SECRET,)) -> Answer:
        """Our answer to the event."""
        body = json.dumps(event).encode()
        return self.post(body, signature(body, [*secrets], int(time.time())))

    def post(self, body: bytes, header: str | None) -> Answer:
        """Our answer to this body under this signature."""
        headers = {} if header is None else {"Stripe-Signature": header}
        return self.client.post(
            "/stripe/webhook", body, content_type="application/json", headers=headers
        )

    def refund(self, intent_id: str, cents: int) -> str:
        """Money given back by somebody at Stripe's dashboard; the refund's id."""
        asked: Any = {"payment_intent": intent_id, "amount": cents}
        options: Any = {"idempotency_key": uuid.uuid4().hex}
        return self.standin.client().v1.refunds.create(asked, options).id

    def dispute(self, intent_id: str, cents: int | None = None, inquiry: bool = False) -> str:
        """The bank takes the money, or first only asks; the dispute's id."""
        intent = self.standin.client().v1.payment_intents.retrieve(intent_id)
        charge = intent.latest_charge
        return str(
            self.standin.control(f"charges/{charge}/dispute", amount=cents, inquiry=inquiry)["id"]
        )


def subject(event: Object) -> Object:
    """What an event is about."""
    found: Object = event["data"]["object"]
    return found


def balance(customer: Customer) -> int:
    """In dollars; whatever the tests move is whole dollars."""
    dollars, rest = divmod(summary(customer.account).balance_micros, MICROS_PER_USD)
    assert rest == 0
    return dollars


def credits_of(intent_id: str) -> int:
    """How often the payment was credited."""
    return Transfer.objects.filter(kind=Transfer.Kind.TOPUP, reference=intent_id).count()


def customer_id(customer: Customer) -> str:
    """The customer at Stripe."""
    return BillingProfile.objects.get(account=customer.account).customer_id or ""
