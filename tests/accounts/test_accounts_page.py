"""Somebody in several accounts goes from one to the other; an owner gives theirs a name."""

import pytest

from accounts.models import Account
from accounts.roles import Role
from tests.accounts.people import HOSTILE, join, sign_in_to
from tests.conftest import Customer
from tests.visitor import Visitor


def test_switching_changes_whose_things_are_shown(
    site: str, alice: Customer, bob: Customer
) -> None:
    join(bob, alice, Role.VIEWER)
    with Visitor(site) as visitor, Visitor(site) as elsewhere:
        sign_in_to(visitor, bob, alice)
        elsewhere.sign_in(bob.user.email)
        assert alice.key.prefix in visitor.get("/tokens").text
        # Another browser of the same person stays where it is.
        assert bob.key.prefix in elsewhere.get("/tokens").text
        page = visitor.get("/settings/accounts").text
        assert alice.account.name in page
        assert bob.account.name in page
        visitor.post("/settings/accounts", {"account": bob.account.pk})
        assert bob.key.prefix in visitor.get("/tokens").text


@pytest.mark.parametrize("account", ["", "x", "0", "9" * 30, "-1", "²"])
def test_no_other_account_can_be_chosen(account: str, site: str, alice: Customer) -> None:
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        answer = visitor.post("/settings/accounts", {"account": account})
        assert answer.status_code in (302, 404)
        assert alice.account.name in visitor.get("/settings/account").text


def test_an_account_is_renamed(site: str, alice: Customer) -> None:
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        assert visitor.post("/settings/account", {"name": HOSTILE}).status_code == 302
        assert "<script>alert" not in visitor.get("/settings/account").text
        refused = visitor.post("/settings/account", {"name": "https://evil.example"})
        assert refused.status_code == 422
        assert visitor.post("/settings/account", {"name": " "}).status_code == 422
    assert Account.objects.get(pk=alice.account.pk).name == HOSTILE
