"""Closing an account for good: no way in, nothing running, and nobody's name left behind.

Owns what is the accounts' own; other rooms listen to `account_closed` and end what is theirs.
Money is not moved: what was on the books stays there, for staff to refund.
"""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone

from accounts import mails, sessions
from accounts.models import Account, Invitation, User, account_closed


def close(account: Account) -> list[str]:
    """Closes the account; the addresses of those who were its members, none if it was closed.

    Members who are in no other open account are forgotten with it, staff excepted.
    """
    with transaction.atomic():
        locked = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
        if locked.closed_at:
            return []
        locked.closed_at = timezone.now()
        locked.name = f"Closed account {locked.pk}"
        locked.save(update_fields=["closed_at", "name"])
        Invitation.objects.filter(account=locked).delete()
        members = list(locked.members.all())
        addresses = [member.email for member in members]
        for member in members:
            if not member.is_staff and Account.of(member) is None:
                _forget(member)
        account_closed.send(Account, account=locked)
        return addresses


def tell(addresses: list[str], subject: str, text: str) -> None:
    """Mails each former member for themselves, so that none reads another's address."""
    for address in addresses:
        mails.send(subject, text, [address])


def _forget(user: User) -> None:
    sessions.end_all(user)
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    Invitation.objects.filter(email=user.email).delete()
    user.erase()
