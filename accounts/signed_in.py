"""The door of every page that belongs to a customer: a signed-in user with an account, and with
the right to what they do.

Which account, of several, the session remembers. Which rights a role has is `roles`' affair.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from allauth.account.models import EmailAddress
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django_htmx.middleware import HtmxDetails

from accounts.models import Account, Membership, User
from accounts.roles import Right


class AccountRequest(HttpRequest):
    """A request whose user is signed in, with the account they act for and their part in it."""

    user: User
    account: Account
    membership: Membership
    htmx: HtmxDetails


P = ParamSpec("P")
View = Callable[Concatenate[AccountRequest, P], HttpResponseBase]
READING = ("GET", "HEAD", "OPTIONS")
# The session's key for the account that somebody in several has chosen.
CHOSEN = "account_id"


def signed_in(view: View[P]) -> View[P]:
    """The view, for members only; anyone else is sent to sign in and comes back after."""

    @login_required
    @wraps(view)
    def with_account(
        request: AccountRequest, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        if membership_of(request) is None:
            _open_for(request.user)
        membership = membership_of(request)
        assert membership
        request.membership = membership
        request.account = membership.account
        return view(request, *args, **kwargs)

    return cast("View[P]", with_account)


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


def _open_for(user: User) -> None:
    """Opens an account for who has none: staff from the command line, or who left all others."""
    account = Account.open_for(user)
    if EmailAddress.objects.filter(user=user, verified=True).exists():
        # Verifying once more is nothing they could do, and free images are for newcomers.
        account.verify(is_returning=True)


def membership_of(request: HttpRequest) -> Membership | None:
    """The signed-in user's part in the account they act for; asked of the database once."""
    found: Membership | None = getattr(request, "membership", None)
    # A request that is refused early, for its Host say, has no user yet.
    user = getattr(request, "user", None)
    if found is None and isinstance(user, User):
        found = Membership.of(user, request.session.get(CHOSEN))
        if found:
            request.membership = found  # type: ignore[attr-defined]  # As an AccountRequest has.
    return found
