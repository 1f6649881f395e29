"""Whatever happens at Stripe, in whatever order and however often we hear of it, the wallet agrees
with Stripe's own records.

Stripe's records are read from the stand-in, over HTTP, at the moment an event about the payment
reaches us for the first time: that is what the ledger must say from then on.
"""

import contextlib
import uuid
from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.conftest import Customer, NewCustomer
from tests.wallet.till import Till, customer_id, subject
from wallet import auto_topup, ledger, stripe, topups
from wallet.audit import drifts
from wallet.models import MICROS_PER_USD, Alert, BillingProfile, Book, Topup, Transfer, Unit
from wallet.settlement import MICROS_PER_CENT

PICKS = st.integers(0, 99)
TENS = st.sampled_from([10, 20, 50])
CENTS = st.sampled_from([100, 700, 1000])
OUTCOMES = st.sampled_from(["succeeded", "succeeded", "succeeded", "processing", "card_declined"])
T = TypeVar("T")


def one_of(things: Sequence[T], pick: int) -> T:
    return things[pick % len(things)]


class Payments(RuleBasedStateMachine):
    till: ClassVar[Till]
    new_customer: ClassVar[NewCustomer]

    @initialize()
    def begin(self) -> None:
        self.till.standin.control("forget")
        self.till.standin.control("settings", hold=True, follow_up_seconds=10_000)
        self.customer: Customer = self.new_customer("machine")
        self.account = self.customer.account
        self.orders: list[Topup] = []
        self.seen: set[str] = set()
        # What each payment brought, in cents, when we last heard of it.
        self.known: dict[str, int] = {}
        self.holds: dict[int, int] = {}
        self.spent_micros = 0
        # Something is there from the start, so that the few steps go further.
        self.top_up(20, "succeeded")
        self.tell_newest()
        self.reserve(15)

    def tell_newest(self) -> None:
        self.deliver_one(self.till.events()[-1])

    def records(self) -> dict[str, int]:
        """What each payment has brought by now, in cents, by Stripe's records."""
        intents = self.till.all("payment_intents")
        brought = {intent["id"]: int(intent["amount_received"]) for intent in intents}
        for refund in self.till.all("refunds"):
            if refund["status"] not in ("failed", "canceled"):
                brought[refund["payment_intent"]] -= refund["amount"]
        for dispute in self.till.all("disputes"):
            moved = sum(booked["amount"] for booked in dispute["balance_transactions"])
            brought[dispute["payment_intent"]] += moved
        return brought

    def paid(self) -> list[str]:
        intents = self.till.all("payment_intents")
        return [intent["id"] for intent in intents if intent["status"] == "succeeded"]

    def hear(self, intent_id: str) -> None:
        self.known[intent_id] = self.records()[intent_id]

    # What happens at Stripe.

    @rule(dollars=TENS, outcome=OUTCOMES)
    def top_up(self, dollars: int, outcome: str) -> None:
        order = self.till.order(self.customer, dollars)
        self.orders.append(order)
        self.till.pay(order, outcome)

    @precondition(lambda self: self.orders)
    @rule(pick=PICKS)
    def try_again(self, pick: int) -> None:
        """After a decline the page is still open."""
        order = one_of(self.orders, pick)
        sessions = {entry["id"]: entry for entry in self.till.all("checkout/sessions")}
        if sessions[order.session_id or ""]["status"] == "open":
            self.till.pay(order)

    @rule(pick=PICKS, fails=st.booleans())
    def arrive(self, pick: int, fails: bool) -> None:
        intents = self.till.all("payment_intents")
        if late := [entry["id"] for entry in intents if entry["status"] == "processing"]:
            failure = "payment_failed" if fails else None
            self.till.standin.control(
                f"payment_intents/{one_of(late, pick)}/arrive", failure=failure
            )

    @precondition(lambda self: self.orders)
    @rule(dollars=TENS, outcome=OUTCOMES)
    def top_up_automatically(self, dollars: int, outcome: str) -> None:
        orders = Topup.objects.filter(account=self.account, kind=Topup.Kind.AUTO)
        if orders.filter(status__in=Topup.UNSETTLED).exists():
            return
        attach: Any = self.till.standin.client().v1.payment_methods.attach
        card = attach("pm_card_visa", {"customer": customer_id(self.customer)}).id
        profiles = BillingProfile.objects.filter(account=self.account)
        profiles.update(card_id=card, auto_topup=True)
        self.till.standin.control("outcomes", charges=[outcome])
        order = orders.create(
            account=self.account,
            kind=Topup.Kind.AUTO,
            amount_micros=dollars * MICROS_PER_USD,
        )
        auto_topup.charge(order)
        order.refresh_from_db()
        assert order.intent_id
        self.hear(order.intent_id)
        assert profiles.get().auto_topup == (outcome != "card_declined")

    @rule(pick=PICKS, cents=CENTS, whole=st.booleans(), outcome=st.sampled_from(["", "pending"]))
    def refund(self, pick: int, cents: int, whole: bool, outcome: str) -> None:
        """Half of what happens here we are told of at once."""
        if not (paid := self.paid()):
            return
        if outcome:
            self.till.standin.control("outcomes", refunds=[outcome])
        intent_id = one_of(paid, pick)
        amount = self.records()[intent_id] if whole else cents
        # More than is left, or disputed: Stripe refuses, and nothing may move by it.
        with contextlib.suppress(stripe.StripeError):
            stripe.refund(intent_id, max(amount, 1), uuid.uuid4().hex)
            if pick % 2:
                self.tell_newest()

    @rule(pick=PICKS)
    def refund_fails(self, pick: int) -> None:
        refunds = self.till.all("refunds")
        if good := [entry["id"] for entry in refunds if entry["status"] != "failed"]:
            self.till.standin.control(f"refunds/{one_of(good, pick)}/fail")

    @rule(pick=PICKS, whole=st.booleans(), inquiry=st.booleans())
    def dispute(self, pick: int, whole: bool, inquiry: bool) -> None:
        intents = self.till.all("payment_intents")
        if paid := [entry for entry in intents if entry["status"] == "succeeded"]:
            charge = one_of(paid, pick)["latest_charge"]
            amount = None if whole else 500
            self.till.standin.control(f"charges/{charge}/dispute", amount=amount, inquiry=inquiry)
            if pick % 2:
                self.tell_newest()

    @rule(pick=PICKS, won=st.booleans())
    def decide(self, pick: int, won: bool) -> None:
        disputes = self.till.all("disputes")
        if open_ones := [entry for entry in disputes if "response" in entry["status"]]:
            self.till.standin.control(f"disputes/{one_of(open_ones, pick)['id']}/decide", won=won)

    # What reaches us.

    @rule(picks=st.lists(PICKS, min_size=1, max_size=5))
    def deliver(self, picks: list[int]) -> None:
        events = self.till.events()
        for pick in picks:
            if events:
                self.deliver_one(one_of(events, pick))

    def deliver_one(self, event: dict[str, Any]) -> None:
        answer = self.till.deliver(event)
        assert answer.status_code == 200
        about = subject(event)
        is_intent = about["object"] == "payment_intent"
        intent_id = about["id"] if is_intent else about.get("payment_intent")
        is_first = event["id"] not in self.seen
        assert (answer.content == b"seen before") != is_first or "checkout" in event["type"]
        self.seen.add(event["id"])
        if intent_id and is_first:
            self.hear(intent_id)

    @precondition(lambda self: self.orders)
    @rule(pick=PICKS)
    def come_back(self, pick: int) -> None:
        """The customer loads the return page."""
        order = topups.refresh(Topup.objects.get(pk=one_of(self.orders, pick).pk))
        if order.session_id and (intent_id := stripe.checkout(order.session_id).intent_id):
            self.hear(intent_id)

    # What the customer does with it.

    @rule(dollars=st.integers(1, 15))
    def reserve(self, dollars: int) -> None:
        price = dollars * MICROS_PER_USD
        book = self.book()
        if book.available < price:
            with pytest.raises(ledger.InsufficientBalance):
                ledger.reserve(self.account.pk, price, uuid.uuid4().hex)
            return
        self.holds[ledger.reserve(self.account.pk, price, uuid.uuid4().hex).hold_id] = price

    @precondition(lambda self: self.holds)
    @rule(pick=PICKS, posts=st.booleans())
    def resolve(self, pick: int, posts: bool) -> None:
        hold_id = one_of([*self.holds], pick)
        (ledger.post if posts else ledger.void)(hold_id)
        price = self.holds.pop(hold_id)
        self.spent_micros += price if posts else 0

    # What must hold all the time.

    def book(self) -> Book:
        return Book.objects.get(account=self.account, unit=Unit.USD)

    @invariant()
    def agrees(self) -> None:
        book = self.book()
        brought_micros = sum(self.known.values()) * MICROS_PER_CENT
        assert book.balance == brought_micros - self.spent_micros
        assert book.held == sum(self.holds.values())
        # Debt is allowed to exactly its depth, so that none can be made by spending.
        assert book.debt_limit == max(0, book.held - book.balance)
        credited = Transfer.objects.filter(credit=book, kind=Transfer.Kind.TOPUP)
        references = [transfer.reference for transfer in credited]
        assert len(references) == len(set(references))
        assert set(references) <= set(self.paid())
        assert drifts() == []

    def teardown(self) -> None:
        """All is told, newest first and some twice; then nothing is left open."""
        if not hasattr(self, "holds"):
            return
        events = self.till.events()
        for event in [*events[::-1], *events[:3]]:
            self.deliver_one(event)
        assert self.known == self.records()
        self.agrees()
        assert Transfer.objects.filter(
            kind=Transfer.Kind.TOPUP, reference__in=self.paid()
        ).count() == len(self.paid())
        assert not Alert.objects.filter(kind="payment", reference__in=self.records()).exists()


def test_the_wallet_agrees_with_stripe(till: Till, new_customer: NewCustomer) -> None:
    Payments.till, Payments.new_customer = till, staticmethod(new_customer)
    run_state_machine_as_test(
        Payments,
        settings=settings(
            max_examples=15,
            stateful_step_count=16,
            # A shorter example of a fault is not worth the minutes of looking for it over HTTP.
            phases=[Phase.generate],
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
