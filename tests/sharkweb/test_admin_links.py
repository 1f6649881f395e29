"""Walks the admin from one account's page along every link to what belongs to it: all of it is
reached, amounts are dollars, and what its people wrote is text and nothing else.
"""

import re
import uuid
from dataclasses import dataclass
from html import unescape

import pytest
from django.test import Client

from accounts.models import Account, Invitation, Membership, User
from accounts.models.invitations import LIFETIME, digest, new_token
from generations import jobs
from generations.models import Job
from generations.sync import usage
from keys.models import Key
from tests.conftest import Customer, NewCustomer
from tests.underway import processing, submission
from wallet import alerts, ledger
from wallet.models import BillingProfile, Hold, Topup, Transfer, Unit

HOSTILE = "<img src=x onerror=wound()><script>wound()</script>\"'{{ 7*7 }}%s"
CREDIT_MICROS = 12_340_000
# Links to other pages of one row, and to the lists of what belongs to one.
FOLLOWED = re.compile(
    r"(/admin/[a-z]+/[a-z]+/[0-9a-f-]+/(change|history|adjust)/|\S+\?(account|key|q)=)"
)


@pytest.fixture(scope="module")
def clerk(database: None) -> Client:
    """Staff who may do everything, signed in."""
    client = Client()
    client.force_login(User.objects.create_superuser(f"staff-{uuid.uuid4()}@example.com"))
    return client


@pytest.fixture(scope="module")
def villain(new_customer: NewCustomer) -> Customer:
    """A customer with one of everything, who writes markup wherever there is room."""
    villain = new_customer("villain", credit_micros=CREDIT_MICROS)
    account, user = villain.account, villain.user
    Account.objects.filter(pk=account.pk).update(name=HOSTILE)
    User.objects.filter(pk=user.pk).update(name=HOSTILE)
    Key.objects.filter(pk=villain.key.pk).update(name=HOSTILE, monthly_limit_micros=7_770_000)
    done, failed = (processing(villain) for _ in range(2))
    Job.objects.filter(pk__in=[done.pk, failed.pk]).update(
        prompt=HOSTILE, engine_reference=HOSTILE, user=user
    )
    assert jobs.complete(done, f"{uuid.uuid4().hex}.png")
    assert jobs.fail(failed.pk, Job.FailureKind.PROVIDER, HOSTILE, 1)
    while usage.roll_up():
        pass
    ledger.credit_by_staff(account, Unit.USD, 1, f"test:{uuid.uuid4()}", HOSTILE, actor=user)
    Topup.objects.create(account=account, user=user, amount_micros=33_330_000, failure=HOSTILE)
    BillingProfile.objects.create(
        account=account,
        customer_id=f"cus_{HOSTILE}{uuid.uuid4()}",
        auto_topup=True,
        auto_stopped_reason=HOSTILE,
        alert_below_micros=5_550_000,
    )
    Invitation.objects.create(
        account=account,
        email="guest@example.com",
        role="viewer",
        digest=digest(new_token()),
        invited_by=user,
        expires_at=account.created_at + LIFETIME,
    )
    return villain


@dataclass
class Walk:
    """The pages that were come by, and what they said."""

    clerk: Client
    pages: dict[str, str]

    def go(self, path: str) -> None:
        """Opens the page, and all that it leads to."""
        if path in self.pages:
            return
        answer = self.clerk.get(path)
        assert answer.status_code == 200, path
        self.pages[path] = page = answer.content.decode()
        for link in re.findall(r'href="([^"]+)"', page):
            if FOLLOWED.match(unescape(link)):
                self.go(unescape(link))


@pytest.fixture(scope="module")
def walk(clerk: Client, villain: Customer) -> Walk:
    """All that an account's page leads to."""
    walk = Walk(clerk, {})
    walk.go(f"/admin/accounts/account/{villain.account.pk}/change/")
    return walk


def test_all_that_belongs_to_an_account_is_reached(walk: Walk, villain: Customer) -> None:
    account = villain.account
    books = [book.pk for book in account.books.all()]
    rows = [
        villain.user,
        villain.key,
        *account.books.all(),
        *account.jobs.all(),
        *account.usage.all(),
        *account.topups.all(),
        *account.invitations.all(),
        account.billing,
        *Hold.objects.filter(book__in=books),
        *Transfer.objects.filter(debit__in=books),
        *Transfer.objects.filter(credit__in=books),
    ]
    assert len(rows) == 17
    for row in rows:
        name = f"{row._meta.app_label}/{row._meta.model_name}"
        assert f"/admin/{name}/{row.pk}/change/" in walk.pages, row


