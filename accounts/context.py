"""Tells every page of a signed-in customer which account they act for, and as what."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.signed_in import membership_of


def member(request: HttpRequest) -> dict[str, Any]:
    """`membership`: the Membership, or None for visitors. Read only if a page shows it."""
    return {"membership": SimpleLazyObject(lambda: membership_of(request))}
