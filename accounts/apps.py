"""Connects what allauth owns, sign-up, verification and passwords, to our accounts."""

from typing import Any

from allauth.account.signals import (
    email_confirmed,
    password_changed,
    password_reset,
    password_set,
    user_logged_in,
    user_signed_up,
)
from django.apps import AppConfig
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        email_confirmed.connect(_verify, dispatch_uid="accounts.verify")
        user_signed_up.connect(_listen, dispatch_uid="accounts.listen")
        user_logged_in.connect(_speak, dispatch_uid="accounts.speak")
        for signal in (password_changed, password_set, password_reset):
            signal.connect(_end_others, dispatch_uid="accounts.end_others")


def _verify(email_address: Any, **_: object) -> None:
    from accounts.models import Account, User

    is_returning = User.objects.was_here(email_address.email)
    Account.open_for(email_address.user).verify(is_returning)


def _listen(user: Any, **_: object) -> None:
    # Mails have no browser to ask. Who signs up in the site's own language leaves it open.
    spoken = get_language()
    if spoken != settings.LANGUAGE_CODE and spoken in dict(settings.LANGUAGES):
        user.language = spoken
        user.save(update_fields=["language"])


def _speak(response: Any, user: Any, **_: object) -> None:
    from accounts.language import remember

    # A new browser learns the language that its owner chose in another one.
    if user.language:
        remember(response, user.language)


def _end_others(request: Any, user: Any, **_: object) -> None:
    from accounts.sessions import end_others

    end_others(request, user)
