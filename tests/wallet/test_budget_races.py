"""Many at once under one limit: together they never pass it, and every hold counts once."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import transaction

from tests.at_once import apart, at_once, waiting
from tests.conftest import Customer, NewCustomer, wait_until
from tests.wallet.test_budgets import OWN, PRICE, counted
from tests.wallet.test_races import tally
from wallet import ledger
from wallet.audit import drifts
from wallet.models import Budget, Hold
from wallet.statement import Summary, summary

Call = Callable[[], object]


@pytest.fixture
def name() -> str:
    """A name that nothing counts under yet."""
    return f"test:{uuid.uuid4()}"


def reserve(customer: Customer, name: str, limit_micros: int | None) -> ledger.Reservation:
    limit = None if limit_micros is None else ledger.Limit(name, limit_micros)
    return ledger.reserve(customer.account.pk, PRICE, f"{name}:{uuid.uuid4()}", limit=limit)


def unit_reserved(customer: Customer, name: str, limit_micros: int) -> str:
    return reserve(customer, name, limit_micros).unit


def test_forty_spenders_under_a_limit_for_ten(alice: Customer, name: str) -> None:
    results = at_once([partial(unit_reserved, alice, name, 10 * PRICE)] * 40)
    assert tally(results) == {"usd": 10, ledger.LimitReached: 30}
    assert counted(name) == (10 * PRICE, 0)
    assert summary(alice.account) == Summary(10_000_000, 10 * PRICE, 0, 0)


def test_money_and_limit_run_out_together(new_customer: NewCustomer, name: str) -> None:
    customer = new_customer(credit_micros=8 * PRICE, trials=3)
    calls = [partial(unit_reserved, customer, f"{name}{n % 2}", 5 * PRICE) for n in range(40)]
    results = tally(at_once(calls))
    assert (results["image"], results["usd"]) == (3, 8)
    used = [sum(counted(f"{name}{n}")) for n in range(2)]
    assert sum(used) == 8 * PRICE
    assert max(used) <= 5 * PRICE


def test_the_limit_holds_at_every_moment_while_jobs_come_and_go(alice: Customer, name: str) -> None:
    limit = 5 * PRICE

    def live(posts: bool) -> int:
        charged = 0
        for _ in range(12):
            try:
                hold_id = reserve(alice, name, limit).hold_id
            except ledger.LimitReached:
                continue
            (ledger.post if posts else ledger.void)(hold_id)
            charged += posts
        return charged

    def watch() -> int:
        return max(
            (each.used for _ in range(80) for each in Budget.objects.filter(name=name)), default=0
        )

    # One in six charges: the rest go on coming and going for a while.
    calls: list[Call] = [partial(live, False)] * 5
    calls += [partial(live, True), watch]
    *charges, most = at_once(calls)
    assert isinstance(most, int)
    assert most <= limit
    assert counted(name) == (0, PRICE * sum(each for each in charges if isinstance(each, int)))
    assert not Hold.objects.filter(budget__name=name, status="held").exists()
    assert drifts() == []


@pytest.mark.parametrize("resolve", [ledger.post, ledger.void])
def test_a_hold_that_is_counted_while_it_is_resolved(
    resolve: Callable[[int], None], alice: Customer, name: str
) -> None:
    """Whoever waits for the hold began before the budget was there, and must find it."""
    hold_id = reserve(alice, name, None).hold_id
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            ledger.count(name, OWN, {"like": f"{name}%"})
            assert counted(name) == (PRICE, 0)
            resolving = apart(threads, resolve, hold_id)
            wait_until(lambda: waiting() == 1)
        resolving.result()
    assert counted(name) == (0, PRICE if resolve is ledger.post else 0)
    assert drifts() == []


def test_a_hold_that_is_resolved_while_it_is_counted(alice: Customer, name: str) -> None:
    charged, returned = (reserve(alice, name, None).hold_id for _ in range(2))
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            ledger.post(charged)
            ledger.void(returned)
            counting = apart(threads, ledger.count, name, OWN, {"like": f"{name}%"})
            wait_until(lambda: waiting() == 1)
        counting.result()
    assert counted(name) == (0, PRICE)
    assert drifts() == []


def test_a_limit_set_while_everything_moves(alice: Customer, name: str) -> None:
    """Counting, charging, giving back and reserving at once: no deadlock, and exact in the end."""
    for _ in range(4):
        open_ones = [reserve(alice, name, None).hold_id for _ in range(6)]
        calls: list[Call] = [partial(ledger.count, name, OWN, {"like": f"{name}%"})] * 4
        calls += [partial(ledger.post, hold_id) for hold_id in open_ones[:3]]
        calls += [partial(ledger.void, hold_id) for hold_id in open_ones[3:]]
        calls += [partial(reserve, alice, name, 1_000 * PRICE)] * 6
        results = at_once(calls)
        assert not [each for each in results if isinstance(each, Exception)]
    ledger.count(name, OWN, {"like": f"{name}%"})
    assert counted(name) == (24 * PRICE, 12 * PRICE)
    assert drifts() == []
