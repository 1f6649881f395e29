"""Puts the wallet's summary on every page of a signed-in customer."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models import Account
from wallet.statement import Summary
from wallet.statement import summary as read_summary


def summary(request: HttpRequest) -> dict[str, Any]:
    """`wallet`: the account's Summary, or None for visitors. Read only if a page shows it."""
    # A request that is refused early, for its Host say, has no user yet.
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"wallet": None}

    def read() -> Summary | None:
        account = getattr(request, "account", None) or Account.of(user)
        return read_summary(account) if account else None

    return {"wallet": SimpleLazyObject(read)}
