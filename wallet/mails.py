"""The wallet's mails: receipts, low balance, automatic top-ups that stopped.

Each says what happened, whether money moved and what to do next, to every member who looks after
the account's money, in the language of each. The page shows the same, should a mail get lost.
"""

from collections.abc import Mapping

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts import mails
from accounts.models import Account, User
from accounts.roles import Right, Role
from wallet.amounts import usd
from wallet.models import Topup
from wallet.statement import summary

PAYERS = [role for role in Role if Right.PAY in role.rights]


def send_receipt(order: Topup) -> None:
    """Thanks for a paid top-up, with Stripe's receipt."""
    wallet = summary(order.account)
    context = {
        "amount": usd(order.amount_micros),
        "balance": usd(wallet.balance_micros),
        "receipt_url": order.receipt_url,
        "is_auto": order.kind == Topup.Kind.AUTO,
    }
    _send(order.account, _("%(amount)s added to your wallet"), "receipt", context)


def send_low_balance(account: Account, threshold_micros: int, lasts: object) -> None:
    """Says that the balance is below the customer's threshold, and how long it `lasts`, whose
    words are asked for in the reader's language."""
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


def _send(
    account: Account, subject: StrOrPromise, template: str, context: Mapping[str, object]
) -> None:
    values = {**context, "url": f"{settings.SITE_URL}/wallet"}
    payers = User.objects.filter(
        membership__account=account, membership__role__in=PAYERS, is_active=True
    )
    for user in payers:
        with translation.override(user.language or settings.LANGUAGE_CODE):
            text = render_to_string(f"wallet/mail/{template}.txt", values)
            mails.send(str(subject) % values, text, [user.email])
