"""Connects sign-up and e-mail verification, which allauth owns, to our accounts."""

from typing import Any

from allauth.account.signals import email_confirmed
from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        email_confirmed.connect(_verify, dispatch_uid="accounts.verify")


def _verify(email_address: Any, **_: object) -> None:
    from accounts.models import Account

    Account.open_for(email_address.user).verify()
