"""A top-up whose process is killed between any two of its steps: what was paid is credited once.

Each step is held up from outside, by the stand-in or by a lock in the database, so that the
process is known to be there when SIGKILL comes. Stripe then sends its event again.
"""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.db import connection, transaction

from tests.at_once import waiting
from tests.conftest import CHECKOUT, Customer, NewCustomer, wait_until
from tests.wallet.stripe.standin import SECRET
from tests.wallet.till import Object, Till, balance, credits_of, customer_id
from wallet.models import BillingProfile, StripeEvent, Topup
from wallet.stripe_standin.webhooks import signature

COMPLETED = "checkout.session.completed"
HELD_UP_SECONDS = 20
Environment = dict[str, str]
Mortal = subprocess.Popen[bytes]


@pytest.fixture
def buyer(new_customer: NewCustomer) -> Customer:
    return new_customer("buyer")


def mortal(environment: Environment, *arguments: object, body: bytes = b"") -> Mortal:
    command = [sys.executable, "-m", "tests.wallet.mortal", *map(str, arguments)]
    process = subprocess.Popen(
        command,
        cwd=CHECKOUT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin
    process.stdin.write(body)
    process.stdin.close()
    return process


def kill(process: Mortal) -> None:
    assert process.poll() is None, "it was not held up"
    process.kill()
    assert process.wait(timeout=10) == -signal.SIGKILL


def at_stripe(till: Till, *kinds: str, path: str) -> None:
    for kind in kinds:
        till.standin.control("faults", kind=kind, path=path, seconds=HELD_UP_SECONDS)


def is_there(till: Till) -> bool:
    return not till.standin.control("faults", kind="slow", times=0)["faults"]


# Before Stripe made anything; and after, where the answer never came and the library asks again.
@pytest.mark.parametrize("kinds", [["timeout"], ["lost", "timeout"]])
@pytest.mark.parametrize("path", ["/v1/customers", "/v1/checkout/sessions"])
def test_killed_while_ordering(
    till: Till, buyer: Customer, paying_environment: Environment, kinds: list[str], path: str
) -> None:
    at_stripe(till, *kinds, path=path)
    process = mortal(paying_environment, "start", buyer.account.pk, buyer.user.pk, 10)
    wait_until(lambda: is_there(till))
    kill(process)
    abandoned = Topup.objects.get(account=buyer.account)
    assert (abandoned.status, abandoned.session_id) == (Topup.Status.CREATED, None)
    sessions = till.all("checkout/sessions")
    assert len(sessions) == (path == "/v1/checkout/sessions" and "lost" in kinds)
    expected = 0
    for session in sessions:
        # Nobody was sent there; should it be paid nevertheless, it counts.
        till.standin.control(f"checkout/{session['id']}/pay")
        expected += 10
    # The customer tries again, and is the same customer to Stripe.
    till.paid(buyer, 20)
    events = till.events(COMPLETED)
    assert [till.deliver(event).content for event in events] == [b"credited"] * len(events)
    assert [till.deliver(event).content for event in events] == [b"seen before"] * len(events)
    assert balance(buyer) == expected + 20
    assert [each["id"] for each in till.all("customers")] == [customer_id(buyer)]


def test_killed_before_the_page_is_noted(
    till: Till, buyer: Customer, paying_environment: Environment
) -> None:
    """Stripe has a page and we were told, but the order does not know of it."""
    profile = BillingProfile.of(buyer.account)
    with transaction.atomic():
        # What Stripe answered about the customer cannot be written down.
        BillingProfile.objects.select_for_update().get(pk=profile.pk)
        process = mortal(paying_environment, "start", buyer.account.pk, buyer.user.pk, 10)
        wait_until(waiting)
        kill(process)
    till.paid(buyer)
    assert till.deliver(till.event(COMPLETED)).content == b"credited"
    assert len(till.all("customers")) == 1
    assert balance(buyer) == 10


@contextmanager
def locked(statement: str, *values: str | int) -> Iterator[None]:
    """Something in the database is ours for now."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
        yield


@contextmanager
def commit_waits() -> Iterator[None]:
    """Whoever has moved money waits at the very end of its transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION wait_here() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NULL; END $$"
        )
        cursor.execute(
            "CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON wallet_transfer"
            " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait_here()"
        )
        try:
            with locked("SELECT pg_advisory_xact_lock(4711)"):
                yield
        finally:
            # The server notices only now that nobody is there any more.
            wait_until(lambda: not waiting())
            cursor.execute("DROP TRIGGER at_commit ON wallet_transfer")
            cursor.execute("DROP FUNCTION wait_here")


