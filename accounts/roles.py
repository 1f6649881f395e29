"""What members of an account may do: four roles, four rights, and the guard of a view.

Reading is every member's right. Who may sign in at all is `signed_in`'s to say.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.core.exceptions import PermissionDenied
from django.db.models import TextChoices
from django.http import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from accounts.requests import AccountRequest

P = ParamSpec("P")
View = Callable[Concatenate[AccountRequest, P], HttpResponseBase]
READING = ("GET", "HEAD", "OPTIONS")


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


def needs(right: Right, reading: bool = False) -> Callable[[View[P]], View[P]]:
    """Guards a view against members without the right; used below `signed_in`.

    Whoever lacks it gets 403. The page itself may be read by all unless `reading` says that it,
    too, takes the right.
    """

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: AccountRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            is_allowed = right in request.membership.rights
            if not is_allowed and (reading or request.method not in READING):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return cast("View[P]", guarded)

    return guard
