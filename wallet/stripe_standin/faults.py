"""Faults on demand, for the calls of the API that come next.

Owns the kinds of faults and their queue. Each is used up by one call whose path begins with the
fault's path.

unavailable   503, nothing was done; a retry with the same key works
error         500, nothing was done, and the idempotency key gives the same 500 again, as at Stripe
rate_limit    429, nothing was done
timeout       no answer for `seconds`, then the connection ends; nothing was done
lost          the work is done, but the connection ends before the answer
slow          the work is done and answered after `seconds`
"""

from dataclasses import dataclass

from wallet.stripe_standin.errors import ApiError
from wallet.stripe_standin.state import State

KINDS = ("unavailable", "error", "rate_limit", "timeout", "lost", "slow")
SECONDS_DEFAULT = 30.0


class ConnectionLost(Exception):
    """The caller gets no answer."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What shall go wrong."""

    kind: str
    path: str = "/v1/"
    seconds: float = SECONDS_DEFAULT


def line_up(state: State, fault: Fault, times: int) -> None:
    """Puts the fault into the queue `times` times."""
    entry = [fault.kind, fault.path, fault.seconds]
    state.set("faults", [*state.setting("faults", []), *([entry] * times)])


def take(state: State, path: str) -> Fault | None:
    """The fault that is meant for a call of this path, taken from the queue."""
    queue = state.setting("faults", [])
    for position, (kind, prefix, seconds) in enumerate(queue):
        if path.startswith(prefix):
            state.set("faults", queue[:position] + queue[position + 1 :])
            return Fault(kind, prefix, seconds)
    return None


def refusal(fault: Fault) -> ApiError | None:
    """The answer of a fault that is one."""
    if fault.kind == "unavailable":
        return ApiError("Service unavailable, on demand.", status=503, kind="api_error")
    if fault.kind == "error":
        return ApiError("An unknown error occurred, on demand.", status=500, kind="api_error")
    if fault.kind == "rate_limit":
        return ApiError("Too many requests, on demand.", status=429, code="rate_limit")
    return None
