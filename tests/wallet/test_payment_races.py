"""One payment heard of many times at once, and answers of Stripe's that overtake each other: one
credit, one receipt, and the last word is Stripe's.
"""

import email
import email.policy
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import httpx
import pytest

from tests.at_once import apart, at_once
from tests.conftest import Customer, NewCustomer, served, wait_until
from tests.visitor import Visitor
from tests.wallet.stripe.standin import SECRET
from tests.wallet.till import Object, Till, balance, credits_of
from wallet import stripe, topups
from wallet.models import StripeEvent, Topup
from wallet.settlement import settle
from wallet.stripe_standin.webhooks import signature

COMPLETED = "checkout.session.completed"
DELIVERIES, SENDERS = 50, 10
RETURNS, LOADERS = 20, 4


@pytest.fixture(scope="module")
def paying_site(paying_environment: dict[str, str]) -> Iterator[str]:
    """A site of its own, since it alone may know the stand-in."""
    with served(paying_environment) as address:
        yield address


@pytest.fixture
def buyer(new_customer: NewCustomer) -> Customer:
    return new_customer("buyer")


def test_one_credit_for_fifty_deliveries_and_twenty_loads_of_the_return_page(
    till: Till, buyer: Customer, paying_site: str, mailed: Path
) -> None:
    order, intent_id = till.paid(buyer, 20)
    event = till.event(COMPLETED, intent_id)
    body = json.dumps(event).encode()
    headers = {"Stripe-Signature": signature(body, [SECRET], int(time.time()))}
    with httpx.Client(base_url=paying_site, timeout=60) as stripes, Visitor(paying_site) as her:
        her.sign_in(buyer.user.email)

        def deliver() -> list[int]:
            answers = [
                stripes.post("/stripe/webhook", content=body, headers=headers)
                for _ in range(DELIVERIES // SENDERS)
            ]
            return [answer.status_code for answer in answers]

        def come_back() -> list[int]:
            page = f"/wallet/topups/{order.pk}"
            return [her.get(page).status_code for _ in range(RETURNS // LOADERS)]

        calls: list[Callable[[], list[int]]] = [come_back] * LOADERS + [deliver] * SENDERS
        answers = at_once(calls)
    assert answers == [[302] * 5] * LOADERS + [[200] * 5] * SENDERS
    assert (balance(buyer), credits_of(intent_id)) == (20, 1)
    assert StripeEvent.objects.filter(pk=event["id"]).count() == 1
    order.refresh_from_db()
    assert order.status == Topup.Status.PAID
    assert len(receipts(mailed, buyer)) == 1


def receipts(mailed: Path, customer: Customer) -> list[str]:
    """The subjects of the mails to the customer."""
    mails = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in mailed.glob("*.eml")
    ]
    return [str(mail["Subject"]) for mail in mails if customer.user.email in str(mail["To"])]


def test_different_events_of_one_payment_at_once(till: Till, buyer: Customer) -> None:
    """The completion, the refund, the dispute: in whatever order their transactions come."""
    _, intent_id = till.paid(buyer, 50)
    till.refund(intent_id, 1000)
    till.refund(intent_id, 500)
    till.dispute(intent_id, 2000)
    events = till.events("", intent_id)

    def status_of(event: Object) -> int:
        return int(till.deliver(event).status_code)

    assert set(at_once([partial(status_of, event) for event in events])) == {200}
    assert (balance(buyer), credits_of(intent_id)) == (15, 1)


def test_two_payments_of_one_customer_at_once(till: Till, buyer: Customer) -> None:
    paid = [till.paid(buyer, dollars) for dollars in (10, 20, 50)]
    loads = [partial(topups.refresh, order) for order, _ in paid]
    assert [type(result) for result in at_once(loads * 3)] == [Topup] * 9
    assert balance(buyer) == 80


def test_an_answer_that_was_overtaken_does_not_take_a_refund_again(
    till: Till, buyer: Customer
) -> None:
    """Somebody asks Stripe, is slow, and applies what was true before the refund failed."""
    _, intent_id = till.paid(buyer, 20)
    settle(intent_id)
    refund_id = till.refund(intent_id, 700)
    with ThreadPoolExecutor(1) as threads:
        # The list of refunds is read; that of disputes, asked for after it, takes a while.
        till.standin.control("faults", kind="slow", path="/v1/disputes", seconds=1.5)
        slow = apart(threads, settle, intent_id)
        wait_until(lambda: faults(till) == [])
        till.standin.control(f"refunds/{refund_id}/fail")
        assert till.deliver(till.event("refund.failed", intent_id)).status_code == 200
        assert not slow.done()
        assert slow.result() == "nothing to do"
    assert balance(buyer) == 20
    assert till.deliver(till.event("refund.created", intent_id)).status_code == 200
    assert balance(buyer) == 20


def faults(till: Till) -> list[object]:
    """What is still lined up to go wrong."""
    lined_up: list[object] = till.standin.control("faults", kind="slow", times=0)["faults"]
    return lined_up


def test_an_answer_that_was_overtaken_does_not_unpay(till: Till, buyer: Customer) -> None:
    order = till.order(buyer)
    intent_id = till.pay(order, "processing")
    with ThreadPoolExecutor(1) as threads:
        till.standin.control("faults", kind="slow", path="/v1/disputes", seconds=1.5)
        slow = apart(threads, settle, intent_id)
        wait_until(lambda: faults(till) == [])
        till.standin.control(f"payment_intents/{intent_id}/arrive")
        assert till.deliver(till.event("payment_intent.succeeded", intent_id)).content == (
            b"credited"
        )
        assert slow.result() == "nothing to do"
    order.refresh_from_db()
    assert (order.status, balance(buyer)) == (Topup.Status.PAID, 10)
    assert stripe.checkout(order.session_id or "").intent_id == intent_id
