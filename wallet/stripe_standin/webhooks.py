"""Sends events to the project's webhook, signed, again and again until it answers 2xx.

Owns deliveries and attempts, and the endpoint as the API shows it. An attempt is recorded after
the answer came, so a process killed in between sends once more: at least once, in no order, just
as Stripe says of itself (https://docs.stripe.com/webhooks).
"""

import hashlib
import hmac
import json
import threading
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from wallet.stripe_standin.call import Call, listed, plain
from wallet.stripe_standin.errors import ApiError, missing
from wallet.stripe_standin.state import Object, State

ENDPOINT_ID = "we_standin"
ATTEMPT_TIMEOUT_SECONDS = 10
AT_ONCE_MAX = 8
# Stripe goes on for three days; doubling from a second, twenty attempts are longer than that.
ATTEMPTS_MAX = 20
RETRY_BASE_SECONDS = 1.0
CLAIM = """
UPDATE deliveries SET status = 'sending' WHERE id IN (
    SELECT id FROM deliveries WHERE status = 'pending' AND due <= ? ORDER BY id
    LIMIT max(0, ? - (SELECT count(*) FROM deliveries WHERE status = 'sending')))
RETURNING id
"""


def signature(payload: bytes, secrets: list[str], moment: int) -> str:
    """The Stripe-Signature header: one v1 for each secret, so that secrets can be rotated.

    https://docs.stripe.com/webhooks#verify-manually
    """
    signed = str(moment).encode() + b"." + payload
    marks = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={moment}", *(f"v1={mark}" for mark in marks)])


def attempt(state: State, delivery: int) -> Object:
    """Sends one delivery once; gives the attempt as recorded. No lock is held on the way."""
    with state.transaction():
        rows = state.execute("SELECT event FROM deliveries WHERE id = ?", delivery)
        if not rows:
            raise missing("delivery", str(delivery))
        (event,) = rows[0]
        body = state.get("event", event)
        url, secrets = state.setting("webhook_url"), state.setting("secrets")
    at = time.time()
    status, error = _post(url, json.dumps(body, indent=2).encode(), secrets)
    with state.transaction():
        state.execute(
            "INSERT INTO attempts (delivery, at, status, error) VALUES (?, ?, ?, ?)",
            *(delivery, at, status, error),
        )
        _settle(state, delivery, body, status)
    return {"delivery": delivery, "event": event, "at": at, "status": status, "error": error}


def _post(url: str, payload: bytes, secrets: list[str]) -> tuple[int | None, str | None]:
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.netloc, timeout=ATTEMPT_TIMEOUT_SECONDS)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": signature(payload, secrets, int(time.time())),
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    }
    try:
        connection.request("POST", path, payload, headers)
        return connection.getresponse().status, None
    except (OSError, HTTPException, ValueError) as problem:
        return None, repr(problem)
    finally:
        connection.close()


def _settle(state: State, delivery: int, event: Object, status: int | None) -> None:
    if status is not None and 200 <= status < 300:
        state.execute("UPDATE deliveries SET status = 'delivered' WHERE id = ?", delivery)
        state.save({**event, "pending_webhooks": 0})
        return
    tries = state.execute("SELECT count(*) FROM attempts WHERE delivery = ?", delivery)[0][0]
    wait = state.setting("retry_base_seconds", RETRY_BASE_SECONDS) * 2 ** (tries - 1)
    state.execute(
        "UPDATE deliveries SET status = ?, due = ? WHERE id = ?",
        "pending" if tries < ATTEMPTS_MAX else "given_up",
        time.time() + wait,
        delivery,
    )


def recover(state: State) -> None:
    """Takes up what the last process had under way when it ended."""
    with state.transaction():
        state.execute("UPDATE deliveries SET status = 'pending' WHERE status = 'sending'")


def send_due(state: State) -> None:
    """Starts a thread for every delivery that is due, as many as may be under way."""
    with state.transaction():
        rows = state.execute(CLAIM, time.time(), AT_ONCE_MAX)
    for (delivery,) in sorted(rows):
        # A daemon: one that is cut short by the end of the process is repeated by the next.
        threading.Thread(target=_attempt_unless_gone, args=(state, delivery), daemon=True).start()


def _attempt_unless_gone(state: State, delivery: int) -> None:
    with suppress(ApiError):
        attempt(state, delivery)


def endpoint(state: State) -> Object:
    """The one endpoint there is."""
    return {
        "id": ENDPOINT_ID,
        "object": "webhook_endpoint",
        "api_version": state.config.api_version,
        "application": None,
        "created": state.now(),
        "description": None,
        "enabled_events": state.setting("enabled_events", ["*"]),
        "livemode": False,
        "metadata": {},
        "status": "enabled",
        "url": state.setting("webhook_url"),
    }


def retrieve(call: Call) -> Object:
    """GET /v1/webhook_endpoints/:id"""
    plain(call)
    if call.id != ENDPOINT_ID:
        raise missing("webhook endpoint", call.id, "webhook_endpoint")
    return endpoint(call.state)


def index(call: Call) -> Object:
    """GET /v1/webhook_endpoints"""
    return listed(call.path, [endpoint(call.state)])
