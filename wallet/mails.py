"""The wallet's mails: receipts, low balance, automatic top-ups that stopped.

Each says what happened, whether money moved and what to do next. A mail that cannot be sent is
logged and holds nothing up: the page shows the same.
"""

import logging
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.models import Account
from wallet.amounts import usd
from wallet.models import Topup
from wallet.statement import summary

log = logging.getLogger(__name__)


def send_receipt(order: Topup) -> None:
    """Thanks for a paid top-up, with Stripe's receipt."""
    wallet = summary(order.account)
    context = {
        "amount": usd(order.amount_micros),
        "balance": usd(wallet.balance_micros),
        "receipt_url": order.receipt_url,
        "is_auto": order.kind == Topup.Kind.AUTO,
    }
    subject = _("%(amount)s added to your wallet") % {"amount": usd(order.amount_micros)}
    _send(order.account, subject, "receipt", context)


def send_low_balance(account: Account, threshold_micros: int, lasts: str) -> None:
    """Says that the balance is below the customer's threshold, and how long it lasts."""
    context = {
        "balance": usd(summary(account).available_micros),
        "threshold": usd(threshold_micros),
        "lasts": lasts,
    }
    _send(account, _("Your SharkAPI balance is low"), "low_balance", context)


def send_auto_topup_stopped(order: Topup, reason: str) -> None:
    """Says that the card was refused and what to do about it."""
    context = {
        "amount": usd(order.amount_micros),
        "balance": usd(summary(order.account).available_micros),
        "reason": reason,
    }
    _send(order.account, _("Automatic top-ups are off"), "auto_topup_stopped", context)


def _send(account: Account, subject: str, template: str, context: dict[str, Any]) -> None:
    addresses = list(account.members.values_list("email", flat=True))
    text = render_to_string(f"wallet/mail/{template}.txt", {**context, "site": settings.SITE_URL})
    try:
        send_mail(subject, text, None, addresses)
    except OSError:
        log.exception("the mail %r could not be sent", template)
