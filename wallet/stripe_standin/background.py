"""What goes on without a call: chores whose time has come, and deliveries that are due.

Owns the one background thread. Everything it does is on disk first, so it goes on after a restart.
"""

import logging
import threading
from collections.abc import Callable

from wallet.stripe_standin import checkout, chores, disputes, hosted, refunds, webhooks
from wallet.stripe_standin.errors import ApiError
from wallet.stripe_standin.state import State

TICK_SECONDS = 0.1
logger = logging.getLogger(__name__)


def _expire(state: State, session_id: str) -> None:
    session = state.get("checkout.session", session_id)
    if session["status"] == "open":
        checkout.end(state, session)


def _arrive(state: State, intent_id: str, failure: str = "") -> None:
    hosted.arrive(state, state.get("payment_intent", intent_id), failure or None)


def _dispute(state: State, charge_id: str) -> None:
    disputes.start(state, state.get("charge", charge_id))


def _refund_succeed(state: State, refund_id: str) -> None:
    refunds.succeed(state, state.get("refund", refund_id))


def _refund_fail(state: State, refund_id: str) -> None:
    refunds.fail(state, state.get("refund", refund_id))


CHORES: dict[str, Callable[..., None]] = {
    "arrive": _arrive,
    "dispute": _dispute,
    "expire": _expire,
    "refund_fail": _refund_fail,
    "refund_succeed": _refund_succeed,
}


def start(state: State) -> None:
    """Starts the thread; it ends with the process."""
    webhooks.recover(state)
    threading.Thread(target=_run, args=(state,), daemon=True).start()


def _run(state: State) -> None:
    while True:
        _do_due(state)
        webhooks.send_due(state)
        state.wake.wait(TICK_SECONDS)
        state.wake.clear()


def _do_due(state: State) -> None:
    with state.transaction():
        for name, arguments in chores.take_due(state):
            try:
                CHORES[name](state, *arguments)
            except ApiError as overtaken:
                # Somebody did it, or something else, in the meantime. Nothing was changed by it.
                logger.info("%s %s: %s", name, arguments, overtaken)
