"""What a customer lets the wallet do: automatic top-ups by one of their own cards, and a mail."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from tests.conftest import Customer
from tests.wallet.till import Till
from wallet import settlement, stripe
from wallet.models import BillingProfile

PAGE = "/wallet/settings"
AUTO = "/wallet/settings/auto-topup"
LOW = "/wallet/settings/low-balance"


@pytest.fixture
def browser(till: Till, alice: Customer) -> Client:
    """Alice's, signed in."""
    client = Client()
    client.force_login(alice.user)
    return client


def saved_card(till: Till, customer: Customer) -> str:
    """The card with which they paid a top-up; its id."""
    _, intent_id = till.paid(customer, 20)
    settlement.settle(intent_id)
    (card_id,) = stripe.cards(profile(customer).customer_id or "")
    return card_id


def profile(customer: Customer) -> BillingProfile:
    return BillingProfile.of(customer.account)


def wishes(of_card: str, **others: str) -> dict[str, str]:
    chosen = {"enabled": "on", "threshold": "7.50", "amount": "30", "card": of_card} | others
    return {f"auto-{name}": value for name, value in chosen.items() if value != "absent"}


def words(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def test_all_is_off_at_first(browser: Client, alice: Customer) -> None:
    read = words(browser.get(PAGE))
    assert "Automatic top-up Off" in read
    assert "No card is saved yet." in read
    assert not profile(alice).auto_topup
    assert profile(alice).alert_below_micros is None


def test_opting_in_and_out(browser: Client, till: Till, alice: Customer) -> None:
    card = saved_card(till, alice)
    assert "Visa •••• 4242" in words(browser.get(PAGE))
    page = browser.post(AUTO, wishes(card), follow=True)
    assert "Automatic top-ups are on." in words(page)
    assert "Automatic top-up On" in words(page)
    found = profile(alice)
    assert (found.auto_topup, found.card_id, found.card_label) == (True, card, "Visa •••• 4242")
    assert (found.auto_threshold_micros, found.auto_amount_micros) == (7_500_000, 30_000_000)
    told = "Automatic top-up On $30.00 from Visa •••• 4242 when less than $7.50 is available."
    assert told in words(browser.get("/wallet"))
    page = browser.post(AUTO, wishes("", enabled="absent"), follow=True)
    assert "Automatic top-ups are off." in words(page)
    assert not profile(alice).auto_topup


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("amount", amount) for amount in ("", "0", "15", "-10", "1e1", "10.0", "1010", " 10")),
        *(("threshold", amount) for amount in ("", "-1", "NaN", "1.001", "５", "100000.01")),
        *(("card", card) for card in ("", "pm_card_visa", "pm_0000")),
    ],
)
def test_what_cannot_be_done_is_not_kept(
    name: str, value: str, browser: Client, till: Till, alice: Customer
) -> None:
    card = saved_card(till, alice)
    before = profile(alice)
    answer = browser.post(AUTO, wishes(card, **{name: value}))
    assert answer.status_code == 422
    assert "field__error" in answer.content.decode()
    after = profile(alice)
    assert not after.auto_topup
    assert after.auto_amount_micros == before.auto_amount_micros
    assert after.auto_threshold_micros == before.auto_threshold_micros
    assert after.card_id == before.card_id


def test_anothers_card_is_none_of_ones_own(
    browser: Client, till: Till, alice: Customer, bob: Customer
) -> None:
    saved_card(till, alice)
    bobs = saved_card(till, bob)
    answer = browser.post(AUTO, wishes(bobs))
    assert answer.status_code == 422
    assert "That is none of your saved cards." in words(answer)
    assert bobs not in answer.content.decode()
    assert not profile(alice).auto_topup
    assert profile(alice).card_id != bobs


def test_why_it_stopped_is_said_until_it_is_on_again(
    browser: Client, till: Till, alice: Customer
) -> None:
    card = saved_card(till, alice)
    reason = "Your card was declined."
    BillingProfile.objects.filter(account=alice.account).update(auto_stopped_reason=reason)
    assert f"It was turned off: {reason}" in words(browser.get(PAGE))
    assert f"Automatic top-up was turned off: {reason}" in words(browser.get("/wallet"))
    browser.post(AUTO, wishes(card))
    assert profile(alice).auto_stopped_reason == ""
    assert reason not in words(browser.get(PAGE))


def test_when_stripe_is_away_nothing_changes(browser: Client, till: Till, alice: Customer) -> None:
    card = saved_card(till, alice)
    browser.post(AUTO, wishes(card))
    with override_settings(STRIPE_API_BASE="http://127.0.0.1:9"):
        page = browser.get(PAGE)
        assert "Stripe does not answer, so your cards cannot be shown." in words(page)
        page = browser.post(AUTO, wishes(card, amount="50"), follow=True)
        assert "Nothing was changed." in words(page)
    assert profile(alice).auto_amount_micros == 30_000_000


def test_the_alerts_threshold(browser: Client, alice: Customer) -> None:
    browser.post(LOW, {"low-alert_below": "2.50"})
    assert profile(alice).alert_below_micros == 2_500_000
    assert 'value="2.50"' in browser.get(PAGE).content.decode()
    # The same threshold again is not crossed again; another one is.
    BillingProfile.objects.filter(account=alice.account).update(alerted_at=timezone.now())
    browser.post(LOW, {"low-alert_below": "2.50"})
    assert profile(alice).alerted_at
    browser.post(LOW, {"low-alert_below": "3"})
    assert profile(alice).alerted_at is None
    browser.post(LOW, {"low-alert_below": ""})
    assert profile(alice).alert_below_micros is None
    answer = browser.post(LOW, {"low-alert_below": "much"})
    assert answer.status_code == 422
    assert "Write dollars as 10 or 10.50." in words(answer)


def test_without_stripe_only_the_alert_is_left(browser: Client, alice: Customer) -> None:
    with override_settings(STRIPE_SECRET_KEY="", STRIPE_API_BASE=""):
        page = browser.get(PAGE)
        assert "so nothing can be topped up" in words(page)
        assert f'action="{AUTO}"' not in page.content.decode()
        assert browser.post(AUTO, wishes("pm_1")).status_code == 422
        assert browser.post(LOW, {"low-alert_below": "1"}).status_code == 302
    assert not profile(alice).auto_topup
    assert profile(alice).alert_below_micros == 1_000_000


def test_it_is_for_members(till: Till) -> None:
    for path in (PAGE, AUTO, LOW):
        answer = Client().post(path) if path != PAGE else Client().get(path)
        assert answer.headers["Location"].startswith("/accounts/login/")
