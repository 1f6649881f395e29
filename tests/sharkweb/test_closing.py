"""Closing an account: what is asked, what ends at once, what is erased, and what stays."""

from datetime import timedelta

import httpx
import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.utils import timezone

from accounts.models import Account, Invitation, Membership, User
from accounts.roles import Role
from generations import closing, files, jobs
from generations.models import Job
from keys.models import Key
from tests.accounts.people import join, newest_mail, proven
from tests.conftest import PASSWORD, Customer, NewCustomer
from tests.generations.runner.scripted import picture
from tests.underway import processing, submission
from tests.visitor import Visitor
from wallet.models import BillingProfile, Transfer
from wallet.statement import summary

CLOSE = "/settings/account/close"


def close(visitor: Visitor, customer: Customer) -> httpx.Response:
    """Signs in, shows once more who it is, and types the name."""
    visitor.sign_in(customer.user.email)
    proven(visitor, visitor.get(CLOSE))
    return visitor.post(CLOSE, {"name": customer.account.name})


def test_it_asks_who_one_is_and_for_the_name(site: str, alice: Customer) -> None:
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        # Without that, not even a form that knows the name closes anything.
        answer = visitor.post(CLOSE, {"name": alice.account.name})
        assert answer.headers["location"] == CLOSE
        proven(visitor, visitor.get(CLOSE))
        page = visitor.get(CLOSE).text
        assert "$10.00 is left" in page
        assert "1 API token is revoked" in page
        for name in ("", "another", alice.account.name.upper()):
            answer = visitor.post(CLOSE, {"name": name})
            assert answer.status_code == 422
            assert 'aria-invalid="true"' in answer.text
    assert Account.objects.get(pk=alice.account.pk).closed_at is None


def test_everything_ends(site: str, new_customer: NewCustomer) -> None:
    ada = new_customer("ada", credit_micros=1_000_000)
    email, name = ada.user.email, ada.account.name
    User.objects.filter(pk=ada.user.pk).update(name="Ada")
    waiting = jobs.submit(submission(ada, "a secret prompt")).id
    BillingProfile.objects.create(
        account=ada.account, auto_topup=True, card_id="pm_1", customer_id=f"cus_{ada.account.pk}"
    )
    with Visitor(site) as visitor, Visitor(site) as elsewhere:
        elsewhere.sign_in(email)
        answer = close(visitor, ada)
        assert (answer.status_code, answer.headers["location"]) == (302, "/")
        assert "Your account is closed" in visitor.get("/").text
        assert not visitor.is_signed_in
        assert not elsewhere.is_signed_in
        visitor.sign_in(email)
        assert not visitor.is_signed_in
    # Its programs.
    answer = httpx.get(f"{site}/api/v1/jobs/{waiting}", headers=ada.headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "KEY_REVOKED")
    assert Key.objects.get(account=ada.account).name == ""
    # Its jobs and its money: all of it is free again, none of it is gone.
    job = Job.objects.get(pk=waiting)
    assert (job.status, job.failure_kind) == ("failed", "cancelled")
    assert summary(ada.account).available_micros == 1_000_000
    profile = BillingProfile.objects.get(account=ada.account)
    assert (profile.auto_topup, profile.card_id) == (False, "")
    assert profile.customer_id
    # Who it was.
    account, user = Account.objects.get(pk=ada.account.pk), User.objects.get(pk=ada.user.pk)
    assert account.closed_at
    assert account.name != name
    assert (user.name, user.is_active, user.has_usable_password()) == ("", False, False)
    assert email not in user.email
    assert not EmailAddress.objects.filter(user=user).exists()
    assert not UserSession.objects.filter(user=user).exists()
    assert Transfer.objects.filter(credit__account=account).exists()
    mail, text, _ = newest_mail(email)
    assert mail["Subject"] == f"{name} is closed"
    assert "Ada" in text


