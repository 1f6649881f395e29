"""How long providers ask us to wait, in each of the ways in which they say it."""

from datetime import UTC, datetime

import pytest

from generations.engines.retry_after import retry_after_seconds

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": " 1.5 "}, 1.5),
        ({"Retry-After": "Sun, 01 Mar 2026 12:00:30 GMT"}, 30),
        ({"Retry-After": "Sun, 01 Mar 2026 11:00:00 GMT"}, 0),
        ({"X-RateLimit-Reset": "12"}, 12),
        ({"X-RateLimit-Reset-Requests": "1s"}, 1),
        ({"X-RateLimit-Reset-Requests": "6m0s"}, 360),
        ({"X-RateLimit-Reset-Requests": "1h2m3.5s"}, 3723.5),
        ({"X-RateLimit-Reset-Requests": "120ms"}, 0.12),
        ({"Retry-After": "3", "X-RateLimit-Reset": "12"}, 3),
        ({"Retry-After": "soon", "X-RateLimit-Reset": "12"}, 12),
    ],
)
def test_it_is_read(headers: dict[str, str], seconds: float) -> None:
    assert retry_after_seconds(headers, NOW) == pytest.approx(seconds)


def test_a_date_is_held_against_the_clock_of_who_named_it() -> None:
    headers = {
        "Retry-After": "Sun, 01 Mar 2026 15:00:30 GMT",
        "Date": "Sun, 01 Mar 2026 15:00:20 GMT",
    }
    assert retry_after_seconds(headers, NOW) == 10


@pytest.mark.parametrize(
    "text",
    ["", "soon", "-5", "nan", "inf", "1e9", "1772366400", "s", "5 s", "99999999999999999999s"],
)
@pytest.mark.parametrize("name", ["Retry-After", "X-RateLimit-Reset", "X-RateLimit-Reset-Requests"])
def test_nonsense_is_nothing(name: str, text: str) -> None:
    assert retry_after_seconds({name: text}, NOW) is None


@pytest.mark.parametrize(
    "text", ["Sun, 99 Mar 2026 12:00:30 GMT", "Sun, 01 Mar 2036 12:00:30 GMT", "2026-03-01"]
)
def test_a_date_that_is_none_or_too_far_is_nothing(text: str) -> None:
    assert retry_after_seconds({"Retry-After": text}, NOW) is None
