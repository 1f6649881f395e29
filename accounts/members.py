"""An account's members: what they are, and that one owner always stays.

Owns every change to memberships but the first one, which comes with the account. Whoever asks
was let in by `roles.py`.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from accounts.models import Account, Membership, User
from accounts.roles import Role

# Invitations count, too.
MEMBERS_MAX = 50


class LastOwner(Exception):
    """Without this member nobody could manage the account."""


class AccountClosed(Exception):
    """The account takes no members any more."""


@contextmanager
def one_at_a_time(account_id: int) -> Iterator[Account]:
    """Changes an account's members while nobody else does. Raises AccountClosed.

    The lock leaves alone those who only refer to the account, such as new jobs.
    """
    with transaction.atomic():
        account = Account.objects.select_for_update(no_key=True).get(pk=account_id)
        if account.closed_at:
            raise AccountClosed
        yield account


def change_role(account_id: int, membership_id: int, role: Role) -> Membership | None:
    """The member in their new role; None if they have left. Raises LastOwner."""
    with one_at_a_time(account_id):
        member = _find(account_id, membership_id)
        if member is None:
            return None
        if role != Role.OWNER:
            _keep_an_owner(member)
        member.role = role
        member.save(update_fields=["role"])
        return member


def remove(account_id: int, membership_id: int) -> Membership | None:
    """The member who is one no more; None if they have left before. Raises LastOwner."""
    with one_at_a_time(account_id):
        member = _find(account_id, membership_id)
        if member is None:
            return None
        _keep_an_owner(member)
        Membership.objects.filter(pk=member.pk).delete()
        return member


def add(account: Account, user: User, role: str) -> Membership:
    """The user's part in the account, as it was before or new; called one at a time."""
    return Membership.objects.get_or_create(user=user, account=account, defaults={"role": role})[0]


def _find(account_id: int, membership_id: int) -> Membership | None:
    members = Membership.objects.filter(pk=membership_id, account=account_id)
    return members.select_related("user").first()


def _keep_an_owner(member: Membership) -> None:
    owners = Membership.objects.filter(
        account=member.account_id, role=Role.OWNER, user__is_active=True
    )
    others = owners.exclude(pk=member.pk)
    if member.role == Role.OWNER and not others.exists():
        raise LastOwner
