"""A key with a monthly limit: the API refuses what would pass it, and says what to do."""

import re
from functools import partial

import httpx
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from generations import jobs, limits
from generations.models import CatalogueModel, Job
from keys.models import Key
from tests.api.calls import (
    HTTP,
    PRICE_MICROS,
    SUBMIT,
    check_refused,
    completed,
    status,
    submit,
    submit_once,
    wallet,
)
from tests.api.doors import DOORS, Door, fast_lane
from tests.at_once import at_once
from tests.conftest import Customer, NewCustomer
from wallet import ledger

BODY = {"prompt": "a shark", "variant": "tiny"}


def used(customer: Customer) -> int:
    name = limits.name(customer.key.pk)
    return ledger.used([name]).get(name, 0)


@pytest.mark.parametrize("door", DOORS)
def test_refused_at_the_limit(door: Door, alice: Customer) -> None:
    limits.change(alice.key, 2 * PRICE_MICROS)
    with door() as client:
        client.headers.update(alice.headers)
        accepted = [client.post(SUBMIT, json=BODY) for _ in range(2)]
        refused = client.post(SUBMIT, json=BODY)
        # It goes on reading.
        assert client.get(accepted[0].json()["poll_url"]).status_code == 200
    assert [answer.status_code for answer in accepted] == [202, 202]
    words = check_refused(refused, "SPENDING_LIMIT_REACHED")
    assert "$0.06" in words
    assert "Nothing was charged" in words
    assert re.search(r"resets on 1 [A-Z][a-z]+ 20\d\d", words)
    assert "raise it" in words
    assert wallet(alice) == (10_000_000, 2 * PRICE_MICROS)
    assert used(alice) == 2 * PRICE_MICROS


def test_an_empty_wallet_is_another_refusal(site: str, new_customer: NewCustomer) -> None:
    poor = new_customer(credit_micros=PRICE_MICROS)
    limits.change(poor.key, 10 * PRICE_MICROS)
    assert submit(site, poor).status_code == 202
    check_refused(submit(site, poor), "INSUFFICIENT_BALANCE")


def test_free_images_are_not_limited(site: str, new_customer: NewCustomer) -> None:
    customer = new_customer(credit_micros=10 * PRICE_MICROS, trials=1)
    limits.change(customer.key, 1)
    assert submit(site, customer).json()["price_usd"] == 0
    check_refused(submit(site, customer), "SPENDING_LIMIT_REACHED")


def test_what_failed_or_was_cancelled_can_be_spent_again(site: str, alice: Customer) -> None:
    limits.change(alice.key, PRICE_MICROS)
    for _ in range(2):
        job_id = submit(site, alice).json()["job_id"]
        answer = HTTP.post(f"{site}/api/v1/jobs/{job_id}/cancel", headers=alice.headers)
        assert answer.status_code == 200
    completed(submit(site, alice).json()["job_id"], "1" * 32 + ".png")
    check_refused(submit(site, alice), "SPENDING_LIMIT_REACHED")


def test_a_limit_in_mid_month_counts_what_was_spent(site: str, alice: Customer) -> None:
    done, _, failed = (submit(site, alice).json()["job_id"] for _ in range(3))
    completed(done, "2" * 32 + ".png")
    jobs.fail(failed, Job.FailureKind.PROVIDER, "It failed.")
    assert used(alice) == 0
    limits.change(alice.key, 3 * PRICE_MICROS)
    assert used(alice) == 2 * PRICE_MICROS
    assert submit(site, alice).status_code == 202
    check_refused(submit(site, alice), "SPENDING_LIMIT_REACHED")
    # Higher, and what counted still does; away, and nothing is held back; back, and all counts.
    limits.change(alice.key, 4 * PRICE_MICROS)
    assert submit(site, alice).status_code == 202
    check_refused(submit(site, alice), "SPENDING_LIMIT_REACHED")
    limits.change(alice.key, None)
    assert submit(site, alice).status_code == 202
    limits.change(alice.key, 5 * PRICE_MICROS)
    assert used(alice) == 5 * PRICE_MICROS
    check_refused(submit(site, alice), "SPENDING_LIMIT_REACHED")


def test_one_token_does_not_hold_back_another_or_the_playground(site: str, alice: Customer) -> None:
    limits.change(alice.key, PRICE_MICROS)
    submit(site, alice)
    check_refused(submit(site, alice), "SPENDING_LIMIT_REACHED")
    _, token = Key.create(alice.account, "another", alice.user)
    assert HTTP.post(site + SUBMIT, json=BODY, headers={"X-API-Key": token}).status_code == 202
    offer = CatalogueModel.offered("tiny")
    assert offer
    jobs.submit(
        jobs.Submission(alice.account.pk, offer.pk, PRICE_MICROS, 64, 64, "a shark in the browser")
    )
    assert used(alice) == PRICE_MICROS


def test_a_repetition_at_the_limit_is_answered_with_its_job(site: str, alice: Customer) -> None:
    limits.change(alice.key, PRICE_MICROS)
    first = submit_once(site, alice, "order-1")
    assert first.status_code == 202
    assert submit_once(site, alice, "order-1").json() == first.json()
    check_refused(submit_once(site, alice, "order-2"), "SPENDING_LIMIT_REACHED")


def test_repetitions_at_once_that_spend_the_limit_are_one_job(site: str, alice: Customer) -> None:
    limits.change(alice.key, PRICE_MICROS)
    answers = at_once([partial(submit_once, site, alice, "order-1")] * 8)
    found = {each.json()["job_id"] for each in answers if isinstance(each, httpx.Response)}
    assert (len(answers), len(found)) == (8, 1)


def test_programs_at_once_never_pass_the_limit(site: str, alice: Customer) -> None:
    limits.change(alice.key, 5 * PRICE_MICROS)
    answers = at_once([partial(submit, site, alice)] * 16)
    codes = sorted(each.status_code for each in answers if isinstance(each, httpx.Response))
    assert codes == [202] * 5 + [402] * 11
    assert used(alice) == 5 * PRICE_MICROS
    assert status(site, alice, "x").status_code == 404


def test_a_limit_takes_no_statement_more(alice: Customer) -> None:
    counts = []
    with fast_lane() as client:
        client.headers.update(alice.headers)
        client.post(SUBMIT, json=BODY)
        for limit_micros in (None, 10_000_000, 1):
            limits.change(alice.key, limit_micros)
            with CaptureQueriesContext(connection) as statements:
                client.post(SUBMIT, json=BODY)
            counts.append(len(statements))
    # Who the caller is, the job, and a wake-up, which a refusal does not need.
    assert counts == [3, 3, 2]
