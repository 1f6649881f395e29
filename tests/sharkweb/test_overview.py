"""The overview: an invitation for newcomers, then what is left, what was used, what was made."""

import re
import uuid
from collections.abc import Iterator
from html import unescape
from typing import Any

import httpx
import pytest
from django.db.models.functions import Now
from django.test import Client, override_settings

from accounts.roles import Role
from generations.models import CatalogueModel, Job
from keys.models import Key
from tests.accounts.people import join
from tests.conftest import Customer, NewCustomer
from tests.generations.sync.ended import end
from tests.underway import processing
from tests.visitor import Visitor
from wallet import ledger
from wallet.models import Topup, Transfer, Unit

STEPS = [
    "Verify your e-mail",
    "Make your first image",
    "Create an API token",
    "Make your first API call",
    "Top up your wallet",
]


@pytest.fixture
def newcomer(new_customer: NewCustomer) -> Customer:
    """Somebody with three free images who has done nothing yet."""
    customer = new_customer("newcomer", trials=3)
    Key.objects.filter(account=customer.account).delete()
    return customer


@pytest.fixture
def takes_payments() -> Iterator[None]:
    with override_settings(
        STRIPE_SECRET_KEY="sk_test_nobody", STRIPE_API_BASE="http://127.0.0.1:9"
    ):
        yield


def browser_of(customer: Customer) -> Client:
    client = Client()
    client.force_login(customer.user)
    return client


def words(page: Any) -> str:
    assert page.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.content.decode())).split())


def steps(page: Any) -> dict[str, bool]:
    """The first steps that the page shows, and whether each is done."""
    items = re.findall(r'<li class="step( step--done)?">(.*?)</li>', page.content.decode(), re.S)
    titles = [re.search(r'class="step__title"[^>]*>([^<]+)<', item) for _, item in items]
    return {t[1]: bool(done) for t, (done, _) in zip(titles, items, strict=True) if t}


def made(customer: Customer, how: str = "completed") -> Job:
    model = CatalogueModel.offered("tiny")
    assert model
    return end(customer.account.pk, None, model, how)


def images(page: Any) -> list[str]:
    """The latest images' addresses."""
    shown = page.content.decode().split('class="latest"')
    return re.findall(r'<img src="([^"]+)"', shown[1]) if len(shown) > 1 else []


def test_it_is_where_one_comes_to(site: str, alice: Customer) -> None:
    with Visitor(site) as visitor:
        assert visitor.get("/overview").headers["location"].startswith("/accounts/login/")
        assert visitor.sign_in(alice.user.email).headers["location"] == "/overview"
        assert visitor.get("/").headers["location"] == "/overview"
        assert visitor.get("/overview").status_code == 200


def test_a_newcomer_is_invited(newcomer: Customer) -> None:
    page = browser_of(newcomer).get("/overview")
    read = words(page).split("Welcome aboard")[1]
    assert "3 free images are waiting for you" in read
    assert "$0.00" not in read
    assert 'class="chart' not in page.content.decode()
    assert 'action="/playground"' in page.content.decode()
    assert "?prompt=A%20red%20fox%20in%20a%20winter%20forest" in page.content.decode()


@pytest.mark.usefixtures("takes_payments")
def test_who_has_money_is_no_newcomer(alice: Customer) -> None:
    read = words(browser_of(alice).get("/overview"))
    assert "Welcome aboard" not in read
    assert "Balance $10.00 Add credit" in read


def test_who_deleted_everything_is_no_newcomer(newcomer: Customer) -> None:
    job = made(newcomer)
    Job.objects.filter(pk=job.pk).update(deleted_at=Now())
    read = words(browser_of(newcomer).get("/overview"))
    assert "Welcome aboard" not in read
    assert "Last 30 days" in read


def test_nobody_is_sent_to_pay_where_that_cannot_be(alice: Customer) -> None:
    assert "Add credit" not in words(browser_of(alice).get("/overview"))


@pytest.mark.usefixtures("takes_payments")
def test_a_suspended_customer_is_told_and_cannot_pay(alice: Customer) -> None:
    alice.account.suspend()
    browser = browser_of(alice)
    for path in ("/overview", "/wallet", "/history", "/playground"):
        assert words(browser.get(path)).count("This account is suspended") == 1, path
    answer = browser.post("/wallet/topups", {"amount": "10"}, follow=True)
    assert "cannot be topped up. Nothing was charged" in words(answer)
    assert not Topup.objects.filter(account=alice.account).exists()


