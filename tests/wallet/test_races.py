"""Many at once, on connections of their own: money is spent once and nobody is refused wrongly."""

import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from generations import jobs, overdue
from generations.models import Job
from tests.at_once import apart, at_once, waiting
from tests.conftest import Customer, NewCustomer, wait_until
from tests.underway import PRICE, processing, submission
from wallet import ledger
from wallet.models import Book, Hold, Transfer, Unit
from wallet.statement import Summary, summary


def reference() -> str:
    return f"test:{uuid.uuid4()}"


def tally(results: Sequence[object]) -> Counter[object]:
    """How often each value was returned, or each kind of exception raised."""
    return Counter(type(each) if isinstance(each, Exception) else each for each in results)


def reserve(customer: Customer) -> str:
    return ledger.reserve(customer.account.pk, PRICE, reference()).unit


def test_forty_spenders_of_money_for_ten(new_customer: NewCustomer) -> None:
    customer = new_customer(credit_micros=10 * PRICE)
    results = at_once([partial(reserve, customer)] * 40)
    assert tally(results) == {"usd": 10, ledger.InsufficientBalance: 30}
    assert summary(customer.account) == Summary(10 * PRICE, 10 * PRICE, 0, 0)


@pytest.mark.parametrize("spenders", [8, 40])
def test_free_images_and_money_are_both_spent_to_the_last(
    spenders: int, new_customer: NewCustomer
) -> None:
    customer = new_customer(credit_micros=5 * PRICE, trials=3)
    results = tally(at_once([partial(reserve, customer)] * spenders))
    assert (results["image"], results["usd"]) == (3, 5)
    assert results[ledger.InsufficientBalance] == spenders - 8
    assert summary(customer.account) == Summary(5 * PRICE, 5 * PRICE, 3, 3)


def test_nobody_is_refused_while_there_is_enough_for_all(new_customer: NewCustomer) -> None:
    """Eight at a time come and go with enough for eight: whatever the timing, each finds some."""
    customer = new_customer(credit_micros=5 * PRICE, trials=3)

    def come_and_go() -> int:
        for _ in range(20):
            ledger.void(ledger.reserve(customer.account.pk, PRICE, reference()).hold_id)
        return 20

    assert tally(at_once([come_and_go] * 8)) == {20: 8}
    assert summary(customer.account) == Summary(5 * PRICE, 0, 3, 0)


def test_a_hold_is_resolved_once_by_twenty(new_customer: NewCustomer) -> None:
    for _ in range(5):
        customer = new_customer(credit_micros=2 * PRICE)
        hold_id = ledger.reserve(customer.account.pk, PRICE, reference()).hold_id
        calls: list[Callable[[], None]] = [partial(ledger.post, hold_id)] * 10
        results = at_once(calls + [partial(ledger.void, hold_id)] * 10)
        assert tally(results) == {None: 1, ledger.HoldResolved: 19}
        posted = results.index(None) < 10
        assert Hold.objects.get(pk=hold_id).status == ("posted" if posted else "voided")
        left = PRICE if posted else 2 * PRICE
        assert summary(customer.account) == Summary(left, 0, 0, 0)


def test_a_reference_moves_once_for_twenty(alice: Customer) -> None:
    name = reference()
    credit = partial(ledger.credit_by_staff, alice.account, Unit.USD, 7, name, "")
    assert tally(at_once([credit] * 20)) == {True: 1, False: 19}
    assert summary(alice.account).balance_micros == 10_000_007
    assert Transfer.objects.filter(reference=name).count() == 1


def test_of_different_movements_with_one_reference_one_is_made(alice: Customer) -> None:
    name = reference()
    amounts = range(1, 13)
    results = at_once(
        [partial(ledger.credit_by_staff, alice.account, Unit.USD, n, name, "") for n in amounts]
    )
    assert tally(results) == {True: 1, ledger.ReferenceReused: 11}
    credited = amounts[results.index(True)]
    assert summary(alice.account).balance_micros == 10_000_000 + credited


def test_debits_and_reservations_never_take_the_same_money(new_customer: NewCustomer) -> None:
    customer = new_customer(credit_micros=10 * PRICE)

    def debit() -> bool:
        return ledger.debit_by_staff(customer.account, Unit.USD, PRICE, reference(), "")

    calls: list[Callable[[], object]] = [debit, partial(reserve, customer)]
    results = tally(at_once(calls * 15))
    assert results[True] + results["usd"] == 10
    assert results[ledger.InsufficientBalance] == 20
    wallet = summary(customer.account)
    assert (wallet.available_micros, wallet.held_micros) == (0, results["usd"] * PRICE)


