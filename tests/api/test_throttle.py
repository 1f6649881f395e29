"""429: a key that asks faster than it may is told when to come back, and only that key."""

import time

import pytest
from pytest_django import Settings

from keys.throttle import BURST_SECONDS
from tests.api.calls import SUBMIT, check_refused, check_untouched
from tests.api.doors import DOORS, Door
from tests.conftest import Customer

POLL = "/api/v1/jobs/00000000-0000-4000-8000-000000000000"


@pytest.fixture
def one_a_second(settings: Settings) -> None:
    settings.API_REQUESTS_PER_SECOND = 1


@pytest.mark.usefixtures("one_a_second")
@pytest.mark.parametrize("door", DOORS)
def test_asking_too_fast(door: Door, alice: Customer, bob: Customer) -> None:
    with door() as client:
        for _ in range(BURST_SECONDS):
            check_refused(client.get(POLL, headers=alice.headers), "NOT_FOUND")
        poll = client.get(POLL, headers=alice.headers)
        post = client.post(SUBMIT, headers=alice.headers, json={"prompt": "x"})
        for answer in (poll, post):
            check_refused(answer, "RATE_LIMITED")
            assert int(answer.headers["Retry-After"]) >= 1
        check_untouched(alice)
        check_refused(client.get(POLL, headers=bob.headers), "NOT_FOUND")


@pytest.mark.usefixtures("one_a_second")
@pytest.mark.parametrize("door", DOORS)
def test_coming_back_when_told(door: Door, alice: Customer) -> None:
    with door() as client:
        while (answer := client.get(POLL, headers=alice.headers)).status_code != 429:
            pass
        time.sleep(int(answer.headers["Retry-After"]))
        check_refused(client.get(POLL, headers=alice.headers), "NOT_FOUND")
