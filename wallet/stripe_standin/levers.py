"""What the operator can do to the stand-in, each as a function; `control` says how to call them.

Owns the checks of what is asked and one transaction for each, but for sending, which takes none
along on the way.
"""

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from wallet.stripe_standin import attempts, cards, disputes, events, faults, hosted, refunds
from wallet.stripe_standin.errors import ApiError, missing
from wallet.stripe_standin.state import Object, State
from wallet.stripe_standin.webhooks import attempt

SETTINGS = (
    "webhook_url",
    "secrets",
    "enabled_events",
    "hold",
    "retry_base_seconds",
    "follow_up_seconds",
)
TRIES = "SELECT delivery, at, status, error FROM attempts ORDER BY id"
REFUND_OUTCOMES = ("succeeded", "pending", "failed")


def deliveries(state: State) -> list[Object]:
    """Every delivery with its attempts, oldest first."""
    with state.transaction():
        rows = state.execute("SELECT id, event, status FROM deliveries ORDER BY id")
        tries: dict[int, list[Object]] = {}
        for of, at, answer, error in state.execute(TRIES):
            tries.setdefault(of, []).append({"at": at, "status": answer, "error": error})
        names = {event["id"]: event["type"] for event in state.where("event")}
    return [
        {
            "id": delivery,
            "event": event,
            "name": names[event],
            "status": status,
            "attempts": tries.get(delivery, []),
        }
        for delivery, event, status in rows
    ]


def release(state: State, order: str | list[str] = "kept", seed: int = 0) -> list[Object]:
    """Sends what is held, each after the answer to the one before; the attempts."""
    with state.transaction():
        rows = state.execute("SELECT id, event FROM deliveries WHERE status = 'held' ORDER BY id")
        if isinstance(order, list):
            rows = [row for event in order for row in rows if row[1] == event]
        elif order == "reversed":
            rows.reverse()
        elif order == "shuffled":
            random.Random(seed).shuffle(rows)  # noqa: S311 (Chance for tests, not for secrets.)
        elif order != "kept":
            raise ApiError("An order is kept, reversed, shuffled or a list of event ids.")
        for delivery, _ in rows:
            state.execute("UPDATE deliveries SET status = 'sending' WHERE id = ?", delivery)
    return [attempt(state, delivery) for delivery, _ in rows]


def resend(state: State, event_id: str, times: int = 1, at_once: int = 1) -> list[Object]:
    """Sends an event again, whether it arrived or not; the attempts."""
    with state.transaction():
        state.get("event", event_id)
        copies = [events.queue(state, event_id) for _ in range(times)]
        for delivery in copies:
            state.execute("UPDATE deliveries SET status = 'sending' WHERE id = ?", delivery)
    with ThreadPoolExecutor(max_workers=at_once) as pool:
        return list(pool.map(lambda delivery: attempt(state, delivery), copies))


def send(state: State, name: str, subject: Object, livemode: bool = False) -> Object:
    """Makes up an event, signed like any other."""
    with state.transaction():
        return events.emit(state, name, subject, livemode=livemode)


def settings(state: State, **changes: Any) -> Object:
    """Changes settings; all of them as they are then."""
    with state.transaction():
        for name, value in changes.items():
            if name not in SETTINGS:
                raise ApiError(f"The settings are {', '.join(SETTINGS)}.", param=name)
            state.set(name, value)
        if changes.get("hold") is False:
            state.execute("UPDATE deliveries SET status = 'pending' WHERE status = 'held'")
        return {name: state.setting(name) for name in SETTINGS}


def outcomes(state: State, charges: tuple[str, ...] = (), refunds: tuple[str, ...] = ()) -> Object:
    """Lines up what happens to the next charges off session and the next refunds."""
    known = (*attempts.OUTCOMES, *REFUND_OUTCOMES)
    if wrong := [name for name in (*charges, *refunds) if name not in known]:
        raise ApiError(f"Unknown outcomes: {', '.join(wrong)}.")
    with state.transaction():
        state.set("outcomes", [*state.setting("outcomes", []), *charges])
        state.set("refund_outcomes", [*state.setting("refund_outcomes", []), *refunds])
        return {name: state.setting(name) for name in ("outcomes", "refund_outcomes")}


def fault(
    state: State, kind: str, times: int = 1, path: str = "/v1/", seconds: float = 30.0
) -> Object:
    """Lines up faults."""
    if kind not in faults.KINDS:
        raise ApiError(f"The kinds of faults are {', '.join(faults.KINDS)}.", param="kind")
    with state.transaction():
        faults.line_up(state, faults.Fault(kind, path, seconds), times)
        return {"faults": state.setting("faults")}


def pay(
    state: State, session_id: str, card: str = "pm_card_visa", outcome: str = "succeeded"
) -> Object:
    """What the hosted page's buttons do."""
    if card not in cards.CARDS or outcome not in attempts.OUTCOMES:
        raise ApiError("There is no such card or outcome.")
    with state.transaction():
        session = state.get("checkout.session", session_id)
        return hosted.pay(state, session, card, outcome)


def arrive(state: State, intent_id: str, failure: str | None = None) -> Object:
    """Ends a payment that is processing."""
    if failure is not None and failure not in attempts.FAILURES:
        raise ApiError(f"The failures are {', '.join(attempts.FAILURES)}.", param="failure")
    with state.transaction():
        return hosted.arrive(state, state.get("payment_intent", intent_id), failure)


def dispute(
    state: State,
    charge_id: str,
    amount: int | None = None,
    reason: str = "fraudulent",
    inquiry: bool = False,
) -> Object:
    """Opens a dispute."""
    with state.transaction():
        return disputes.start(state, state.get("charge", charge_id), amount, reason, inquiry)


def decide(state: State, dispute_id: str, won: bool) -> Object:
    """Closes a dispute."""
    with state.transaction():
        return disputes.decide(state, state.get("dispute", dispute_id), won)


def fail_refund(state: State, refund_id: str, reason: str = "expired_or_canceled_card") -> Object:
    """Makes a refund fail."""
    with state.transaction():
        return refunds.fail(state, state.get("refund", refund_id), reason)


def succeed_refund(state: State, refund_id: str) -> Object:
    """Lets a pending refund arrive."""
    with state.transaction():
        return refunds.succeed(state, state.get("refund", refund_id))


def alter(state: State, object_id: str, **changes: Any) -> Object:
    """Changes an object behind everybody's back: for what must never match."""
    with state.transaction():
        known = state.find(object_id)
        if known is None:
            raise missing("object", object_id)
        return state.save({**known, **changes})


def clock(state: State, advance_seconds: int) -> Object:
    """Moves the clock on."""
    with state.transaction():
        state.set(
            "clock_advance_seconds", state.setting("clock_advance_seconds", 0) + advance_seconds
        )
        return {"now": state.now()}


def forget(state: State) -> Object:
    """Forgets all objects, events, deliveries, keys and faults."""
    with state.transaction():
        state.forget()
    return {}
