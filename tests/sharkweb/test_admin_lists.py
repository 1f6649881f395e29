"""The admin's lists find what is looked for without reading everything: one account's rows, one
token's, a search, or the newest.
"""

import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.admin import lists
from accounts.models import User
from generations import jobs
from keys.models import Key
from tests.conftest import Customer, NewCustomer
from tests.underway import processing, submission

JOBS = "/admin/generations/job/"
SHOWN = re.compile(rf'href="{JOBS}([0-9a-f-]{{36}})/change/')


@pytest.fixture
def clerk(staff: User) -> Client:
    """Staff who may do everything, signed in."""
    client = Client()
    client.force_login(staff)
    return client


def text_of(clerk: Client, path: str) -> str:
    page = clerk.get(path)
    assert page.status_code == 200, path
    return page.content.decode()


def jobs_on(clerk: Client, query: str) -> list[str]:
    """The ids of the listed jobs, in their order."""
    return SHOWN.findall(text_of(clerk, JOBS + query))


def submitted(customer: Customer, count: int, prompt: str = "a shark") -> list[str]:
    """That many new jobs, the newest first."""
    return [str(jobs.submit(submission(customer, prompt)).id) for _ in range(count)][::-1]


def test_only_the_newest_are_listed_and_the_others_found(
    clerk: Client, alice: Customer, bob: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids, others = submitted(alice, 5), submitted(bob, 1)
    monkeypatch.setattr(lists, "LISTED_MAX", 3)
    assert jobs_on(clerk, "") == [*others, *ids[:2]]
    assert jobs_on(clerk, "?status__exact=queued") == [*others, *ids[:2]]
    assert jobs_on(clerk, "?q=%20") == [*others, *ids[:2]]
    assert jobs_on(clerk, f"?account={alice.account.pk}") == ids
    assert jobs_on(clerk, f"?key={alice.key.pk}") == ids
    assert jobs_on(clerk, f"?q={alice.user.email.upper()}") == ids
    assert jobs_on(clerk, f"?q={alice.user.email[:-4]}") == ids
    assert jobs_on(clerk, f"?q={ids[4]}") == [ids[4]]
    # What is not in the list can be looked at all the same.
    assert clerk.get(f"{JOBS}{ids[4]}/change/").status_code == 200


def test_what_the_landing_page_shows_is_listed_however_old(
    clerk: Client, alice: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What the landing page shows is the staff's own.
    User.objects.filter(pk=alice.user.pk).update(is_staff=True)
    old, new = processing(alice), processing(alice)
    assert jobs.complete(old, f"{uuid.uuid4().hex}.png")
    act = {"action": "feature", "_selected_action": str(old.pk), "index": "0"}
    answer = clerk.post(JOBS, act, follow=True)
    assert "1 job is shown" in answer.content.decode()
    monkeypatch.setattr(lists, "LISTED_MAX", 1)
    assert jobs_on(clerk, "") == [str(new.pk)]
    assert str(old.pk) in jobs_on(clerk, "?landing=shown")
    answer = clerk.post(f"{JOBS}?landing=shown", {**act, "action": "withdraw"}, follow=True)
    assert "1 job is shown no more" in answer.content.decode()
    assert str(old.pk) not in jobs_on(clerk, "?landing=shown")


def test_failures_by_their_kind(clerk: Client, alice: Customer) -> None:
    for kind in ("timeout", "moderated"):
        job = processing(alice)
        assert jobs.fail(job.pk, kind, "no", 1)
        assert jobs_on(clerk, f"?account={alice.account.pk}&failure={kind}") == [str(job.pk)]
    assert jobs_on(clerk, f"?account={alice.account.pk}&failure=staff") == []


def test_a_part_of_a_name_finds_the_newest_of_each_account(
    clerk: Client, new_customer: NewCustomer, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"twin{uuid.uuid4().hex[:8]}"
    first, second = (new_customer(name, credit_micros=1_000_000) for _ in range(2))
    ids = [submitted(first, 3), submitted(second, 3)]
    assert jobs_on(clerk, f"?q={name}") == ids[1] + ids[0]
    monkeypatch.setattr(lists, "LISTED_MAX", 4)
    assert jobs_on(clerk, f"?q={name}") == ids[1][:2] + ids[0][:2]
    assert jobs_on(clerk, f"?q={name}&status__exact=failed") == []


def test_prompts_are_searched_within_one_account(
    clerk: Client, alice: Customer, bob: Customer
) -> None:
    word = f"w{uuid.uuid4().hex[:12]}"
    ids = submitted(alice, 1, f"A {word.upper()}, at dusk")
    submitted(alice, 1)
    submitted(bob, 1, word)
    assert jobs_on(clerk, f"?account={alice.account.pk}&q=dusk+{word}") == ids
    assert jobs_on(clerk, f"?account={alice.account.pk}&q=dawn+{word}") == []
    assert jobs_on(clerk, f"?account={alice.account.pk}&q={ids[0]}") == ids
    assert jobs_on(clerk, f"?q={word}") == []


def test_an_accounts_transfers_are_those_it_got_and_those_it_gave(
    clerk: Client, alice: Customer, bob: Customer
) -> None:
    for customer in (alice, bob):
        assert jobs.complete(processing(customer), f"{uuid.uuid4().hex}.png")
    for query in (f"account={alice.account.pk}", f"q={alice.user.email}"):
        page = text_of(clerk, f"/admin/wallet/transfer/?{query}")
        assert "+$10.00" in page
        assert "−$0.03" in page
        assert bob.account.name not in page
    job_id = alice.account.jobs.get().pk
    assert page_has_one(clerk, f"/admin/wallet/transfer/?q=job:{job_id}")
    assert page_has_one(clerk, f"/admin/wallet/hold/?q=job:{job_id}")
    assert page_has_one(clerk, f"/admin/wallet/hold/?account={alice.account.pk}")


def page_has_one(clerk: Client, path: str) -> bool:
    return text_of(clerk, path).count('class="field-amount_label"') == 1


@pytest.mark.parametrize("value", ["x", "9" * 30, "-1", "0", "%00", "1.5"])
@pytest.mark.parametrize("name", ["account", "key"])
def test_what_is_no_row_is_not_there(name: str, value: str, clerk: Client, alice: Customer) -> None:
    submitted(alice, 1)
    for query in (f"?{name}={value}", f"?{name}={value}&q=shark"):
        answer = clerk.get(JOBS + query)
        if answer.status_code == 302:
            assert answer["location"] == f"{JOBS}?e=1"
        else:
            assert SHOWN.findall(answer.content.decode()) == []


def test_tokens_are_found_by_what_is_shown_of_them(clerk: Client, alice: Customer) -> None:
    key = alice.key
    for query in (key.shown, key.prefix, key.last4, alice.user.email):
        page = text_of(clerk, f"/admin/keys/key/?q={query}")
        assert f"/admin/keys/key/{key.pk}/change/" in page, query
    assert f"/{key.pk}/change/" not in text_of(clerk, f"/admin/keys/key/?q={key.shown}x")


def test_tokens_by_their_state(clerk: Client, alice: Customer) -> None:
    old = Key.create(alice.account, "old", alice.user)[0]
    Key.objects.filter(pk=old.pk).update(expires_at=timezone.now() - timedelta(days=1))
    gone = Key.create(alice.account, "gone", alice.user)[0]
    gone.revoke()
    for state, key in (("active", alice.key), ("expired", old), ("revoked", gone)):
        page = text_of(clerk, f"/admin/keys/key/?account={alice.account.pk}&state={state}")
        assert re.findall(r"/keys/key/(\d+)/change/", page) == [str(key.pk)]


@pytest.mark.parametrize(
    "path",
    ["generations/job", "generations/usage", "wallet/transfer", "wallet/hold", "wallet/book",
     "wallet/topup", "keys/key", "accounts/account", "accounts/user"],
)  # fmt: skip
def test_a_longer_list_takes_no_more_statements(
    path: str, clerk: Client, new_customer: NewCustomer
) -> None:
    """Nor does any of them count or sort all there is."""

    def statements() -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            text_of(clerk, f"/admin/{path}/")
        return [query["sql"] for query in queries]

    def more() -> None:
        customer = new_customer("longer", credit_micros=1_000_000)
        assert jobs.complete(processing(customer), f"{uuid.uuid4().hex}.png")

    more()
    statements()
    before = len(statements())
    more()
    more()
    after = statements()
    assert len(after) == before <= 8
    counts = [sql for sql in after if "COUNT(" in sql]
    assert all("LIMIT 10000" in sql for sql in counts)
    assert counts