def hear(environment: Environment, event: Object) -> Mortal:
    body = json.dumps(event).encode()
    header = signature(body, [SECRET], int(time.time()))
    return mortal(environment, "hear", header, body=body)


def assert_credited_by_redelivery(till: Till, buyer: Customer, event: Object) -> None:
    intent_id = event["data"]["object"]["payment_intent"]
    assert (balance(buyer), credits_of(intent_id)) == (0, 0)
    assert not StripeEvent.objects.filter(pk=event["id"]).exists()
    assert till.deliver(event).content == b"credited"
    assert till.deliver(event).content == b"seen before"
    assert (balance(buyer), credits_of(intent_id)) == (10, 1)
    assert Topup.objects.get(intent_id=intent_id).status == Topup.Status.PAID


@pytest.mark.parametrize("path", ["/v1/payment_intents", "/v1/refunds", "/v1/disputes"])
def test_killed_while_asking_stripe(
    till: Till, buyer: Customer, paying_environment: Environment, path: str
) -> None:
    till.paid(buyer)
    event = till.event(COMPLETED)
    at_stripe(till, "timeout", path=path)
    process = hear(paying_environment, event)
    wait_until(lambda: is_there(till))
    kill(process)
    assert_credited_by_redelivery(till, buyer, event)


Lock = Callable[[Topup], AbstractContextManager[None]]
LOCKS: dict[str, Lock] = {
    "the event": lambda order: locked("LOCK TABLE wallet_stripeevent IN EXCLUSIVE MODE"),
    "the order": lambda order: locked(
        "SELECT FROM wallet_topup WHERE id = %s FOR UPDATE", str(order.pk)
    ),
    "the transfer": lambda order: locked("LOCK TABLE wallet_transfer IN EXCLUSIVE MODE"),
    "the wallet": lambda order: locked(
        "SELECT FROM wallet_book WHERE account_id = %s FOR UPDATE", order.account.pk
    ),
}


@pytest.mark.parametrize("step", LOCKS)
def test_killed_before_it_writes(
    till: Till, buyer: Customer, paying_environment: Environment, step: str
) -> None:
    order, _ = till.paid(buyer)
    event = till.event(COMPLETED)
    with LOCKS[step](order):
        process = hear(paying_environment, event)
        wait_until(waiting)
        kill(process)
    wait_until(lambda: not waiting())
    assert_credited_by_redelivery(till, buyer, event)


def test_killed_before_it_answers(
    till: Till, buyer: Customer, paying_environment: Environment
) -> None:
    _, intent_id = till.paid(buyer)
    event = till.event(COMPLETED)
    assert hear(paying_environment, event).wait(timeout=30) == -signal.SIGKILL
    assert (balance(buyer), credits_of(intent_id)) == (10, 1)
    assert till.deliver(event).content == b"seen before"
    assert (balance(buyer), credits_of(intent_id)) == (10, 1)


@pytest.mark.parametrize("is_done", [True, False])
def test_killed_at_the_commit(
    till: Till, buyer: Customer, paying_environment: Environment, is_done: bool
) -> None:
    """Nobody was left to hear whether it was done; the database knows."""
    till.paid(buyer)
    event = till.event(COMPLETED)
    with commit_waits():
        process = hear(paying_environment, event)
        wait_until(waiting)
        kill(process)
        if not is_done:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_locks"
                    " WHERE NOT granted AND locktype = 'advisory' AND objid = 4711"
                )
    if not is_done:
        assert_credited_by_redelivery(till, buyer, event)
        return
    wait_until(lambda: balance(buyer))
    assert till.deliver(event).content == b"seen before"
    assert (balance(buyer), Topup.objects.get(account=buyer.account).status) == (10, "paid")
