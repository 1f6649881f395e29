"""Who is who: users in `users.py`, accounts with their members in `accounts.py`, and who was
asked to join in `invitations.py`.

Knows no money, keys or jobs: rooms above listen to the signals.
"""

from accounts.models.accounts import (
    NAME_MAX_CHARACTERS,
    Account,
    Membership,
    account_closed,
    account_opened,
    account_verified,
)
from accounts.models.invitations import Invitation
from accounts.models.users import User, UserManager

__all__ = [
    "NAME_MAX_CHARACTERS",
    "Account",
    "Invitation",
    "Membership",
    "User",
    "UserManager",
    "account_closed",
    "account_opened",
    "account_verified",
]
