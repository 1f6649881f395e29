"""What members of an account may do: four roles and four rights. Reading is every member's right.

What a view asks for is said with `signed_in.needs`.
"""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Right(StrEnum):
    """Something that changes the account; templates ask `"pay" in request.membership.rights`."""

    MAKE = "make"  # Make, star and delete images.
    KEYS = "keys"  # Create, change and revoke API tokens.
    PAY = "pay"  # Top up, and everything else about money.
    MANAGE = "manage"  # Members, invitations, and the account itself.


class Role(TextChoices):
    """A member's part in an account."""

    OWNER = "owner", _("Owner")
    DEVELOPER = "developer", _("Developer")
    BILLING = "billing", _("Billing")
    VIEWER = "viewer", _("Viewer")

    @property
    def rights(self) -> frozenset[Right]:
        """What the role may change."""
        return RIGHTS[self]

    @property
    def description(self) -> str:
        """The same in words, for those who choose one."""
        return str(DESCRIPTIONS[self])


RIGHTS = {
    Role.OWNER: frozenset(Right),
    Role.DEVELOPER: frozenset({Right.MAKE, Right.KEYS}),
    Role.BILLING: frozenset({Right.PAY}),
    Role.VIEWER: frozenset[Right](),
}
DESCRIPTIONS = {
    Role.OWNER: _("everything, with members and the account itself"),
    Role.DEVELOPER: _("makes images and API tokens, sees the rest"),
    Role.BILLING: _("tops up and looks after payments, sees the rest"),
    Role.VIEWER: _("sees everything, changes nothing"),
}
