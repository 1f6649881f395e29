"""Another address: it is shown who one is, a code proves it, and the old one hears of it."""

import uuid

from allauth.account.models import EmailAddress

from accounts.models import User
from tests.accounts.people import newest_mail, proven
from tests.conftest import Customer
from tests.visitor import Visitor

EMAIL, CONFIRM = "/accounts/email/", "/accounts/confirm-email/"


def test_a_new_address_replaces_the_old_one(site: str, alice: Customer) -> None:
    old, new = alice.user.email, f"new-{uuid.uuid4().hex[:12]}@example.com"
    with Visitor(site) as visitor:
        visitor.sign_in(old)
        answer = visitor.post(EMAIL, {"action_add": "", "email": new})
        assert proven(visitor, answer).headers["location"] == CONFIRM
        # Nothing changes before the code.
        assert User.objects.get(pk=alice.user.pk).email == old
        assert new in visitor.get(CONFIRM).text
        visitor.post(CONFIRM, {"code": "AAAA-0000"})
        assert User.objects.get(pk=alice.user.pk).email == old
        visitor.post(CONFIRM, {"code": visitor.code_for(new)})
        assert new in visitor.get(EMAIL).text
    assert User.objects.get(pk=alice.user.pk).email == new
    assert list(EmailAddress.objects.filter(user=alice.user).values_list("email", "verified")) == [
        (new, True)
    ]
    mail, text, _ = newest_mail(old)
    assert "email was changed" in mail["Subject"]
    assert new in text
    with Visitor(site) as visitor:
        visitor.sign_in(old)
        assert not visitor.is_signed_in
        visitor.sign_in(new)
        assert visitor.is_signed_in


def test_anothers_address_cannot_be_taken(site: str, alice: Customer, bob: Customer) -> None:
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        form = {"action_add": "", "email": bob.user.email}
        answer = proven(visitor, visitor.post(EMAIL, form))
        # As with a free one: who has an account is nobody's business.
        assert (answer.status_code, answer.headers["location"]) == (302, CONFIRM)
        visitor.post(CONFIRM, {"code": visitor.code_for(bob.user.email)})
    assert User.objects.get(pk=alice.user.pk).email == alice.user.email
