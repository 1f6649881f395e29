"""What the webhook understands and refuses, and what makes it ask Stripe to come again.

The events are signed well; what must not match is bent at Stripe's side, where we ask.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from tests.conftest import Customer, NewCustomer
from tests.wallet.till import Till, balance, credits_of, customer_id, subject
from wallet.models import Alert, StripeEvent, Topup
from wallet.stripe import API_VERSION

COMPLETED = "checkout.session.completed"


@pytest.fixture
def poor(new_customer: NewCustomer) -> Customer:
    return new_customer("poor")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"amount": 100_000}, "amount is 100000"),
        ({"amount_received": 999}, "amount received is 999"),
        ({"currency": "jpy"}, "currency is jpy"),
        ({"livemode": True}, "live mode is True"),
        ({"customer": "cus_of_nobody"}, "customer is cus_of_nobody"),
        ({"customer": None}, "customer is "),
        ({"metadata": {}}, "no order of ours"),
        ({"metadata": {"topup": "no uuid"}}, "no order of ours"),
        ({"metadata": {"topup": str(uuid.uuid4())}}, "no order of ours"),
    ],
)
def test_what_is_not_as_ordered_moves_nothing(
    till: Till, poor: Customer, changes: dict[str, Any], reason: str
) -> None:
    _, intent_id = till.paid(poor)
    till.standin.control(f"objects/{intent_id}", **changes)
    assert_refused(till, intent_id, reason)
    assert balance(poor) == 0


def assert_refused(till: Till, intent_id: str, reason: str) -> None:
    """Whatever is told of the payment is understood, moves nothing, and is told to staff once."""
    for event in till.events("", intent_id) * 2:
        assert till.deliver(event).status_code == 200
    assert credits_of(intent_id) == 0
    assert reason in Alert.objects.get(reference=intent_id).text
    recorded = StripeEvent.objects.filter(intent_id=intent_id)
    assert recorded.count() > 1
    assert all(each.outcome.startswith("refused: ") for each in recorded)


def test_a_payment_does_not_pay_for_another_customers_order(
    till: Till, poor: Customer, new_customer: NewCustomer
) -> None:
    rich = new_customer("rich")
    wanted, (_, intent_id) = till.order(poor), till.paid(rich)
    till.standin.control(f"objects/{intent_id}", metadata={"topup": str(wanted.pk)})
    assert_refused(till, intent_id, f"customer is {customer_id(rich)}")
    assert (balance(poor), balance(rich)) == (0, 0)


def test_a_second_payment_does_not_pay_for_a_paid_order(till: Till, poor: Customer) -> None:
    order, first = till.paid(poor)
    till.deliver(till.event(COMPLETED, first))
    _, second = till.paid(poor)
    till.standin.control(f"objects/{second}", metadata={"topup": str(order.pk)})
    assert_refused(till, second, f"payment is {second}")
    assert balance(poor) == 10


def test_a_payment_does_not_pay_for_two_orders(till: Till, poor: Customer) -> None:
    _, intent_id = till.paid(poor)
    till.deliver(till.event(COMPLETED, intent_id))
    other = till.order(poor)
    till.standin.control(f"objects/{intent_id}", metadata={"topup": str(other.pk)})
    assert till.deliver(till.event("payment_intent.succeeded", intent_id)).status_code == 200
    other.refresh_from_db()
    assert (other.status, balance(poor)) == (Topup.Status.OPEN, 10)


def test_a_payment_that_stripe_does_not_know(till: Till, poor: Customer) -> None:
    intent_id = f"pi_{uuid.uuid4().hex}"
    about = {"id": intent_id, "object": "payment_intent"}
    for _ in range(2):
        event = till.standin.control("events", name="payment_intent.succeeded", subject=about)
        answer = till.deliver(event)
        assert (answer.status_code, answer.content[:8]) == (200, b"refused:")
    assert Alert.objects.filter(reference=intent_id).count() == 1


def test_what_an_event_says_itself_is_not_believed(till: Till, poor: Customer) -> None:
    """The session says paid, and a hundred times as much; Stripe, when asked, does not."""
    order = till.order(poor)
    intent_id = till.pay(order, "processing")
    event = till.event(COMPLETED, intent_id)
    subject(event).update(payment_status="paid", amount_total=100_000, status="complete")
    assert till.deliver(event).content == b"not paid: processing"
    assert balance(poor) == 0


def test_events_of_another_version_are_told_to_staff_once(till: Till, poor: Customer) -> None:
    version = f"2020-01-01.{uuid.uuid4().hex}"
    for event in till.events("", till.paid(poor)[1]):
        assert till.deliver({**event, "api_version": version}).status_code == 200
    alert = Alert.objects.get(kind="api version", reference=version)
    assert API_VERSION in alert.text
    assert balance(poor) == 10


@pytest.mark.parametrize("table", ["wallet_transfer", "wallet_book", "wallet_topup"])
def test_a_database_fault_during_the_credit_asks_for_redelivery(
    till: Till, poor: Customer, table: str
) -> None:
    _, intent_id = till.paid(poor)
    event = till.event(COMPLETED, intent_id)
    with broken(table):
        assert till.deliver(event).status_code == 500
    assert (balance(poor), credits_of(intent_id)) == (0, 0)
    assert not StripeEvent.objects.filter(pk=event["id"]).exists()
    assert till.deliver(event).content == b"credited"
    assert (balance(poor), credits_of(intent_id)) == (10, 1)


@contextmanager
def broken(table: str) -> Iterator[None]:
    """For this moment the database fails whenever the table is written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE 'the disk is full' USING ERRCODE = 'disk_full'; END $$"
        )
        try:
            cursor.execute(
                f"CREATE TRIGGER broken BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION fail()"
            )
            yield
        finally:
            cursor.execute(f"DROP TRIGGER IF EXISTS broken ON {table}")
            cursor.execute("DROP FUNCTION fail")


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("unavailable", "/v1/payment_intents"),
        ("rate_limit", "/v1/payment_intents"),
        ("error", "/v1/refunds"),
        ("lost", "/v1/disputes"),
    ],
)
def test_while_stripe_cannot_be_asked_the_event_waits(
    till: Till, poor: Customer, kind: str, path: str
) -> None:
    _, intent_id = till.paid(poor)
    event = till.event(COMPLETED, intent_id)
    # The library tries three times.
    till.standin.control("faults", kind=kind, path=path, times=3)
    assert till.deliver(event).status_code == 503
    assert balance(poor) == 0
    assert not StripeEvent.objects.filter(pk=event["id"]).exists()
    deliver_until_understood(till, event)
    assert (balance(poor), credits_of(intent_id)) == (10, 1)


def deliver_until_understood(till: Till, event: dict[str, Any]) -> None:
    """As Stripe does; faults that are still lined up are used up."""
    for _ in range(4):
        if till.deliver(event).status_code == 200:
            return
    raise AssertionError("never understood")
