"""How long a provider asks to be left alone, read from the headers in which providers say so.

Retry-After is RFC 9110's, as seconds or as a date; the others are what fal and OpenAI document.
It waits for nobody.
"""

import math
import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

# fal: https://fal.ai/docs/documentation/serverless/reliability/rate-limits, in seconds.
# OpenAI: https://platform.openai.com/docs/guides/rate-limits, such as "1s" or "6m0s".
RESET_HEADERS = ("X-RateLimit-Reset", "X-RateLimit-Reset-Requests")
# Who names a larger number means a time on the clock, not a while.
LONGEST_SECONDS = 86_400.0

_DURATION = re.compile(
    r"(?:(?P<h>\d+)h)?(?:(?P<m>\d+)m(?!s))?(?:(?P<s>\d+(?:\.\d+)?)s)?(?:(?P<ms>\d+)ms)?", re.ASCII
)
_UNIT_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


def retry_after_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """The seconds to wait, or None where the headers do not say it. `now` has a time zone."""
    asked = headers.get("Retry-After", "").strip()
    waits = [_seconds(asked), _seconds_until(asked, headers.get("Date", ""), now)]
    waits += [_seconds(headers.get(name, "").strip()) for name in RESET_HEADERS]
    return next((wait for wait in waits if wait is not None), None)


def _seconds(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return _duration(text)
    if math.isfinite(number) and 0 <= number <= LONGEST_SECONDS:
        return number
    return None


def _duration(text: str) -> float | None:
    parts = _DURATION.fullmatch(text)
    if not text or not parts:
        return None
    found = parts.groupdict(default="0")
    seconds = sum(float(found[unit]) * worth for unit, worth in _UNIT_SECONDS.items())
    return seconds if seconds <= LONGEST_SECONDS else None


def _seconds_until(text: str, sent: str, now: datetime) -> float | None:
    try:
        moment = parsedate_to_datetime(text)
        # By the provider's own clock where it shows it, since ours may be another.
        since = parsedate_to_datetime(sent) if sent else now
        seconds = (moment - since).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None
    return max(seconds, 0.0) if seconds <= LONGEST_SECONDS else None
