"""A call of the API from the request to the answer.

Owns the order of things: who asks, faults on demand, the idempotency key, the work, expansion.
"""

import base64
import binascii
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from wallet.stripe_standin import faults, idempotency, routes
from wallet.stripe_standin.call import Call, expand
from wallet.stripe_standin.errors import ApiError, Decline
from wallet.stripe_standin.params import Form, many, nest, text
from wallet.stripe_standin.state import Cause, Object, State, public

INTERNAL = 500


@dataclass(frozen=True, slots=True)
class Request:
    """A request as the server read it. Header names are in lower case."""

    id: str
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer in JSON."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)


def authenticate(state: State, headers: dict[str, str]) -> None:
    """Lets in who has the secret key, as Bearer or as Basic's user. Raises ApiError."""
    scheme, _, given = headers.get("authorization", "").partition(" ")
    key = ""
    if scheme.lower() == "bearer":
        key = given.strip()
    elif scheme.lower() == "basic":
        try:
            key = base64.b64decode(given).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            key = ""
    if not key:
        raise ApiError("You did not provide an API key.", status=401)
    expected = state.config.api_key
    if (expected and key != expected) or not key.startswith("sk_test_"):
        raise ApiError(f"Invalid API Key provided: {key[:8]}****{key[-4:]}", status=401)


def answer(state: State, request: Request) -> Answer:
    """The answer to a call. Raises ConnectionLost when there shall be none."""
    fault = None
    try:
        authenticate(state, request.headers)
        with state.transaction():
            fault = faults.take(state, request.path)
        form = _form(request)
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        if fault and fault.kind == "timeout":
            time.sleep(fault.seconds)
            raise faults.ConnectionLost
        with idempotency.only_one(key):
            if fault and fault.kind == "slow":
                time.sleep(fault.seconds)
            given = _once(state, request, form, key, fault)
    except ApiError as refused:
        given = _refused(refused)
    if fault and fault.kind == "lost":
        raise faults.ConnectionLost
    headers = {"Request-Id": request.id, "Stripe-Version": state.config.api_version}
    if request.method == "POST" and "idempotency-key" in request.headers:
        headers["Idempotency-Key"] = request.headers["idempotency-key"]
    return Answer(given.status, given.body, {**headers, **given.headers})


def _form(request: Request) -> Form:
    """The parameters: in the query of a GET, in the body of a POST."""
    source = request.query if request.method == "GET" else request.body.decode(errors="replace")
    return nest(parse_qsl(source, keep_blank_values=True))


def _once(
    state: State, request: Request, form: Form, key: str | None, fault: faults.Fault | None
) -> Answer:
    """The answer, of this call or of an earlier one with the same key."""
    asked = idempotency.asked(request.path, form)
    with state.transaction(Cause(request.id, key)):
        if key and (before := idempotency.recall(state, key, asked)):
            return Answer(*before, {"Idempotent-Replayed": "true"})
        refusal = faults.refusal(fault) if fault else None
        if refusal and refusal.status != INTERNAL:
            raise refusal
        given = _tried(state, request, form) if refusal is None else _refused(refusal)
        if key:
            idempotency.keep(state, key, asked, given.status, given.body)
        return given


def _refused(refusal: ApiError) -> Answer:
    return Answer(refusal.status, refusal.body)


def _tried(state: State, request: Request, form: Form) -> Answer:
    """The answer of the work; a decline is one too, and keeps what led to it."""
    try:
        return Answer(200, public(_work(state, request, form)))
    except Decline as declined:
        return _refused(declined)


def _work(state: State, request: Request, form: Form) -> Object:
    endpoint, ids = routes.find(request.method, request.path)
    paths = many(text)("expand", form.pop("expand", {}))
    result = endpoint(Call(state, request.path, ids, form))
    for path in paths:
        result = expand(state, result, path)
    return result
