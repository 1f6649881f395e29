"""Adding credit on the wallet page: which amounts, the way to Stripe's page, and the way back."""

import re
import uuid
from html import unescape
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client, override_settings

from accounts.roles import Role
from tests.accounts.people import join
from tests.conftest import Customer, NewCustomer
from tests.wallet.till import Till, balance
from wallet.models import BillingProfile, Policy, Topup
from wallet.statement import summary

BAD_AMOUNTS = [
    *("", "0", "-10", "5", "15", "10.01", "1e1", "NaN", "inf", "10.0000000001", "10.0", "10.00"),
    *("１０", "٢٠", "+10", " 10", "10 ", "10\n", "$10", "1,000", "0x10", "010", "1010", "9" * 400),
]


@pytest.fixture
def browser(till: Till, alice: Customer) -> Client:
    """Alice's, signed in."""
    client = Client()
    client.force_login(alice.user)
    return client


def said(answer: Any) -> str:
    """What the next page will say."""
    return " ".join(str(message) for message in get_messages(answer.wsgi_request))


def words(answer: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def orders(customer: Customer) -> list[Topup]:
    return list(Topup.objects.filter(account=customer.account))


@pytest.mark.parametrize("amount", BAD_AMOUNTS)
def test_a_bad_amount_never_reaches_stripe(
    amount: str, browser: Client, till: Till, alice: Customer
) -> None:
    # Whatever is asked of Stripe uses up the fault that is lined up for it.
    waiting = till.standin.control("faults", kind="error")["faults"]
    answer = browser.post("/wallet/topups", {"amount": amount})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/wallet")
    rule = "Choose a multiple of $10, from $10 to $1,000.00. Nothing was charged."
    assert said(answer) == rule
    assert len(till.standin.control("faults", kind="error")["faults"]) == len(waiting) + 1
    assert orders(alice) == []
    assert rule in words(browser.get("/wallet"))


@pytest.mark.parametrize("amount", BAD_AMOUNTS)
def test_neither_does_a_bad_one_written_by_hand(
    amount: str, browser: Client, alice: Customer
) -> None:
    answer = browser.post("/wallet/topups", {"amount": "other", "other": amount})
    assert "Choose a multiple of $10" in said(answer)
    assert orders(alice) == []


def test_an_amount_written_by_hand(browser: Client, alice: Customer) -> None:
    answer = browser.post("/wallet/topups", {"amount": "other", "other": "130"})
    assert answer.status_code == 303
    # What stands in the field counts only when it was chosen.
    assert browser.post("/wallet/topups", {"amount": "50", "other": "130"}).status_code == 303
    assert sorted(order.amount_micros for order in orders(alice)) == [50_000_000, 130_000_000]


@pytest.mark.parametrize(
    ("asked", "chosen", "other"),
    [
        ("10", "10", ""),
        ("100", "100", ""),
        ("30", "other", "30"),
        *((bad, "20", "") for bad in ("", "0", "-10", "x", "1e3", "٣٠", '"><script>', "9" * 400)),
    ],
)
def test_an_address_can_choose_the_amount(
    asked: str, chosen: str, other: str, browser: Client
) -> None:
    html = browser.get("/wallet", {"amount": asked}).content.decode()
    assert re.findall(r'name="amount" value="(\w+)" checked', html) == [chosen]
    assert re.findall(r'name="other"[^>]* value="([^"]*)"', html) == [other]
    assert "<script>" not in html.split("<main")[1]


def test_who_may_not_pay_is_told_who_may(
    browser: Client, alice: Customer, new_customer: NewCustomer
) -> None:
    assert 'action="/wallet/topups"' in browser.get("/wallet").content.decode()
    for role, may_pay in ((Role.VIEWER, False), (Role.DEVELOPER, False), (Role.BILLING, True)):
        member = new_customer(role.value)
        member.account.members.clear()
        join(member, alice, role)
        browser.force_login(member.user)
        page = browser.get("/wallet")
        assert ('action="/wallet/topups"' in page.content.decode()) == may_pay
        told = "An owner or a billing member of this account can add credit." in words(page)
        assert told != may_pay
        answer = browser.post("/wallet/topups", {"amount": "20"})
        assert answer.status_code == (303 if may_pay else 403)
    assert [order.user for order in orders(alice)] == [member.user]


def test_no_amount_at_all_is_refused(browser: Client, alice: Customer) -> None:
    assert "Choose a multiple of $10" in said(browser.post("/wallet/topups"))
    assert orders(alice) == []


def test_staff_set_the_largest_amount(browser: Client, alice: Customer) -> None:
    policy, _ = Policy.objects.get_or_create(pk=1)
    Policy.objects.filter(pk=policy.pk).update(topup_max_micros=50_000_000)
    try:
        assert "to $50.00" in said(browser.post("/wallet/topups", {"amount": "60"}))
        assert "up to $50.00" in words(browser.get("/wallet"))
        assert browser.post("/wallet/topups", {"amount": "50"}).status_code == 303
    finally:
        policy.save()
    assert [order.amount_micros for order in orders(alice)] == [50_000_000]


@pytest.mark.parametrize("dollars", [10, 20, 50, 100, 130, 1000])
def test_there_and_back(dollars: int, browser: Client, till: Till, alice: Customer) -> None:
    answer = browser.post("/wallet/topups", {"amount": str(dollars)})
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith(till.standin.address)
    (order,) = orders(alice)
    assert order.status == Topup.Status.OPEN
    back = till.standin.press(answer.headers["Location"], "pay", card="pm_card_visa")
    path = back.headers["Location"].removeprefix("http://testserver")
    assert path == f"/wallet/topups/{order.pk}"
    # Loading the return page again, or going back in the browser, credits nothing more.
    for _ in range(2):
        page = browser.get(path, follow=True)
        assert f"${dollars:,}.00 was added." in words(page)
    assert balance(alice) == 10 + dollars
    order.refresh_from_db()
    html = page.content.decode()
    assert order.status == Topup.Status.PAID
    assert order.receipt_url
    assert order.invoice_url
    assert f'href="{order.receipt_url}"' in unescape(html)
    assert f'href="{order.invoice_url}"' in unescape(html)


def test_coming_back_unpaid_adds_nothing(browser: Client, till: Till, alice: Customer) -> None:
    order = till.order(alice)
    page = browser.get(f"/wallet/topups/{order.pk}", follow=True)
    assert "The payment was not completed. Nothing was charged." in words(page)
    assert balance(alice) == 10


def test_the_order_is_stored_before_stripe_is_asked(
    browser: Client, till: Till, alice: Customer
) -> None:
    till.standin.control("faults", kind="error", path="/v1/checkout/sessions", times=5)
    answer = browser.post("/wallet/topups", {"amount": "20"})
    assert "Stripe does not answer at the moment. Nothing was charged" in said(answer)
    (order,) = orders(alice)
    assert (order.status, order.session_id) == (Topup.Status.CREATED, None)
    assert (order.user, order.amount_micros) == (alice.user, 20_000_000)
    assert balance(alice) == 10


def test_nobody_answers_at_stripes_address(browser: Client, till: Till, alice: Customer) -> None:
    order, _ = till.paid(alice)
    with override_settings(STRIPE_API_BASE="http://127.0.0.1:9"):
        assert "Nothing was charged" in said(browser.post("/wallet/topups", {"amount": "20"}))
        back = browser.get(f"/wallet/topups/{order.pk}")
        assert "Paid money is credited shortly" in said(back)
        assert "Nothing was charged" in said(browser.post("/wallet/portal"))
        assert browser.get("/wallet").status_code == 200
    assert balance(alice) == 10
    browser.get(f"/wallet/topups/{order.pk}")
    assert balance(alice) == 20


def test_anothers_order_is_as_unknown_as_none(
    browser: Client, till: Till, alice: Customer, bob: Customer
) -> None:
    order, _ = till.paid(bob)
    assert browser.get(f"/wallet/topups/{order.pk}").status_code == 404
    assert browser.get(f"/wallet/topups/{uuid.uuid4()}").status_code == 404
    assert str(order.pk) not in browser.get("/wallet").content.decode()
    assert summary(bob.account).balance_micros == 10_000_000
    assert balance(alice) == 10


def test_the_portal_is_the_accounts_own(browser: Client, till: Till, alice: Customer) -> None:
    answer = browser.post("/wallet/portal")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(till.standin.address)
    assert BillingProfile.of(alice.account).customer_id
    assert alice.user.email in till.standin.http.get(answer.headers["Location"]).text


def test_addresses_that_act_want_a_form(browser: Client) -> None:
    assert browser.get("/wallet/topups").status_code == 405
    assert browser.get("/wallet/portal").status_code == 405


def test_a_stand_in_is_called_one(browser: Client) -> None:
    assert "Here a stand-in plays Stripe: no money moves." in words(browser.get("/wallet"))
    with override_settings(STRIPE_API_BASE=""):
        assert "stand-in" not in words(browser.get("/wallet"))


def test_without_stripe_it_says_so(browser: Client, alice: Customer) -> None:
    with override_settings(STRIPE_SECRET_KEY="", STRIPE_API_BASE=""):
        page = browser.get("/wallet")
        assert "This deployment takes no payments." in words(page)
        assert 'action="/wallet/topups"' not in page.content.decode()
        for path in ("/wallet/topups", "/wallet/portal"):
            answer = browser.post(path, {"amount": "10"})
            assert "takes no payments. Nothing was charged." in said(answer)
    assert orders(alice) == []
