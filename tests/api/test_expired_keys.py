"""A key that has expired opens nothing, from the moment on that was chosen, in both doors."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from keys.models import Key
from tests.api.calls import LIST, SUBMIT, check_refused, check_untouched
from tests.api.doors import DOORS, Door
from tests.conftest import Customer

BODY = {"prompt": "a shark", "variant": "tiny"}
NO_JOB = f"{LIST}/00000000-0000-4000-8000-000000000000"


def expire(customer: Customer, left: timedelta) -> None:
    Key.objects.filter(pk=customer.key.pk).update(expires_at=timezone.now() + left)


@pytest.mark.parametrize("door", DOORS)
def test_refused_from_its_end_on(door: Door, alice: Customer) -> None:
    with door() as client:
        client.headers.update(alice.headers)
        expire(alice, timedelta(minutes=1))
        check_refused(client.get(NO_JOB), "NOT_FOUND")
        expire(alice, timedelta(seconds=-1))
        answers = [
            client.post(SUBMIT, json=BODY),
            client.get(NO_JOB),
            client.get(LIST),
            client.post(f"{NO_JOB}/cancel"),
        ]
    for answer in answers:
        assert "Create another" in check_refused(answer, "KEY_EXPIRED")
    check_untouched(alice)


@pytest.mark.parametrize("door", DOORS)
def test_it_is_one_look_into_the_database(door: Door, alice: Customer) -> None:
    with door() as client:
        client.headers.update(alice.headers)
        # The first use of a minute is noted.
        client.get(NO_JOB)
        for left in (timedelta(minutes=1), timedelta(seconds=-1)):
            expire(alice, left)
            with CaptureQueriesContext(connection) as statements:
                client.get(NO_JOB)
            assert len(statements) == 1


def test_revoked_is_said_before_expired(alice: Customer) -> None:
    expire(alice, timedelta(seconds=-1))
    alice.key.revoke()
    with DOORS[0]() as client:
        check_refused(client.get(NO_JOB, headers=alice.headers), "KEY_REVOKED")


def test_jobs_accepted_before_can_be_read_with_another_key(alice: Customer) -> None:
    _, token = Key.create(alice.account, "another", alice.user)
    with DOORS[0]() as client:
        answer = client.post(SUBMIT, json=BODY, headers=alice.headers)
        expire(alice, timedelta(seconds=-1))
        path = answer.json()["poll_url"]
        check_refused(client.get(path, headers=alice.headers), "KEY_EXPIRED")
        assert client.get(path, headers={"X-API-Key": token}).status_code == 200
