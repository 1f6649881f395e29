"""Idempotency-Key: the same submission sent many times at the same moment is one job."""

from collections.abc import Callable
from functools import partial

import httpx
import pytest

from tests.api.calls import PRICE_MICROS, submit, submit_once, wallet
from tests.api.test_idempotency import CREDIT_MICROS, IMAGE, inputs, one_job
from tests.at_once import at_once
from tests.conftest import Customer, NewCustomer
from wallet.models import Unit

AT_ONCE = 20


def sent_at_once(calls: list[Callable[[], httpx.Response]]) -> list[httpx.Response]:
    answers = at_once(calls)
    return [answer for answer in answers if isinstance(answer, httpx.Response)]


@pytest.mark.parametrize("fields", [{}, {"image": IMAGE}], ids=["text", "image"])
@pytest.mark.parametrize(
    "credit_micros", [CREDIT_MICROS, PRICE_MICROS], ids=["rich", "enough for one"]
)
def test_many_at_once(
    site: str, new_customer: NewCustomer, fields: dict[str, str], credit_micros: int
) -> None:
    customer = new_customer(credit_micros=credit_micros)
    before = inputs()
    answers = sent_at_once([partial(submit_once, site, customer, "order-1", **fields)] * AT_ONCE)
    assert [answer.status_code for answer in answers] == [202] * AT_ONCE
    assert len({answer.content for answer in answers}) == 1
    job = one_job(customer)
    assert {path.name for path in inputs() - before} == ({job.input_name} - {""})
    # No connection of the server was left in the middle of something.
    if credit_micros > PRICE_MICROS:
        assert {submit(site, customer).status_code for _ in range(8)} == {202}


def test_many_at_once_for_a_free_image(site: str, new_customer: NewCustomer) -> None:
    customer = new_customer(trials=1, credit_micros=PRICE_MICROS)
    answers = sent_at_once([partial(submit_once, site, customer, "order-1")] * AT_ONCE)
    assert [answer.json()["price_usd"] for answer in answers] == [0] * AT_ONCE
    assert wallet(customer, Unit.IMAGE) == (1, 1)
    one_job(customer, held_micros=0)


def test_different_requests_at_once(site: str, alice: Customer) -> None:
    answers = sent_at_once(
        [partial(submit_once, site, alice, "order-1", prompt=f"shark {n}") for n in range(8)]
    )
    assert sorted(answer.status_code for answer in answers) == [202] + [409] * 7
    (accepted,) = (answer for answer in answers if answer.is_success)
    assert str(one_job(alice).pk) == accepted.json()["job_id"]
