"""What we ask of allauth: a user and their account are made in one transaction.

Forms, mails, throttles and codes stay allauth's own.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import Account, User

EMAIL_MAX_CHARACTERS = 254


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types.
    """allauth's adapter, with an Account for every User."""

    def clean_email(self, email: str) -> str:
        """The address as it is, or a ValidationError.

        allauth would cut one that is too long to another one. Letters beyond ASCII pass for
        others once the case is ignored: PostgreSQL's upper() of “ſ” is “S”.
        """
        if len(email) > EMAIL_MAX_CHARACTERS:
            raise ValidationError(_("This address is too long."))
        if not email.isascii():
            raise ValidationError(_("Use an address of plain letters, without accents."))
        return email

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """The signed-up user. An account that exists without its user could never be used."""
        try:
            with transaction.atomic():
                saved: User = super().save_user(request, user, form, commit)
                if commit:
                    Account.open_for(saved)
                return saved
        except IntegrityError:
            # The same form was sent twice at once and the other one came first. The answer is the
            # usual one, so that it does not tell whether the address was taken.
            answer = self.respond_email_verification_sent(request, user)
            raise ImmediateHttpResponse(answer) from None
