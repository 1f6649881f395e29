"""Who gets the wallet's mails, in which language, and how they look."""

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail import EmailMultiAlternatives

from accounts.models import Membership, User
from accounts.roles import Role
from tests.conftest import Customer, NewCustomer
from wallet import mails
from wallet.low_balance import Lasting
from wallet.models import Topup


@pytest.fixture
def team(alice: Customer, new_customer: NewCustomer) -> dict[str, User]:
    """alice's account with a member of every role, and an owner who may not sign in."""
    found = {"owner": alice.user}
    for role in (Role.BILLING, Role.DEVELOPER, Role.VIEWER, Role.OWNER):
        user = new_customer(role).user
        Membership.objects.create(user=user, account=alice.account, role=role)
        found.setdefault(role, user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    return found


def sent_to(user: User) -> list[EmailMultiAlternatives]:
    found = [each for each in mail.outbox if user.email in each.to]
    assert all(isinstance(each, EmailMultiAlternatives) for each in found)
    return found  # type: ignore[return-value]  # Just seen.


def test_who_looks_after_the_money_hears_of_it(alice: Customer, team: dict[str, User]) -> None:
    mails.send_receipt(Topup(account=alice.account, amount_micros=20_000_000))
    heard = {address for each in mail.outbox for address in each.to}
    assert heard == {team["owner"].email, team[Role.BILLING].email}
    # Nobody's address is told to anybody else.
    assert [len(each.to) for each in mail.outbox] == [1, 1]


def test_each_in_their_language(alice: Customer, team: dict[str, User]) -> None:
    User.objects.filter(pk=alice.user.pk).update(language="de")
    mails.send_low_balance(alice.account, 50_000_000, Lasting(3))
    (german,), (english,) = sent_to(team["owner"]), sent_to(team[Role.BILLING])
    assert english.subject == "Your SharkAPI balance is low"
    assert "It lasts about 3 days at the rate of the last 7 days." in english.body
    assert german.subject == "Dein SharkAPI-Guthaben ist niedrig"
    assert "etwa 3 Tage" in german.body


def test_a_way_to_the_wallet(alice: Customer) -> None:
    order = Topup(account=alice.account, amount_micros=20_000_000)
    mails.send_auto_topup_stopped(order, "Your card was <b>declined</b>.")
    (sent,) = sent_to(alice.user)
    assert "Nothing was charged." in sent.body
    assert "What we heard: Your card was <b>declined</b>." in sent.body
    html = str(sent.alternatives[0][0])
    assert f'href="{settings.SITE_URL}/wallet"' in html
    assert "&lt;b&gt;declined" in html
