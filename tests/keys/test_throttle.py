"""One key that asks too fast is held back, for as long as it is told, and nobody else is."""

import json
import time
from collections.abc import Callable

import pytest
from pytest_django import Settings

from generations.api import operations
from keys import throttle
from keys.errors import ApiError
from tests.at_once import at_once
from tests.conftest import Customer

# No key in the database has a number like these.
FIRST = 1_000_000_000
ids = iter(range(FIRST, 2 * FIRST))


def allowed(key_id: int, tries: int) -> int:
    """How many of the tries went through."""
    passed = 0
    for _ in range(tries):
        try:
            throttle.check(key_id)
            passed += 1
        except ApiError:
            pass
    return passed


@pytest.fixture
def slow(settings: Settings) -> int:
    """A rate so low that a slow machine cannot refill a bucket unnoticed."""
    settings.API_REQUESTS_PER_SECOND = 1
    return 1


def test_a_burst_goes_through_and_no_more(slow: int) -> None:
    assert allowed(next(ids), 50) == throttle.BURST_SECONDS * slow


def test_the_refusal_says_when_to_come_back(slow: int) -> None:
    key_id = next(ids)
    allowed(key_id, 5)
    with pytest.raises(ApiError) as refused:
        throttle.check(key_id)
    assert (refused.value.status, refused.value.code) == (429, "RATE_LIMITED")
    assert refused.value.headers == {"Retry-After": "1"}
    time.sleep(1)
    throttle.check(key_id)


def test_being_refused_does_not_prolong_the_wait(slow: int) -> None:
    key_id = next(ids)
    allowed(key_id, 5)
    until = time.monotonic() + 1.1
    passed = 0
    while time.monotonic() < until:
        passed += allowed(key_id, 1)
        time.sleep(0.01)
    assert passed >= 1


def test_keys_do_not_share_a_bucket(slow: int) -> None:
    first, second = next(ids), next(ids)
    allowed(first, 10)
    assert allowed(second, 1) == 1


def test_patience_saves_up_no_more_than_one_burst(settings: Settings) -> None:
    settings.API_REQUESTS_PER_SECOND = 20
    key_id = next(ids)
    allowed(key_id, 1)
    # Were the bucket without a rim, it would hold 100 + 10 now.
    time.sleep(0.5)
    settings.API_REQUESTS_PER_SECOND = 1
    assert allowed(key_id, 50) == 5


def test_threads_together_get_one_burst(slow: int) -> None:
    key_id = next(ids)
    calls: list[Callable[[], int]] = [lambda: allowed(key_id, 200)] * 8
    started = time.monotonic()
    passed = sum(each for each in at_once(calls) if isinstance(each, int))
    refilled = int(time.monotonic() - started) + 1
    assert 5 <= passed <= 5 + refilled


def test_the_table_of_buckets_stays_small(slow: int) -> None:
    for _ in range(throttle.KEYS_MAX + 10):
        throttle.check(next(ids))
    assert len(throttle._buckets) <= throttle.KEYS_MAX


def test_the_api_answers_429_in_its_envelope(slow: int, alice: Customer) -> None:
    environ = {"HTTP_X_API_KEY": alice.token}
    replies = [operations.answer(operations.status, environ, "no-job") for _ in range(8)]
    assert [reply.status for reply in replies[:5]] == [404] * 5
    refused = replies[-1]
    assert refused.status == 429
    assert json.loads(refused.body)["code"] == "RATE_LIMITED"
    assert int(refused.headers["Retry-After"]) >= 1