def test_prompts_and_images_are_erased(site: str, new_customer: NewCustomer) -> None:
    ada = new_customer("ada", credit_micros=1_000_000)
    done = processing(ada)
    assert jobs.complete(done, files.save_result(picture()))
    name = Job.objects.get(pk=done.pk).image_name
    running = processing(ada)
    reference = files.save_input(b"a reference", "png")
    Job.objects.filter(pk=running.pk).update(input_name=reference, input_url="https://e.example/a")
    assert httpx.get(f"{site}/images/{name}").status_code == 200
    with Visitor(site) as visitor:
        close(visitor, ada)
    # A request that was let in before may still have submitted.
    late = jobs.submit(submission(ada, "late")).id
    closing.erase_due()
    for job in Job.objects.filter(account=ada.account):
        assert job.finished_at
        assert (job.prompt, job.input_name, job.input_url) == ("", "", "")
    assert Job.objects.get(pk=late).failure_kind == "cancelled"
    assert httpx.get(f"{site}/images/{name}").status_code == 404
    with pytest.raises(FileNotFoundError):
        files.read_input(reference)
    # Its price is still told.
    assert Job.objects.get(pk=done.pk).price_micros == 30_000
    assert Account.objects.get(pk=ada.account.pk).erased_at is None
    old = timezone.now() - timedelta(hours=1)
    Account.objects.filter(pk=ada.account.pk).update(closed_at=old)
    closing.erase_due()
    assert Account.objects.get(pk=ada.account.pk).erased_at


def test_members_of_other_accounts_stay(
    site: str, alice: Customer, bob: Customer, new_customer: NewCustomer
) -> None:
    only_here = new_customer("carol")
    Membership.objects.filter(user=only_here.user).delete()
    join(only_here, alice, Role.DEVELOPER)
    join(bob, alice, Role.VIEWER)
    Invitation.objects.create(
        account=alice.account,
        email="x@example.com",
        role="viewer",
        digest=b"1",
        expires_at=timezone.now() + timedelta(days=1),
    )
    with Visitor(site) as visitor, Visitor(site) as other:
        other.sign_in(bob.user.email)
        other.post("/settings/accounts", {"account": alice.account.pk})
        close(visitor, alice)
        # He is back in his own.
        assert bob.account.name in other.get("/settings/account").text
    assert User.objects.get(pk=bob.user.pk).email == bob.user.email
    assert not User.objects.get(pk=only_here.user.pk).is_active
    assert "is closed" in newest_mail(bob.user.email)[0]["Subject"]
    assert not Invitation.objects.filter(account=alice.account).exists()


def test_who_has_another_account_stays_signed_in(site: str, alice: Customer, bob: Customer) -> None:
    join(alice, bob, Role.VIEWER)
    with Visitor(site) as visitor:
        answer = close(visitor, alice)
        assert answer.headers["location"] == "/settings/accounts"
        assert bob.account.name in visitor.get("/settings/accounts").text
        assert visitor.is_signed_in


def test_staff_are_not_forgotten(site: str, alice: Customer) -> None:
    User.objects.filter(pk=alice.user.pk).update(is_staff=True)
    with Visitor(site) as visitor:
        close(visitor, alice)
        assert visitor.is_signed_in
    assert User.objects.get(pk=alice.user.pk).email == alice.user.email


def test_a_suspended_account_is_closed_by_nobody_but_staff(site: str, alice: Customer) -> None:
    alice.account.suspend()
    with Visitor(site) as visitor:
        assert close(visitor, alice).status_code == 200
    assert Account.objects.get(pk=alice.account.pk).closed_at is None


def test_coming_back_brings_no_more_free_images(site: str, new_customer: NewCustomer) -> None:
    ada = new_customer("ada")
    email = ada.user.email
    with Visitor(site) as visitor:
        close(visitor, ada)
        visitor.post("/accounts/signup/", {"email": email, "password1": PASSWORD})
        visitor.post("/accounts/confirm-email/", {"code": visitor.code_for(email)})
        assert visitor.is_signed_in
    account = Account.objects.get(members__email=email)
    assert account.verified_at
    assert summary(account).trials_balance == 0
