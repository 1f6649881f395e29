"""Low balances: one mail for each crossing, and how long the money lasts."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.at_once import at_once
from tests.conftest import Customer, NewCustomer
from tests.wallet.saver import alone, spend, subjects_to
from wallet import ledger, low_balance
from wallet.low_balance import Lasting, lasts_for
from wallet.models import MICROS_PER_USD, BillingProfile, Transfer, Unit

LOW = "Your SharkAPI balance is low"


@pytest.fixture
def watcher(new_customer: NewCustomer) -> Customer:
    """Somebody with $10 who wants to hear of less than $5."""
    alone()
    customer = new_customer("watcher", credit_micros=10 * MICROS_PER_USD)
    BillingProfile.of(customer.account)
    BillingProfile.objects.filter(account=customer.account).update(
        alert_below_micros=5 * MICROS_PER_USD
    )
    return customer


def earn(customer: Customer, dollars: int) -> None:
    reference = f"test:{uuid.uuid4()}"
    ledger.credit_by_staff(customer.account, Unit.USD, dollars * MICROS_PER_USD, reference, "")


def charge(customer: Customer, dollars: int) -> None:
    """An image that costs that much."""
    reserved = ledger.reserve(customer.account.pk, dollars * MICROS_PER_USD, f"t:{uuid.uuid4()}")
    ledger.post(reserved.hold_id)


def test_one_mail_for_each_crossing(watcher: Customer) -> None:
    low_balance.run_due()
    spend(watcher, 5)
    low_balance.run_due()
    assert subjects_to(watcher) == [], "exactly the threshold is not below it"
    spend(watcher, 1)
    for _ in range(3):
        low_balance.run_due()
    assert subjects_to(watcher) == [LOW]
    earn(watcher, 1)
    low_balance.run_due()
    assert subjects_to(watcher) == [LOW]
    spend(watcher, 1)
    low_balance.run_due()
    assert subjects_to(watcher) == [LOW, LOW]


def test_many_processes_at_once_send_one_mail(watcher: Customer) -> None:
    spend(watcher, 6)
    assert sorted(map(str, at_once([low_balance.run_due] * 6))) == ["0"] * 5 + ["1"]
    assert subjects_to(watcher) == [LOW]


def test_what_is_reserved_is_not_available(watcher: Customer) -> None:
    ledger.reserve(watcher.account.pk, 6 * MICROS_PER_USD, f"test:{uuid.uuid4()}")
    low_balance.run_due()
    assert subjects_to(watcher) == [LOW]


def test_without_a_threshold_there_is_no_mail(watcher: Customer) -> None:
    BillingProfile.objects.filter(account=watcher.account).update(alert_below_micros=None)
    spend(watcher, 10)
    low_balance.run_due()
    assert subjects_to(watcher) == []


def test_nothing_spent_says_nothing(watcher: Customer) -> None:
    spend(watcher, 1)
    assert lasts_for(watcher.account) == Lasting(None)
    assert str(Lasting(None)) == ""


def test_a_newcomer_is_measured_over_a_day_at_least(watcher: Customer) -> None:
    charge(watcher, 2)
    assert lasts_for(watcher.account) == Lasting(4)
    charge(watcher, 8)
    assert lasts_for(watcher.account) == Lasting(0)


def test_the_rate_is_that_of_the_last_seven_days(
    watcher: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    charge(watcher, 3)
    now = Transfer.objects.filter(debit__account=watcher.account).latest("pk").created_at
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=6, hours=23))
    # $3 in nearly 7 days, with $7 left.
    assert lasts_for(watcher.account) == Lasting(16)
    charge(watcher, 1)
    second = Transfer.objects.filter(debit__account=watcher.account).latest("pk").created_at
    week = timedelta(days=7)
    # The first image is a week ago by now, the second not quite: $1 in 7 days, with $6 left.
    monkeypatch.setattr(timezone, "now", lambda: second + week - timedelta(microseconds=1))
    assert lasts_for(watcher.account) == Lasting(42)
    monkeypatch.setattr(timezone, "now", lambda: second + week)
    assert lasts_for(watcher.account) == Lasting(None)


def test_a_busy_accounts_rate_is_that_of_its_last_images(
    watcher: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(low_balance, "CHARGES_MAX", 2)
    for _ in range(3):
        charge(watcher, 1)
    first, *_ = Transfer.objects.filter(debit__account=watcher.account).order_by("-pk")[1:2]
    # The last two cost $2 in a day and a half, with $7 left.
    now = first.created_at + timedelta(hours=36)
    monkeypatch.setattr(timezone, "now", lambda: now)
    assert lasts_for(watcher.account) == Lasting(5, by_charges=True)
    assert str(lasts_for(watcher.account)) == "about 5 days at the rate of the last 2 images"
    # A week later they count no more; in between, those left count as the week's.
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=7))
    assert lasts_for(watcher.account) == Lasting(None)


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "less than a day"), (1, "about 1 day"), (12, "about 12 days"), (400, "more than a year")],
)
def test_in_words(days: int, words: str) -> None:
    assert str(Lasting(days)) == f"{words} at the rate of the last 7 days"
