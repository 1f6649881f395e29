"""The type of a request that `signed_in` let through. A type, no behaviour."""

from typing import TYPE_CHECKING

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

if TYPE_CHECKING:
    from accounts.models import Account, Membership, User


class AccountRequest(HttpRequest):
    """A request whose user is signed in, with the account they act for and their part in it."""

    user: "User"
    account: "Account"
    membership: "Membership"
    htmx: HtmxDetails
