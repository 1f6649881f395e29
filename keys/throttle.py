"""Holds back a key that asks faster than anybody needs: a token bucket for each key.

Counted in each web process by itself, so that no request waits for a shared counter. It guards
the server from a loop gone wild; it is not a billing limit.
"""

import math
import threading
import time

from django.conf import settings

from keys.errors import ApiError

BURST_SECONDS = 5
KEYS_MAX = 10_000

_lock = threading.Lock()
# Key id -> (requests still allowed, time of the last one).
_buckets: dict[int, tuple[float, float]] = {}


def check(key_id: int) -> None:
    """Counts one request of the key. Raises ApiError RATE_LIMITED with Retry-After."""
    rate = settings.API_REQUESTS_PER_SECOND
    now = time.monotonic()
    with _lock:
        allowed, last = _buckets.get(key_id, (rate * BURST_SECONDS, now))
        allowed = min(rate * BURST_SECONDS, allowed + (now - last) * rate)
        if len(_buckets) >= KEYS_MAX and key_id not in _buckets:
            _buckets.clear()
        _buckets[key_id] = (allowed - 1 if allowed >= 1 else allowed, now)
    if allowed < 1:
        seconds = max(1, math.ceil((1 - allowed) / rate))
        raise ApiError(
            "RATE_LIMITED",
            f"Too many requests: at most {rate} a second with one key. Nothing was charged.",
            {"Retry-After": str(seconds)},
        )
