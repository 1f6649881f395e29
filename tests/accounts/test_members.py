"""Members and their roles: who may change them, and that an account is never without an owner."""

from functools import partial

import pytest

from accounts import members
from accounts.models import Account, Membership
from accounts.roles import Role
from tests.accounts.people import join, sign_in_to
from tests.at_once import at_once
from tests.conftest import Customer
from tests.visitor import Visitor


def roles_of(customer: Customer) -> dict[int, str]:
    return dict(Membership.objects.filter(account=customer.account).values_list("user", "role"))


def test_an_owner_changes_roles_and_removes(site: str, alice: Customer, bob: Customer) -> None:
    member = join(bob, alice, Role.VIEWER)
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        assert bob.user.email in visitor.get("/settings/members").text
        visitor.post(f"/settings/members/{member.pk}/role", {"role": "billing"})
        assert roles_of(alice)[bob.user.pk] == "billing"
        answer = visitor.post(f"/settings/members/{member.pk}/role", {"role": "emperor"})
        assert answer.status_code == 404
        # Looking removes nobody, nor does the question that the link opens in a dialog.
        page = visitor.get(f"/settings/members/{member.pk}/remove")
        assert bob.user.email in page.text
        visitor.post(f"/settings/members/{member.pk}/remove")
    assert roles_of(alice) == {alice.user.pk: "owner"}


@pytest.mark.parametrize("role", [Role.DEVELOPER, Role.BILLING, Role.VIEWER])
def test_others_look_and_leave(role: Role, site: str, alice: Customer, bob: Customer) -> None:
    own = join(bob, alice, role)
    owners = Membership.objects.get(account=alice.account, user=alice.user)
    with Visitor(site) as visitor:
        sign_in_to(visitor, bob, alice)
        page = visitor.get("/settings/members")
        assert page.status_code == 200
        assert "Send invitation" not in page.text
        for path, data in [
            ("/settings/members", {"email": "c@example.com", "role": "owner"}),
            (f"/settings/members/{own.pk}/role", {"role": "owner"}),
            (f"/settings/members/{owners.pk}/role", {"role": "viewer"}),
            (f"/settings/members/{owners.pk}/remove", {}),
            ("/settings/account", {"name": "mine"}),
            ("/settings/account/export", {}),
            ("/settings/account/close", {"name": alice.account.name}),
        ]:
            assert visitor.post(path, data).status_code == 403, path
        assert visitor.get("/settings/account/close").status_code == 403
        assert roles_of(alice) == {alice.user.pk: "owner", bob.user.pk: role}
        assert visitor.post("/settings/members/leave").status_code == 302
        # What is left is one's own account.
        assert bob.account.name in visitor.get("/settings/account").text
    assert roles_of(alice) == {alice.user.pk: "owner"}


def test_members_of_other_accounts_are_out_of_reach(
    site: str, alice: Customer, bob: Customer
) -> None:
    strange = Membership.objects.get(account=bob.account)
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        for deed in ("role", "remove"):
            path = f"/settings/members/{strange.pk}/{deed}"
            assert visitor.post(path, {"role": "viewer"}).status_code == 404
        assert visitor.get(f"/settings/members/{strange.pk}/remove").status_code == 404
        answer = visitor.post("/settings/accounts", {"account": bob.account.pk})
        assert answer.status_code == 404
        assert bob.account.name not in visitor.get("/settings/account").text
    assert roles_of(bob) == {bob.user.pk: "owner"}


def test_the_last_owner_stays(site: str, alice: Customer, bob: Customer) -> None:
    join(bob, alice, Role.DEVELOPER)
    own = Membership.objects.get(account=alice.account, user=alice.user)
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        for path in (f"/settings/members/{own.pk}/role", "/settings/members/leave"):
            answer = visitor.post(path, {"role": "viewer"})
            assert "needs an owner" in visitor.get(answer.headers["location"]).text
        visitor.post(f"/settings/members/{own.pk}/remove")
    assert roles_of(alice)[alice.user.pk] == "owner"


def test_of_two_owners_who_leave_at_once_one_stays(alice: Customer, bob: Customer) -> None:
    for _ in range(5):
        Membership.objects.filter(account=alice.account).update(role=Role.OWNER)
        second = Membership.objects.filter(account=alice.account, user=bob.user).first()
        second = second or join(bob, alice, Role.OWNER)
        first = Membership.objects.get(account=alice.account, user=alice.user)
        demote = partial(members.change_role, alice.account.pk, first.pk, Role.VIEWER)
        ends = at_once([demote, partial(members.remove, alice.account.pk, second.pk)])
        refused = [end for end in ends if isinstance(end, members.LastOwner)]
        assert len(refused) == 1, ends
        assert list(roles_of(alice).values()).count("owner") == 1


def test_who_is_in_no_account_any_more_gets_one(site: str, alice: Customer, bob: Customer) -> None:
    member = join(bob, alice, Role.DEVELOPER)
    Membership.objects.filter(account=bob.account).delete()
    with Visitor(site) as visitor:
        visitor.sign_in(bob.user.email)
        assert alice.account.name in visitor.get("/settings/account").text
        members.remove(alice.account.pk, member.pk)
        assert visitor.get("/settings/account").status_code == 200
    account = Account.objects.get(members=bob.user)
    assert account not in (alice.account, bob.account)
    # They had their free images, and can use the API at once.
    assert account.verified_at
    assert account.books.get(unit="image").balance == 0
