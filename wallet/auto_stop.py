"""Turns automatic top-ups off when one has failed, and tells the customer, once.

Never asks Stripe and never turns anything on: that is the customer's to do.
"""

from django.db import transaction
from django.utils.translation import gettext_noop

from wallet import mails
from wallet.models import BillingProfile, Topup

REASON_DEFAULT = gettext_noop("The card could not be charged.")


def fail(order: Topup, reason: str) -> bool:
    """Ends an unsettled automatic order and turns automatic top-ups off; False if it had ended.

    The two are one transaction, so that no new order can come in between and fail in turn.
    """
    reason = (reason or REASON_DEFAULT)[:300]
    with transaction.atomic():
        waiting = Topup.objects.filter(pk=order.pk, status__in=Topup.UNSETTLED)
        if not waiting.update(status=Topup.Status.FAILED, failure=reason):
            return False
        on = BillingProfile.objects.filter(account=order.account, auto_topup=True)
        if on.update(auto_topup=False, auto_stopped_reason=reason):
            transaction.on_commit(lambda: mails.send_auto_topup_stopped(order, reason))
    return True
