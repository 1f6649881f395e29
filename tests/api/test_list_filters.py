"""GET /api/v1/jobs with filters: which jobs pass, and which parameters are none."""

from datetime import UTC, datetime, timedelta
from itertools import chain

import pytest

from generations import jobs
from generations.models import Job
from keys.models import Key
from tests.api.calls import HTTP, LIST, check_refused, list_jobs
from tests.api.test_list import ids, one_of_each, pages, submitted
from tests.conftest import Customer
from tests.underway import submission


@pytest.mark.parametrize("state", ["queued", "processing", "completed", "failed"])
def test_by_status(site: str, alice: Customer, state: str) -> None:
    older, newer = one_of_each(site, alice), one_of_each(site, alice)
    assert list(pages(site, alice, status=state, limit=1)) == [[newer[state]], [older[state]]]


def another_token(customer: Customer) -> Customer:
    key, token = Key.create(customer.account, "another", customer.user)
    return Customer(customer.user, customer.account, key, token)


def test_by_token(site: str, alice: Customer) -> None:
    other = another_token(alice)
    by_first, by_other = one_of_each(site, alice), one_of_each(site, other)
    assert ids(site, alice, token=alice.key.prefix) == list(by_first.values())[::-1]
    # Whichever token asks, also for one that is revoked.
    other.key.revoke()
    assert ids(site, alice, token=other.key.prefix) == list(by_other.values())[::-1]
    for state, job_id in by_other.items():
        assert ids(site, alice, token=other.key.prefix, status=state) == [job_id]
    assert ids(site, alice, token="playground") == []


def test_tokens_that_begin_alike(site: str, alice: Customer) -> None:
    other, unused = another_token(alice), another_token(alice)
    keys = Key.objects.filter(pk__in=[other.key.pk, unused.key.pk])
    keys.update(prefix=alice.key.prefix)
    made = [submitted(site, customer) for customer in (alice, other, alice, other)]
    walk = list(pages(site, alice, token=alice.key.prefix, limit=3))
    assert walk == [made[:0:-1], made[:1]]


def test_playground(site: str, alice: Customer) -> None:
    submitted(site, alice)
    in_browser = submitted(site, alice)
    Job.objects.filter(pk=in_browser).update(key=None, user=alice.user)
    assert ids(site, alice, token="playground") == [in_browser]
    assert ids(site, alice, token="playground", status="queued") == [in_browser]
    assert ids(site, alice, token="playground", status="failed") == []


NOON = datetime(2025, 1, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "before", "hours"),
    [
        ("2025-01-15T12:00:00Z", None, [24, 12, 1, 0]),
        ("2025-01-15T12:00:00.000001Z", None, [24, 12, 1]),
        (None, "2025-01-15T12:00:00Z", [-1, -13]),
        ("2025-01-15T12:00:00Z", "2025-01-15T13:00:00Z", [0]),
        ("2025-01-15T14:00:00+02:00", "2025-01-15T08:00:00-05:00", [0]),
        ("2025-01-15", None, [24, 12, 1, 0, -1]),
        (None, "2025-01-15", [-13]),
        ("2025-01-15", "2025-01-16", [1, 0, -1]),
        ("2025-01-16", "2025-01-15", []),
        ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", [24, 12, 1, 0, -1, -13]),
    ],
)
def test_by_time(
    site: str, alice: Customer, after: str | None, before: str | None, hours: list[int]
) -> None:
    made = {}
    for hour in (-13, -1, 0, 1, 12, 24):
        made[hour] = jobs.submit(submission(alice)).id
        Job.objects.filter(pk=made[hour]).update(created_at=NOON + timedelta(hours=hour))
    window = {"created_after": after, "created_before": before}
    parameters = {name: value for name, value in window.items() if value}
    expected = [str(made[hour]) for hour in hours]
    assert ids(site, alice, **parameters) == expected
    walk = pages(site, alice, limit=1, **parameters)
    assert list(chain.from_iterable(walk)) == expected
    failed = ids(site, alice, status="failed", **parameters)
    assert failed == [], "filters are all applied"


WRONG = [
    {"status": "cancelled"},
    {"status": ""},
    {"status": "Queued"},
    {"status": "queued,failed"},
    {"token": ""},
    {"token": "laptop"},
    {"token": "sk_live_"},
    {"token": "sk_live_Ab1"},
    {"token": "sk_live_Ab1C2"},
    {"token": "sk_live_Ab1\0"},
    {"token": "sk_live_Ab1C\n"},
    {"created_after": ""},
    {"created_after": "yesterday"},
    {"created_after": "1736942624"},
    {"created_after": "2025-01-15T10:23:44"},
    {"created_after": "2025-01-15T10:23:44 02:00"},
    {"created_after": "2025-13-01"},
    {"created_before": "2025-02-30"},
    {"created_before": "2025-01-15T10:23:44"},
    {"limit": ""},
    {"limit": "0"},
    {"limit": "101"},
    {"limit": "-1"},
    {"limit": "1.5"},
    {"limit": "all"},
    {"limit": "9" * 400},
    {"cursor": ""},
    {"cursor": "x"},
    {"cursor": "\xff"},
    {"cursor": "W1tbW1tb"},
    {"cursor": "A" * 4000},
]


@pytest.mark.parametrize("parameters", WRONG, ids=str)
def test_wrong_parameter(site: str, alice: Customer, parameters: dict[str, str]) -> None:
    (name,) = parameters
    answer = list_jobs(site, alice, **parameters)
    assert check_refused(answer, "INVALID_REQUEST").startswith(f"{name} must be ")


def test_the_token_itself_is_no_filter(site: str, alice: Customer) -> None:
    refused = list_jobs(site, alice, token=alice.token)
    assert alice.token not in check_refused(refused, "INVALID_REQUEST")


def test_twice_is_once_too_often(site: str, alice: Customer) -> None:
    answer = HTTP.get(f"{site}{LIST}?status=queued&status=failed", headers=alice.headers)
    assert check_refused(answer, "INVALID_REQUEST").startswith("status was sent twice")


def test_too_many_parameters(site: str, alice: Customer) -> None:
    answer = HTTP.get(f"{site}{LIST}?{'a&' * 200}", headers=alice.headers)
    assert "100 parameters" in check_refused(answer, "INVALID_REQUEST")


def test_unknown_parameters_are_ignored(site: str, alice: Customer, bob: Customer) -> None:
    job_id = submitted(site, alice)
    account = bob.account.pk
    assert ids(site, alice, account=account, account_id=account, page=7, _="") == [job_id]