def test_an_image_given_back_while_one_waits_for_money_is_found(new_customer: NewCustomer) -> None:
    """Whoever waited for money that then went to another looks again before it gives up."""
    customer = new_customer(credit_micros=PRICE, trials=1)
    trial = ledger.reserve(customer.account.pk, PRICE, reference())
    with ThreadPoolExecutor(2) as threads:
        with transaction.atomic():
            assert reserve(customer) == "usd"
            spender = apart(threads, reserve, customer)
            wait_until(lambda: waiting() == 1)
            apart(threads, ledger.void, trial.hold_id).result()
        assert spender.result() == "image"


def test_an_operator_and_a_spender_do_not_deadlock(new_customer: NewCustomer) -> None:
    """Whoever waited for a free image that then went to another goes on to the money with the
    images' lock in hand; the operator's command, which moves both, must not come from there."""
    customer = new_customer(credit_micros=PRICE, trials=1)
    options = {"email": customer.user.email, "credit": "1", "trials": 2, "stdout": StringIO()}
    with ThreadPoolExecutor(2) as threads:
        with transaction.atomic():
            assert reserve(customer) == "image"
            spender = apart(threads, reserve, customer)
            wait_until(lambda: waiting() == 1)
            operator = apart(threads, partial(call_command, "create_customer", **options))
            wait_until(lambda: waiting() == 2)
        assert spender.result() == "usd"
        operator.result()
    assert summary(customer.account) == Summary(1_000_000 + PRICE, PRICE, 2, 1)


def endings(job: Job) -> list[Callable[[], object]]:
    """Everything that may end a job, several times each."""
    calls: list[Callable[[], object]] = []
    for n in range(4):
        calls += [
            partial(jobs.complete, job, f"race-{n}.png"),
            partial(jobs.fail, job.pk, "provider", "the engine failed", job.fence),
            partial(jobs.fail, job.pk, "staff", "stopped"),
            overdue.fail,
        ]
    return calls


def ended(job: Job, customer: Customer) -> Job:
    """The job, whose money must match how it ended."""
    job.refresh_from_db()
    assert job.status in ("completed", "failed")
    completed = job.status == "completed"
    assert Hold.objects.get(job=job).status == ("posted" if completed else "voided")
    charged = PRICE if completed else 0
    assert summary(customer.account) == Summary(10_000_000 - charged, 0, 0, 0)
    charges = Transfer.objects.filter(kind="charge", reference=f"job:{job.pk}")
    assert charges.count() == completed
    return job


def test_a_job_ends_once_and_its_money_with_it(new_customer: NewCustomer) -> None:
    for _ in range(8):
        customer = new_customer(credit_micros=10_000_000)
        job = processing(customer)
        results = at_once(endings(job))
        assert not [each for each in results if isinstance(each, Exception)]
        # overdue.fail counts what it failed; here nothing is overdue.
        assert tally([each for each in results if isinstance(each, bool)]) == {True: 1, False: 11}
        ended(job, customer)


def test_an_overdue_job_fails_whoever_comes_first(new_customer: NewCustomer) -> None:
    customer = new_customer(credit_micros=10_000_000)
    job = processing(customer, timedelta(seconds=-1))
    assert not jobs.complete(job, "late.png")
    results = at_once(endings(job))
    assert not [each for each in results if isinstance(each, Exception)]
    assert ended(job, customer).status == "failed"


def test_a_job_that_ends_at_its_very_deadline_ends_once(new_customer: NewCustomer) -> None:
    customer = new_customer(credit_micros=10_000_000)
    deadline = timedelta(seconds=0.4)
    job = processing(customer, deadline)

    def until_ended(end: Callable[[], object]) -> None:
        while Job.objects.filter(pk=job.pk, status="processing").exists():
            if timezone.now() > job.deadline_at - timedelta(milliseconds=3):
                end()

    calls: list[Callable[[], object]] = [partial(jobs.complete, job, "late.png")]
    calls = [*calls, overdue.fail] * 4
    results = at_once([partial(until_ended, call) for call in calls])
    assert tally(results) == {None: 8}
    ended(job, customer)


def test_books_never_hold_more_than_they_have_while_jobs_come_and_go(
    new_customer: NewCustomer,
) -> None:
    """Submitting, completing and failing for one account, all mixed, ends with exact money."""
    customer = new_customer(credit_micros=6 * PRICE)

    def live(completes: bool) -> str:
        try:
            job_id = jobs.submit(submission(customer)).id
        except ledger.InsufficientBalance:
            return "refused"
        Job.objects.filter(pk=job_id).update(status="processing", fence=1)
        job = Job.objects.select_related("model").get(pk=job_id)
        if completes:
            assert jobs.complete(job, f"{job_id}.png")
            return "charged"
        assert jobs.fail(job_id, "provider", "the engine failed", fence=1)
        return "free"

    results = tally(at_once([partial(live, n % 2 == 0) for n in range(24)]))
    assert results["charged"] <= 6
    assert results["refused"] + results["charged"] + results["free"] == 24
    book = Book.objects.get(account=customer.account, unit=Unit.USD)
    assert (book.balance, book.held) == ((6 - results["charged"]) * PRICE, 0)
