"""Asking somebody to join: the invitation's life from the mail to the new member.

A link is good for seven days and once. Who holds it has read the mail, so whoever is signed in
then may take the place, under whichever address.
"""

from collections.abc import Callable

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import mails, members
from accounts.models import Account, Invitation, Membership, User
from accounts.models.invitations import LIFETIME, digest, new_token
from accounts.roles import Role

# The address of a link with that token.
Link = Callable[[str], str]


class TooMany(Exception):
    """The account has as many members and invitations as it may have."""


class AlreadyMember(Exception):
    """That address is a member's."""


def invite(account: Account, email: str, role: str, by: User, link: Link) -> Invitation:
    """Stores the invitation and mails its link; one to the same address before is replaced.

    Raises AlreadyMember, TooMany and members.AccountClosed.
    """
    token = new_token()
    values = {
        "role": role,
        "digest": digest(token),
        "invited_by": by,
        "expires_at": timezone.now() + LIFETIME,
    }
    with members.one_at_a_time(account.pk):
        places = Membership.objects.filter(account=account)
        if places.filter(user__email=email).exists():
            raise AlreadyMember
        others = Invitation.objects.filter(account=account).exclude(email=email)
        if places.count() + others.count() >= members.MEMBERS_MAX:
            raise TooMany
        invitation = Invitation.objects.update_or_create(
            account=account, email=email, defaults=values
        )[0]
    _mail(invitation, by, link(token))
    return invitation


def accept(token: str, user: User) -> Membership | None:
    """The user's part in the account; None if the link holds no more.

    Who is a member already stays what they are.
    """
    with transaction.atomic():
        invitation = Invitation.of_token(token)
        if invitation is None:
            return None
        try:
            with members.one_at_a_time(invitation.account_id) as account:
                # Of several at once, whoever deletes it has it.
                if not Invitation.objects.filter(pk=invitation.pk).delete()[0]:
                    return None
                return members.add(account, user, invitation.role)
        except members.AccountClosed:
            return None


def _mail(invitation: Invitation, by: User, url: str) -> None:
    role = Role(invitation.role)
    context = {
        "inviter": by.display_name,
        "introduction": by.introduction,
        "account": invitation.account.name,
        "role": role.label,
        "may": role.description,
        "url": url,
        "days": LIFETIME.days,
    }
    subject = _("%(inviter)s invites you to %(account)s on SharkAPI") % context
    mails.send(
        subject, render_to_string("accounts/mail/invitation.txt", context), [invitation.email]
    )
