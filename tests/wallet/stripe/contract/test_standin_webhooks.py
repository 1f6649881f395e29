"""Webhooks: signed, repeated until they arrive, held, mixed up and doubled; and sudden death."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest
import stripe

from tests.conftest import wait_until
from tests.wallet.stripe.contract.sessions import order
from tests.wallet.stripe.standin import API_KEY, CHECKOUT, SECRET, Receiver, Standin
from wallet.stripe_standin.__main__ import API_VERSION
from wallet.stripe_standin.api import authenticate
from wallet.stripe_standin.errors import ApiError
from wallet.stripe_standin.state import Config, State
from wallet.stripe_standin.webhooks import signature

COMPLETED = "checkout.session.completed"


def paid_session(standin: Standin) -> str:
    """The id of a session that was just paid."""
    session = standin.client().v1.checkout.sessions.create(order())
    assert standin.press(session.url, "pay").status_code == 303
    return session.id


def events_of(standin: Standin) -> list[stripe.Event]:
    """All events, oldest first."""
    return standin.client().v1.events.list({"limit": 100}).data[::-1]


def test_events_are_of_the_version_that_the_library_reads(
    standin: Standin, receiver: Receiver
) -> None:
    assert stripe.api_version == API_VERSION
    session = paid_session(standin)
    wait_until(lambda: receiver.names(session) == [COMPLETED])
    event = receiver.received[-1].event
    assert (event.api_version, event.livemode, event.object) == (API_VERSION, False, "event")
    assert event.id.startswith("evt_")
    (endpoint,) = standin.client().v1.webhook_endpoints.list().data
    assert (endpoint.api_version, endpoint.status) == (API_VERSION, "enabled")
    assert endpoint.url == receiver.url
    assert standin.client().v1.webhook_endpoints.retrieve(endpoint.id).id == endpoint.id


def test_the_api_tells_the_same_as_the_webhook(standin: Standin, receiver: Receiver) -> None:
    session = paid_session(standin)
    wait_until(lambda: receiver.names(session) == [COMPLETED])
    told = receiver.latest(COMPLETED)
    wait_until(lambda: standin.client().v1.events.retrieve(told.id).pending_webhooks == 0)
    asked = standin.client().v1.events.retrieve(told.id)
    assert asked.data.object["id"] == told.data.object["id"] == session
    listed = standin.client().v1.events.list({"type": COMPLETED})
    assert [event.id for event in listed.data] == [told.id]


def test_an_event_names_the_call_that_caused_it(standin: Standin) -> None:
    standin.client().v1.customers.create(
        {"email": "alice@example.com"}, {"idempotency_key": "customer-1"}
    )
    (event,) = events_of(standin)
    assert event.type == "customer.created"
    assert event.request is not None
    assert event.request.idempotency_key == "customer-1"


def test_a_webhook_that_fails_is_told_again(standin: Standin, receiver: Receiver) -> None:
    receiver.failures = 2
    standin.control("settings", retry_base_seconds=0.2)
    customer = standin.client().v1.customers.create({"email": "alice@example.com"})
    wait_until(lambda: receiver.names(customer.id) == ["customer.created"] * 3)
    wait_until(lambda: standin.deliveries()[0]["status"] == "delivered")
    (delivery,) = standin.deliveries()
    assert [attempt["status"] for attempt in delivery["attempts"]] == [500, 500, 200]
    assert len({entry.event.id for entry in receiver.received}) == 1
    first, second, third = (attempt["at"] for attempt in delivery["attempts"])
    assert second - first > 0.2
    assert third - second > 0.4


def test_what_is_held_comes_in_any_order(standin: Standin, receiver: Receiver) -> None:
    def released(**asked: object) -> list[str]:
        standin.control("forget")
        receiver.reset()
        standin.control("settings", webhook_url=receiver.url, hold=True)
        paid_session(standin)
        kept = [event.id for event in events_of(standin)]
        assert receiver.received == []
        if "order" in asked and isinstance(asked["order"], list):
            asked["order"] = [kept[position] for position in asked["order"]]
        standin.control("release", **asked)
        return [str(kept.index(entry.event.id)) for entry in receiver.received]

    straight = released()
    assert straight == [str(number) for number in range(len(straight))]
    assert len(straight) >= 4
    assert released(order="reversed") == straight[::-1]
    shuffled = released(order="shuffled", seed=7)
    assert shuffled != straight
    assert sorted(shuffled) == straight
    assert released(order="shuffled", seed=7) == shuffled
    assert released(order=[3, 1]) == ["3", "1"]


def test_letting_go_sends_the_rest(standin: Standin, receiver: Receiver) -> None:
    standin.control("settings", hold=True)
    session = paid_session(standin)
    assert receiver.received == []
    standin.control("settings", hold=False)
    wait_until(lambda: receiver.names(session) == [COMPLETED])


def test_a_webhook_hears_of_what_it_asked_for(standin: Standin, receiver: Receiver) -> None:
    standin.control("settings", enabled_events=[COMPLETED])
    session = paid_session(standin)
    wait_until(lambda: receiver.names(session) == [COMPLETED])
    assert len(standin.deliveries()) == 1
    assert len(events_of(standin)) > 1


def test_an_event_can_come_fifty_times(standin: Standin, receiver: Receiver) -> None:
    session = paid_session(standin)
    wait_until(lambda: receiver.names(session) == [COMPLETED])
    (event,) = (event for event in events_of(standin) if event.type == COMPLETED)
    sent = standin.control(f"events/{event.id}/resend", times=50, at_once=10)
    assert [attempt["status"] for attempt in sent] == [200] * 50
    assert receiver.names(session) == [COMPLETED] * 51


def test_an_event_can_be_made_up(standin: Standin, receiver: Receiver) -> None:
    subject = {"id": "pi_nowhere", "object": "payment_intent", "amount_received": 1}
    standin.control("events", name="payment_intent.succeeded", subject=subject, livemode=True)
    wait_until(lambda: receiver.names("pi_nowhere") == ["payment_intent.succeeded"])
    assert receiver.received[-1].event.livemode


def test_secrets_are_rotated_without_a_gap(standin: Standin, receiver: Receiver) -> None:
    client = standin.client()
    standin.control("settings", secrets=["whsec_new", SECRET])
    both = client.v1.customers.create({"email": "both@example.com"})
    wait_until(lambda: receiver.names(both.id))
    assert receiver.received[-1].signature.count("v1=") == 2
    receiver.secrets = ["whsec_new"]
    other = client.v1.customers.create({"email": "other@example.com"})
    wait_until(lambda: receiver.names(other.id))
    standin.control("settings", secrets=[SECRET])
    late = client.v1.customers.create({"email": "late@example.com"})
    wait_until(lambda: _answers(standin, late.id))
    assert 400 in _answers(standin, late.id)
    assert receiver.names(late.id) == []


def _answers(standin: Standin, customer: str) -> list[int]:
    """The statuses that the webhook gave to the event about a customer."""
    events = [event.id for event in events_of(standin) if event.data.object["id"] == customer]
    return [
        attempt["status"]
        for delivery in standin.deliveries()
        if delivery["event"] in events
        for attempt in delivery["attempts"]
    ]


def test_a_signature_holds_for_its_payload_only() -> None:
    payload = b'{"object": "event", "id": "evt_1"}'
    header = signature(payload, [SECRET], 1_700_000_000)
    verify = stripe.WebhookSignature.verify_header
    assert verify(payload, header, SECRET)
    for wrong in ((payload + b" ", SECRET), (payload, "whsec_other")):
        with pytest.raises(stripe.SignatureVerificationError):
            verify(wrong[0], header, wrong[1])
    with pytest.raises(stripe.SignatureVerificationError, match="tolerance"):
        verify(payload, header, SECRET, tolerance=300)


def test_sudden_death_forgets_nothing(mortal: Standin, receiver_of_its_own: Receiver) -> None:
    client = mortal.client()
    mortal.control("settings", retry_base_seconds=0.05, hold=True)
    key: stripe.RequestOptions = {"idempotency_key": "order-7"}
    session = client.v1.checkout.sessions.create(order(), key)
    mortal.press(session.url, "pay")
    mortal.kill()
    mortal.start()
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"
    assert client.v1.checkout.sessions.create(order(), key).id == session.id
    assert receiver_of_its_own.received == []
    mortal.control("settings", hold=False)
    wait_until(lambda: receiver_of_its_own.names(session.id) == [COMPLETED])


def test_deliveries_go_on_after_a_restart(mortal: Standin, receiver_of_its_own: Receiver) -> None:
    receiver_of_its_own.failures = 1
    mortal.control("settings", retry_base_seconds=1)
    customer = mortal.client().v1.customers.create({"email": "alice@example.com"})
    wait_until(lambda: receiver_of_its_own.names(customer.id))
    assert mortal.stop() == 0
    mortal.start()
    wait_until(lambda: receiver_of_its_own.names(customer.id) == ["customer.created"] * 2)


def test_a_delivery_cut_short_is_made_again(mortal: Standin, receiver_of_its_own: Receiver) -> None:
    receiver_of_its_own.thinks_seconds = 2
    customer = mortal.client().v1.customers.create({"email": "alice@example.com"})
    wait_until(lambda: receiver_of_its_own.names(customer.id))
    mortal.kill()
    receiver_of_its_own.thinks_seconds = 0
    mortal.start()
    wait_until(lambda: receiver_of_its_own.names(customer.id) == ["customer.created"] * 2)


def test_a_real_key_is_never_let_in(tmp_path: Path) -> None:
    state = State(tmp_path, Config("", None, API_VERSION, "SharkAPI", takes_fees=False))
    authenticate(state, {"authorization": "Bearer sk_test_any"})
    with pytest.raises(ApiError, match="Invalid API Key"):
        authenticate(state, {"authorization": "Bearer sk_live_any"})


def test_only_the_key_steers(standin: Standin) -> None:
    for path in ("/_control/deliveries", "/v1/customers"):
        assert standin.http.get(path).status_code == 401
        assert standin.http.get(path, auth=("sk_test_wrong", "")).status_code == 401
        assert standin.http.get(path, auth=(API_KEY, "")).status_code == 200
        bearer = {"Authorization": f"Bearer {API_KEY}"}
        assert standin.http.get(path, headers=bearer).status_code == 200
    answer = standin.http.post("/_control/clock", json={"colour": 1}, auth=(API_KEY, ""))
    assert answer.status_code == 400


def test_it_is_only_for_this_machine(standin: Standin) -> None:
    answer = standin.http.get("/healthz", headers={"Host": "shop.example.com"})
    assert answer.status_code == 421


def test_it_knows_nothing_of_the_project() -> None:
    program = "import sys, wallet.stripe_standin.server; print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", program], cwd=CHECKOUT, capture_output=True, text=True, check=True
    ).stdout.split()
    ours = {name for name in modules if name.startswith("wallet")}
    assert all(name == "wallet" or name.startswith("wallet.stripe_standin") for name in ours)
    assert not {"django", "stripe", "httpx"} & set(modules)


def test_a_taken_port_is_said_and_not_shared(standin: Standin, tmp_path: Path) -> None:
    command = Standin(standin.port, tmp_path, "http://127.0.0.1:1/").command
    ended = subprocess.run(command, cwd=CHECKOUT, capture_output=True, timeout=20, check=False)
    assert ended.returncode != 0
    assert b"in use" in ended.stderr


def test_ctrl_c_ends_it(mortal: Standin) -> None:
    mortal.http.get("/healthz")
    mortal.process.send_signal(signal.SIGINT)
    assert mortal.process.wait(timeout=10) == 0
