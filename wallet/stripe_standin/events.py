"""Events: what happened, as a snapshot, put on the way to the webhook.

Owns the event object and its place in the queue; the sending is in `webhooks`. An event and what
it tells of are one transaction, so there is never the one without the other.
"""

import time
from typing import Any

from wallet.stripe_standin.call import Call, page, plain
from wallet.stripe_standin.params import text
from wallet.stripe_standin.state import Object, State, public


def emit(
    state: State,
    name: str,
    subject: Object,
    previous: Object | None = None,
    livemode: bool = False,
) -> Object:
    """Records that `name` happened to `subject`; `previous` holds the values it had before."""
    data: dict[str, Any] = {"object": public(subject)}
    if previous is not None:
        data["previous_attributes"] = previous
    enabled = state.setting("enabled_events", ["*"])
    wanted = name in enabled or "*" in enabled
    event = state.create(
        "event",
        {
            "api_version": state.config.api_version,
            "data": data,
            "livemode": livemode,
            "pending_webhooks": int(wanted),
            "request": {
                "id": state.cause.id,
                "idempotency_key": state.cause.idempotency_key,
            },
            "type": name,
        },
    )
    if wanted:
        queue(state, event["id"])
    return event


def queue(state: State, event_id: str) -> int:
    """Puts a delivery of the event into the queue, or aside while deliveries are held."""
    status = "held" if state.setting("hold", False) else "pending"
    rows = state.execute(
        "INSERT INTO deliveries (event, status, due) VALUES (?, ?, ?) RETURNING id",
        event_id,
        status,
        time.time(),
    )
    return int(rows[0][0])


def retrieve(call: Call) -> Object:
    """GET /v1/events/:id"""
    plain(call)
    return call.state.get("event", call.id)


def index(call: Call) -> Object:
    """GET /v1/events"""
    return page(call, "event", {"type": text})
