"""Puts the wallet's summary on every page of a signed-in customer."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.signed_in import membership_of
from wallet.statement import Summary
from wallet.statement import summary as read_summary


def summary(request: HttpRequest) -> dict[str, Any]:
    """`wallet`: the account's Summary, or None for visitors. Read only if a page shows it."""

    def read() -> Summary | None:
        membership = membership_of(request)
        return read_summary(membership.account) if membership else None

    return {"wallet": SimpleLazyObject(read)}
