"""What we ask of allauth: a user and their account made in one transaction, mails in our dress,
secrets of a second factor encrypted.

Forms, throttles and codes stay allauth's own.
"""

import base64
import hmac
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import mails
from accounts.models import Account, User
from accounts.signed_in import READING

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

    def render_mail(self, *args: Any, **kwargs: Any) -> EmailMultiAlternatives:
        """The mail that allauth made of its text template, with the HTML of the same words."""
        message: EmailMultiAlternatives = super().render_mail(*args, **kwargs)
        message.attach_alternative(mails.html(str(message.body)), "text/html")
        return message


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types.
    """allauth's adapter for the second factor."""

    def encrypt(self, text: str) -> str:
        """What is stored of a secret: a copy of the database gives no codes away."""
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret that was stored."""
        return _fernet().decrypt(encrypted_text.encode()).decode()

    def is_mfa_enabled(self, user: User, types: list[str] | None = None) -> bool:
        """Whether the user has a second factor, of one of these types if any are given.

        A page asks for each type, some twice: what only looks is answered from one statement.
        """
        request = context.request
        if request is None or request.method not in READING:
            return bool(super().is_mfa_enabled(user, types))
        known: dict[int, set[str]] = request.__dict__.setdefault("_factors", {})
        if user.pk not in known:
            rows = Authenticator.objects.filter(user_id=user.pk)
            known[user.pk] = set(rows.values_list("type", flat=True))
        return bool(known[user.pk] if types is None else known[user.pk].intersection(types))

    def generate_authenticator_name(self, user: User, type: Any) -> str:
        """What a new passkey is called until its owner knows better."""
        return _("Passkey")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Who asks for a passkey, in the words that browsers show."""
        return {**super().get_public_key_credential_rp_entity(), "name": "SharkAPI"}


def _fernet() -> Fernet:
    # The pepper is the deployment's one secret that must never change; each use has its own key.
    key = hmac.digest(settings.TOKEN_PEPPER, b"second factor", "sha256")
    return Fernet(base64.urlsafe_b64encode(key))