def test_rows_lead_to_each_other(walk: Walk, villain: Customer) -> None:
    job = villain.account.jobs.get(status="completed")
    assert job.hold
    assert job.hold.transfer
    pages = {
        "job": f"/admin/generations/job/{job.pk}/change/",
        "hold": f"/admin/wallet/hold/{job.hold.pk}/change/",
        "transfer": f"/admin/wallet/transfer/{job.hold.transfer.pk}/change/",
        "token": f"/admin/keys/key/{villain.key.pk}/change/",
        "account": f"/admin/accounts/account/{villain.account.pk}/change/",
        "user": f"/admin/accounts/user/{villain.user.pk}/change/",
        "its jobs": f"/admin/generations/job/?key={villain.key.pk}",
    }
    ways = {
        "job": ("account", "token", "hold", "transfer", "user"),
        "hold": ("account", "job", "transfer"),
        "transfer": ("account", "job", "hold"),
        "token": ("account", "user", "its jobs"),
        "account": ("user",),
        "user": ("account",),
    }
    for start, ends in ways.items():
        for end in ends:
            assert f'href="{pages[end]}"' in walk.pages[pages[start]], (start, end)


def test_every_list_leads_to_the_account(walk: Walk, villain: Customer) -> None:
    link = f'href="/admin/accounts/account/{villain.account.pk}/change/"'
    lists = [path for path in walk.pages if f"?account={villain.account.pk}" in path]
    assert len(lists) == 8
    for path in lists:
        table = walk.pages[path].split('id="result_list"')[1]
        assert link in table, path


def test_amounts_are_dollars(walk: Walk) -> None:
    pages = "".join(walk.pages.values())
    for dollars in ("$12.34", "−$0.03", "$7.77", "$5.55", "$33.33", "$20.00 below $5.00"):
        assert dollars in pages
    for micros in (CREDIT_MICROS, CREDIT_MICROS - 30_000 + 1, 7_770_000, 5_550_000, 33_330_000):
        assert str(micros) not in pages
        assert f"{micros:,}" not in pages


def test_what_people_wrote_is_text(walk: Walk, villain: Customer, clerk: Client) -> None:
    alerts.raise_alert("test", f"{HOSTILE}{uuid.uuid4()}", HOSTILE)
    account, user, key = villain.account, villain.user, villain.key
    walk.pages |= {
        path: clerk.get(path, follow=True).content.decode()
        for path in (
            "/admin/",
            "/admin/wallet/alert/",
            "/admin/generations/job/",
            "/admin/generations/job/engine-room/",
            f"/admin/accounts/user/{user.pk}/delete/",
            f"/admin/accounts/user/?q={HOSTILE}",
            f"/admin/generations/job/?account={account.pk}&key={key.pk}&q={HOSTILE}",
        )
    }
    for action, model, pk in (
        ("suspend", "accounts/account", account.pk),
        ("revoke", "keys/key", key.pk),
        ("delete_selected", "accounts/user", user.pk),
    ):
        data = {"action": action, "_selected_action": str(pk), "index": "0"}
        path = f"/admin/{model}/"
        walk.pages[action] = clerk.post(path, data, follow=True).content.decode()
    assert sum("&lt;script&gt;wound" in page for page in walk.pages.values()) > 20
    for path, page in walk.pages.items():
        assert "<img src=x" not in page, path
        assert "<script>wound" not in page, path
        assert "49%s" not in page, path


def test_a_member_of_many_accounts_shows_a_few(clerk: Client, new_customer: NewCustomer) -> None:
    user = new_customer("member").user
    for _ in range(4):
        Membership.objects.create(user=user, account=new_customer("other").account, role="viewer")
    page = clerk.get(f"/admin/accounts/user/{user.pk}/change/").content.decode()
    assert "+ 2" in re.sub(r"\s+", " ", page)
    assert page.count("(Viewer)") == 2


def test_jobs_are_failed_from_the_list_and_never_saved(clerk: Client, alice: Customer) -> None:
    job_id = jobs.submit(submission(alice)).id
    path = f"/admin/generations/job/{job_id}/change/"
    assert 'name="_save"' not in clerk.get(path).content.decode()
    assert clerk.post(path, {}).status_code == 403
    data = {"action": "fail_with_release", "_selected_action": str(job_id), "index": "0"}
    answer = clerk.post(f"/admin/generations/job/?q={alice.user.email}", data, follow=True)
    assert "Failed 1 job;" in answer.content.decode()
    assert Job.objects.get(pk=job_id).status == "failed"
