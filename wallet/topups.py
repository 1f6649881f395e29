"""A customer's top-up: which amounts may be ordered, and the way to Stripe's page and back.

The order is stored before Stripe is called, and no transaction is open during a call. What was
paid is `settlement.py`'s to say.
"""

import re
from collections.abc import Callable

from django.utils.translation import gettext as _

from accounts.models import Account, User
from wallet import stripe
from wallet.amounts import usd
from wallet.models import MICROS_PER_USD, BillingProfile, Policy, Topup
from wallet.models.orders import STEP_MICROS
from wallet.settlement import settle

# Whole dollars in plain ASCII digits: no sign, point, exponent or full-width digit.
DOLLARS = re.compile(r"[1-9][0-9]{0,6}", re.ASCII)


class InvalidAmount(ValueError):
    """The amount cannot be ordered; the text says what can."""


def parse_amount(text: str) -> int:
    """Micro-dollars of a multiple of $10 within the policy. Raises InvalidAmount."""
    maximum = Policy.current().topup_max_micros
    rule = _("Choose a multiple of $10, from $10 to %(maximum)s. Nothing was charged.")
    rule %= {"maximum": usd(maximum)}
    if not DOLLARS.fullmatch(text):
        raise InvalidAmount(rule)
    amount_micros = int(text) * MICROS_PER_USD
    if amount_micros % STEP_MICROS or amount_micros > maximum:
        raise InvalidAmount(rule)
    return amount_micros


def start(
    account: Account, user: User, amount_micros: int, return_url: Callable[[Topup], str]
) -> str:
    """Stores an order and returns the address of Stripe's page for it.

    Raises StripeError; the order then stays, and the reconciler finds that nothing was paid.
    """
    order = Topup.objects.create(account=account, user=user, amount_micros=amount_micros)
    back = return_url(order)
    page = stripe.create_checkout(
        str(order.pk), order.amount_cents, customer_of(account, user.email), back, back
    )
    unstarted = Topup.objects.filter(pk=order.pk, status=Topup.Status.CREATED)
    unstarted.update(session_id=page.id, status=Topup.Status.OPEN)
    return page.url


def customer_of(account: Account, email: str) -> str:
    """Stripe's customer for the account, made when it is first needed. Raises StripeError."""
    profile = BillingProfile.of(account)
    if profile.customer_id is None:
        made = stripe.create_customer(account.pk, email)
        # Of two at once the first wins; Stripe gave both the same customer.
        BillingProfile.objects.filter(pk=profile.pk, customer_id=None).update(customer_id=made)
        profile.refresh_from_db()
    assert profile.customer_id
    return profile.customer_id


def refresh(order: Topup) -> Topup:
    """Asks Stripe how the order stands and settles what was paid. Raises StripeError."""
    if order.session_id:
        page = stripe.checkout(order.session_id)
        if page.invoice_url:
            Topup.objects.filter(pk=order.pk).update(invoice_url=page.invoice_url)
        if page.intent_id:
            settle(page.intent_id)
        if page.status == "expired":
            end_unpaid(page.id, Topup.Status.EXPIRED)
    elif order.intent_id:
        settle(order.intent_id)
    order.refresh_from_db()
    return order


def end_unpaid(session_id: str, status: Topup.Status) -> bool:
    """Ends an order that will not be paid any more; False if it had ended or was paid."""
    unpaid = (Topup.Status.CREATED, Topup.Status.OPEN, Topup.Status.PROCESSING)
    waiting = Topup.objects.filter(session_id=session_id, status__in=unpaid)
    return bool(waiting.update(status=status))
