"""Connects accounts to the ledger: books on opening, free images on verifying, and no more charges
after closing.
"""

from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

TRIAL_IMAGES = 3
WELCOME = gettext_noop("Welcome to SharkAPI")


class WalletConfig(AppConfig):
    name = "wallet"
    verbose_name = _("Wallet")

    def ready(self) -> None:
        from accounts.models import account_closed, account_opened, account_verified
        from wallet import checks

        assert checks  # Importing registers them.

        account_opened.connect(_open_books, dispatch_uid="wallet.open_books")
        account_verified.connect(_grant_trials, dispatch_uid="wallet.grant_trials")
        account_closed.connect(_stop_charging, dispatch_uid="wallet.stop_charging")


def _open_books(account: Any, **_: object) -> None:
    from wallet import ledger

    ledger.open_books(account)


def _grant_trials(account: Any, is_returning: bool = False, **_: object) -> None:
    from wallet import ledger

    # Else closing an account and opening the next would be a way to free images without end.
    if is_returning:
        return
    # The reference is the account, so that no second verification grants again.
    ledger.grant_trials(account, TRIAL_IMAGES, f"welcome:{account.pk}", WELCOME)


def _stop_charging(account: Any, **_: object) -> None:
    from wallet.models import BillingProfile

    # The customer's number at Stripe stays, for refunds and disputes.
    BillingProfile.objects.filter(account=account).update(
        auto_topup=False, card_id="", card_label="", alert_below_micros=None
    )
