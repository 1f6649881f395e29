"""Idempotency keys: the same call twice is done once and answered twice.

Owns the answers kept by key. As at Stripe (https://docs.stripe.com/api/idempotent_requests):
another call under the same key is refused, one under way is a 409, a refused call leaves nothing
behind, and a key is forgotten after 24 hours.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from wallet.stripe_standin.errors import ApiError
from wallet.stripe_standin.params import Form
from wallet.stripe_standin.state import Object, State

KEY_LENGTH_MAX = 255
LIFE_SECONDS = 24 * 3600

_under_way: set[str] = set()
_guard = threading.Lock()


@contextmanager
def only_one(key: str | None) -> Iterator[None]:
    """Keeps a second call with the key out while the first is under way. Raises ApiError."""
    if key is None:
        yield
        return
    if not 1 <= len(key) <= KEY_LENGTH_MAX:
        raise ApiError(f"Idempotency keys can have 1 to {KEY_LENGTH_MAX} characters.")
    with _guard:
        if key in _under_way:
            message = "There is currently another in-progress request using this Idempotent Key."
            raise ApiError(f"{message} Key: {key}.", code="idempotency_key_in_use", status=409)
        _under_way.add(key)
    try:
        yield
    finally:
        with _guard:
            _under_way.discard(key)


def asked(path: str, form: Form) -> str:
    """What must be the same for a call to be the same."""
    return json.dumps([path, form], sort_keys=True)


def recall(state: State, key: str, asked: str) -> tuple[int, Object] | None:
    """The answer given before, if any. Raises ApiError when the key was used for another call."""
    state.execute("DELETE FROM answers WHERE created < ?", state.now() - LIFE_SECONDS)
    rows = state.execute("SELECT asked, status, body FROM answers WHERE key = ?", key)
    if not rows:
        return None
    before, status, body = rows[0]
    if before != asked:
        message = "Keys for idempotent requests can only be used with the same parameters they "
        message += f"were first used with. Try using a key other than '{key}'."
        raise ApiError(message, kind="idempotency_error")
    return status, json.loads(body)


def keep(state: State, key: str, asked: str, status: int, body: Object) -> None:
    """Remembers an answer."""
    state.execute(
        "INSERT INTO answers VALUES (?, ?, ?, ?, ?)",
        *(key, asked, status, json.dumps(body), state.now()),
    )
