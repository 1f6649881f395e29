"""The door of every page that belongs to a customer: a signed-in user with an account."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django_htmx.middleware import HtmxDetails

from accounts.models import Account, User

P = ParamSpec("P")
View = Callable[Concatenate["AccountRequest", P], HttpResponseBase]


class AccountRequest(HttpRequest):
    """A request whose user is signed in, with the account they act for."""

    user: User
    account: Account
    htmx: HtmxDetails


def signed_in(view: View[P]) -> View[P]:
    """The view, for members only; anyone else is sent to sign in and comes back after."""

    @login_required
    @wraps(view)
    def with_account(
        request: AccountRequest, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        # Staff made from the command line have no account until they use the product.
        request.account = Account.of(request.user) or Account.open_for(request.user)
        return view(request, *args, **kwargs)

    return cast("View[P]", with_account)