@pytest.mark.usefixtures("takes_payments")
def test_the_first_steps_tick_themselves_off(site: str, newcomer: Customer) -> None:
    browser = browser_of(newcomer)

    def done() -> list[str]:
        found = steps(browser.get("/overview"))
        assert list(found) == STEPS
        return [title for title, is_done in found.items() if is_done]

    assert done() == STEPS[:1]
    made(newcomer, "failed")
    assert done() == STEPS[:1]
    made(newcomer)
    assert done() == STEPS[:2]
    _, token = Key.create(newcomer.account, "first", newcomer.user)
    assert done() == STEPS[:3]
    httpx.get(f"{site}/api/v1/jobs", headers={"X-API-Key": token}).raise_for_status()
    assert done() == STEPS[:4]
    order = Topup.objects.create(account=newcomer.account, amount_micros=10, status="failed")
    assert done() == STEPS[:4]
    Topup.objects.filter(pk=order.pk).update(status="paid")
    try:
        assert "Getting started" not in words(browser.get("/overview"))
    finally:
        # Nothing was paid: the audit must not miss it.
        Topup.objects.filter(pk=order.pk).delete()


def test_without_payments_there_is_no_step_to_pay(newcomer: Customer) -> None:
    assert list(steps(browser_of(newcomer).get("/overview"))) == STEPS[:4]


def test_the_first_steps_can_be_put_away(new_customer: NewCustomer) -> None:
    customer, other = new_customer("tidy", trials=1), new_customer("untidy", trials=1)
    made(customer)
    made(other)
    browser = browser_of(customer)
    assert steps(browser.get("/overview"))
    assert browser.post("/overview").headers["Location"] == "/overview"
    assert not steps(browser.get("/overview"))
    # Another account in the same browser begins anew.
    browser.force_login(other.user)
    assert steps(browser.get("/overview"))


@pytest.mark.usefixtures("takes_payments")
def test_what_is_left_and_what_was_used(alice: Customer) -> None:
    made(alice)
    made(alice)
    processing(alice)
    page = browser_of(alice).get("/overview")
    read = words(page)
    assert "Balance $9.94 Add credit Reserved $0.03 for jobs under way Free images left 0" in read
    assert "Balance lasts about 165 days at the rate of the last 7 days" in read
    assert "Images 2 images" in read
    assert "Spending $0.06" in read
    assert "1 under way" in read
    assert re.search(r"20\d\d 2 \$0\.06", read), "the same is in the table"
    assert page.content.decode().count('class="chart__bar"') == 2 * 30


def test_all_that_is_under_way_is_counted(new_customer: NewCustomer) -> None:
    busy = new_customer("busy", credit_micros=10_000_000)
    for _ in range(14):
        processing(busy)
    made(busy)
    assert "14 under way" in words(browser_of(busy).get("/overview"))


def test_the_latest_six_images(alice: Customer) -> None:
    jobs = [made(alice) for _ in range(8)]
    made(alice, "failed")
    Job.objects.filter(pk=jobs[-1].pk).update(image_deleted_at=jobs[-1].created_at)
    expected = [f"/thumbnails/{job.pk.hex}.png" for job in reversed(jobs[1:7])]
    assert images(browser_of(alice).get("/overview")) == expected


def test_debt_is_said(alice: Customer) -> None:
    made(alice)
    reference = f"test:{uuid.uuid4()}"
    ledger.take_back(alice.account, 12_000_000, Transfer.Kind.REFUND, reference, "a refund")
    assert "Your balance is −$2.03" in words(browser_of(alice).get("/overview"))


def test_each_role_is_asked_for_what_it_may(newcomer: Customer, new_customer: NewCustomer) -> None:
    for role in (Role.VIEWER, Role.BILLING, Role.DEVELOPER):
        member = new_customer(role.value)
        member.account.members.clear()
        join(member, newcomer, role)
        page = browser_of(member).get("/overview")
        may_make = role == Role.DEVELOPER
        assert ('action="/playground"' in page.content.decode()) == may_make
        assert ("Make your first image" in steps(page)) == may_make
    made(newcomer)
    page = browser_of(member).get("/overview")
    assert "New image" in words(page)
    assert "Add credit" not in words(page)


def test_others_see_nothing_of_it(alice: Customer, bob: Customer) -> None:
    job = made(bob)
    ledger.credit_by_staff(bob.account, Unit.USD, 77_000_000, f"test:{uuid.uuid4()}", "")
    page = browser_of(alice).get("/overview")
    assert str(job.pk.hex) not in page.content.decode()
    assert "$86.97" not in words(page)


def test_a_prompt_is_text(alice: Customer) -> None:
    job = made(alice)
    Job.objects.filter(pk=job.pk).update(prompt='"><script>alert(1)</script>')
    page = browser_of(alice).get("/overview").content.decode()
    assert "<script>alert(1)" not in page
    assert "&quot;&gt;&lt;script&gt;alert(1)" in page
