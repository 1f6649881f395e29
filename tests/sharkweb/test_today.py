"""The staff's home page: the day's figures, for whoever may see all of what they count."""

import re
from datetime import timedelta
from html import unescape

from django.contrib.auth.models import Permission
from django.utils import timezone

from accounts.models import User
from generations import jobs
from sharkweb import today
from tests.conftest import Customer, NewCustomer
from tests.underway import processing
from tests.visitor import Visitor
from wallet.models import Topup


def test_what_happens_is_counted(site: str, staff: User, new_customer: NewCustomer) -> None:
    before = today.read()
    customer = new_customer("today", credit_micros=1_000_000)
    assert jobs.complete(processing(customer), f"{'0' * 32}.png")
    for kind in ("provider", "moderated"):
        assert jobs.fail(processing(customer).pk, kind, "no", 1)
    after = today.read()
    assert after.accounts == before.accounts + 1
    assert after.images == before.images + 1
    assert after.failures == before.failures + 1
    assert after.declined == before.declined + 1
    assert after.charged_micros == before.charged_micros + 30_000
    with Visitor(site) as clerk:
        clerk.sign_in(staff.email)
        words = _words(clerk)
    assert f"Images {after.images:,} {after.declined:,} declined or cancelled" in words
    assert f"Failures {after.failures:,}" in words


def test_what_was_begun_yesterday_and_paid_today_is_todays(alice: Customer) -> None:
    before = today.read()
    yesterday = timezone.now() - timedelta(days=1)
    for paid_at in (timezone.now(), yesterday):
        Topup.objects.create(
            account=alice.account,
            amount_micros=10_000_000,
            status=Topup.Status.PAID,
            created_at=yesterday,
            paid_at=paid_at,
        )
    after = today.read()
    assert after.paid_in_micros == before.paid_in_micros + 10_000_000
    assert after.payments == before.payments + 1


def test_half_a_permission_shows_nothing(site: str, alice: Customer) -> None:
    alice.user.is_staff = True
    alice.user.save()
    alice.user.user_permissions.set(Permission.objects.filter(codename="view_job"))
    with Visitor(site) as clerk:
        clerk.sign_in(alice.user.email)
        words = _words(clerk)
    assert "Jobs" in words
    assert "Charged" not in words


def _words(clerk: Visitor) -> str:
    page = clerk.get("/admin/")
    assert page.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())
