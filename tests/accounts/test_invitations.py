"""Asking somebody to join: the mail, the link that works once, and the place they get."""

import uuid
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from accounts import invitations
from accounts.models import Account, Invitation, Membership, User
from tests.accounts.people import HOSTILE, link_in, newest_mail
from tests.at_once import at_once
from tests.conftest import PASSWORD, Customer
from tests.visitor import Visitor


def invite(site: str, owner: Customer, email: str, role: str = "developer") -> str:
    """The path of the link in the mail."""
    with Visitor(site) as visitor:
        visitor.sign_in(owner.user.email)
        answer = visitor.post("/settings/members", {"email": email, "role": role})
        assert answer.status_code == 302, answer.text
    return link_in(newest_mail(email.lower())[1], "/invitations/")


def new_email() -> str:
    return f"asked-{uuid.uuid4().hex[:12]}@example.com"


def role_of(user: User, account: Account) -> str | None:
    return (
        Membership.objects.filter(user=user, account=account).values_list("role", flat=True).first()
    )


def test_a_member_elsewhere_accepts(site: str, alice: Customer, bob: Customer) -> None:
    link = invite(site, alice, bob.user.email.upper(), "billing")
    with Visitor(site) as visitor:
        page = visitor.get(link)
        assert alice.account.name in page.text
        assert "Billing" in page.text
        # Only whoever is signed in can accept, and only by pressing the button.
        visitor.post(link)
        visitor.sign_in(bob.user.email)
        visitor.get(link)
        assert role_of(bob.user, alice.account) is None
        answer = visitor.post(link)
        assert answer.status_code == 302
        assert role_of(bob.user, alice.account) == "billing"
        # They are in the new account now, and the link is used up.
        assert alice.account.name in visitor.get("/settings/account").text
        assert visitor.get(link).status_code == 404
        assert visitor.post(link).status_code == 404
    assert not Invitation.objects.filter(account=alice.account).exists()


def test_a_newcomer_signs_up_and_is_back_at_the_invitation(site: str, alice: Customer) -> None:
    email = new_email()
    link = invite(site, alice, email)
    with Visitor(site) as visitor:
        page = visitor.get(link).text
        signup = f"/accounts/signup/?next={link.replace('/', '%2F')}&amp;email="
        assert signup in page
        form = {"email": email, "password1": PASSWORD, "next": link}
        visitor.post(f"/accounts/signup/?next={link}", form)
        answer = visitor.post("/accounts/confirm-email/", {"code": visitor.code_for(email)})
        assert answer.headers["location"] == link
        visitor.post(link)
    user = User.objects.get(email=email)
    assert role_of(user, alice.account) == "developer"
    # An account of their own they have as well.
    assert user.accounts.count() == 2


def test_a_link_ends_when_it_is_withdrawn_replaced_or_old(site: str, alice: Customer) -> None:
    email = new_email()
    first = invite(site, alice, email)
    invitation = Invitation.objects.get(account=alice.account)
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        assert email in visitor.get("/settings/members").text
        visitor.post(f"/settings/invitations/{invitation.pk}/resend")
        second = link_in(newest_mail(email)[1], "/invitations/")
        assert visitor.get(first).status_code == 404
        assert visitor.get(second).status_code == 200
        Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now())
        assert visitor.post(second).status_code == 404
        assert "Expired" in visitor.get("/settings/members").text
        visitor.post(f"/settings/invitations/{invitation.pk}/resend")
        third = link_in(newest_mail(email)[1], "/invitations/")
        invitation.refresh_from_db()
        assert invitation.expires_at > timezone.now() + timedelta(days=6)
        visitor.post(f"/settings/invitations/{invitation.pk}/withdraw")
        assert visitor.get(third).status_code == 404
    # What is stored opens nothing.
    assert third.rpartition("/")[2].encode() not in bytes(invitation.digest)


def test_of_many_who_accept_at_once_one_does(site: str, alice: Customer, bob: Customer) -> None:
    token = invite(site, alice, new_email()).rpartition("/")[2]
    users = [bob.user, User.objects.create_user(new_email(), PASSWORD)] * 3
    ends = at_once([partial(invitations.accept, token, user) for user in users])
    assert sum(isinstance(end, Membership) for end in ends) == 1, ends
    assert Membership.objects.filter(account=alice.account).count() == 2


def test_who_cannot_be_invited(site: str, alice: Customer, bob: Customer) -> None:
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        for email, role in [
            (alice.user.email, "viewer"),
            ("no-address", "viewer"),
            ("ſ@example.com", "viewer"),
            ("c@example.com", "emperor"),
            ("", "viewer"),
        ]:
            answer = visitor.post("/settings/members", {"email": email, "role": role})
            assert answer.status_code == 422
            assert 'aria-invalid="true"' in answer.text
    assert not Invitation.objects.filter(account=alice.account).exists()


def test_invitations_are_not_for_writing_to_the_whole_world(site: str, alice: Customer) -> None:
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        one = {"email": new_email(), "role": "viewer"}
        answers = [visitor.post("/settings/members", one).status_code for _ in range(31)]
    assert answers[:30] == [302] * 30
    assert answers[30] == 422


def test_names_in_the_mail_are_only_names(site: str, alice: Customer) -> None:
    email = new_email()
    User.objects.filter(pk=alice.user.pk).update(name=f"Pay: now{HOSTILE}\r\nBcc: x@example.com")
    Account.objects.filter(pk=alice.account.pk).update(name=HOSTILE)
    link = invite(site, alice, email)
    mail, text, html = newest_mail(email)
    assert "\n" not in str(mail["Subject"])
    assert mail["Bcc"] is None
    assert HOSTILE in text
    assert "<script" not in html
    assert html.count("<a ") == 1
    assert f'{link}"' in html
    with Visitor(site) as visitor:
        page = visitor.get(link).text
        assert "<script>alert" not in page


@pytest.mark.parametrize("deed", ["resend", "withdraw"])
def test_anothers_invitation_is_out_of_reach(
    deed: str, site: str, alice: Customer, bob: Customer
) -> None:
    invite(site, alice, new_email())
    invitation = Invitation.objects.get(account=alice.account)
    with Visitor(site) as visitor:
        visitor.sign_in(bob.user.email)
        path = f"/settings/invitations/{invitation.pk}/{deed}"
        assert visitor.post(path).status_code == 404
    assert Invitation.objects.filter(pk=invitation.pk).exists()
