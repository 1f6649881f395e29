"""Connects accounts to the ledger: books on opening, free images on verifying."""

from typing import Any

from django.apps import AppConfig

TRIAL_IMAGES = 3


class WalletConfig(AppConfig):
    name = "wallet"

    def ready(self) -> None:
        from accounts.models import account_opened, account_verified
        from wallet import checks

        assert checks  # Importing registers them.

        account_opened.connect(_open_books, dispatch_uid="wallet.open_books")
        account_verified.connect(_grant_trials, dispatch_uid="wallet.grant_trials")


def _open_books(account: Any, **_: object) -> None:
    from wallet import ledger

    ledger.open_books(account)


def _grant_trials(account: Any, **_: object) -> None:
    from wallet import ledger

    # The reference is the account, so that no second verification grants again.
    ledger.grant_trials(account, TRIAL_IMAGES, f"welcome:{account.pk}", "Welcome to SharkAPI")
