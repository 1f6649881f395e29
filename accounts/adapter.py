"""What we ask of allauth: a user and their account are made in one transaction.

Forms, mails, throttles and codes stay allauth's own.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.db import transaction
from django.http import HttpRequest

from accounts.models import Account, User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types.
    """allauth's adapter, with an Account for every User."""

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """The signed-up user. An account that exists without its user could never be used."""
        with transaction.atomic():
            saved: User = super().save_user(request, user, form, commit)
            if commit:
                Account.open_for(saved)
            return saved
