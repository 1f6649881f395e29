"""What staff cannot do: act without the permission, or undo by saving what came in between."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction

from accounts.models import Account, User
from generations import jobs
from generations.models import Job
from keys.models import Key
from tests.at_once import apart, waiting
from tests.conftest import Customer, NewCustomer, wait_until
from tests.underway import processing
from tests.visitor import Visitor
from wallet.models import Book
from wallet.statement import summary


@pytest.fixture
def clerk(site: str, staff: User) -> Iterator[Visitor]:
    """Staff who may do everything, signed in."""
    with Visitor(site) as visitor:
        visitor.sign_in(staff.email)
        yield visitor


@pytest.fixture
def reader(site: str, new_customer: NewCustomer) -> Iterator[Visitor]:
    """Staff who may look at everything and change nothing."""
    somebody = new_customer("reader")
    User.objects.filter(pk=somebody.user.pk).update(is_staff=True)
    somebody.user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
    with Visitor(site) as visitor:
        visitor.sign_in(somebody.user.email)
        yield visitor


def test_who_may_only_look_changes_nothing(reader: Visitor, alice: Customer) -> None:
    job = processing(alice)
    acts = [
        ("accounts/account", "suspend", alice.account.pk),
        ("keys/key", "revoke", alice.key.pk),
        ("generations/job", "fail_with_release", job.pk),
    ]
    for model, action, pk in acts:
        assert str(pk) in reader.get(f"/admin/{model}/").text
        data: dict[str, object] = {"action": action, "_selected_action": str(pk), "index": "0"}
        reader.post(f"/admin/{model}/", data)
        assert f'value="{action}"' not in reader.get(f"/admin/{model}/").text, action
    job.refresh_from_db()
    assert Account.objects.get(pk=alice.account.pk).suspended_at is None
    assert Key.objects.get(pk=alice.key.pk).revoked_at is None
    assert job.status == "processing"
    book = Book.objects.filter(account=alice.account).first()
    assert book is not None
    assert reader.get(f"/admin/wallet/book/{book.pk}/adjust/").status_code == 403


def test_customers_have_no_admin(site: str, alice: Customer) -> None:
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        answer = visitor.get("/admin/")
        assert answer.status_code == 302
        assert visitor.get(answer.headers["location"]).status_code == 403


def saves_meanwhile(
    clerk: Visitor, path: str, data: Mapping[str, object], meanwhile: Callable[[], object]
) -> None:
    """Staff press Save on a row that `meanwhile` is just changing: they wait, then they write."""
    clerk.get(path)
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            meanwhile()
            saving = apart(threads, clerk.post, path, data)
            wait_until(lambda: saving.done() or waiting() == 1)
        assert saving.result().status_code in (302, 403)


def test_saving_does_not_undo_a_suspension(clerk: Visitor, alice: Customer) -> None:
    account = alice.account
    inline = {f"membership_set-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL")}
    data = {"name": "renamed", **inline}
    saves_meanwhile(clerk, f"/admin/accounts/account/{account.pk}/change/", data, account.suspend)
    account.refresh_from_db()
    assert account.name == "renamed"
    assert account.is_suspended


def test_saving_does_not_bring_a_token_back(clerk: Visitor, alice: Customer) -> None:
    key = alice.key
    saves_meanwhile(clerk, f"/admin/keys/key/{key.pk}/change/", {"name": "renamed"}, key.revoke)
    key.refresh_from_db()
    assert key.name == "renamed"
    assert key.revoked_at is not None


def test_saving_does_not_reopen_a_job_that_was_charged(clerk: Visitor, alice: Customer) -> None:
    job = processing(alice)
    path = f"/admin/generations/job/{job.pk}/change/"
    saves_meanwhile(clerk, path, {}, lambda: jobs.complete(job, f"{job.pk}.png"))
    assert Job.objects.get(pk=job.pk).status == "completed"
    assert summary(alice.account).balance_micros == 9_970_000
