"""The door of every page that belongs to a customer: a signed-in user with an account.

Which account, of several, the session remembers. What members may do is `roles`' affair.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from allauth.account.models import EmailAddress
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase

from accounts.models import Account, Membership, User
from accounts.requests import AccountRequest

P = ParamSpec("P")
View = Callable[Concatenate[AccountRequest, P], HttpResponseBase]
# The session's key for the account that somebody in several has chosen.
CHOSEN = "account_id"

__all__ = ["CHOSEN", "AccountRequest", "membership_of", "signed_in"]


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
