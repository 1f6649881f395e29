"""The page by which staff give a paid top-up back to its card, all or part of it.

Stripe is asked with no transaction open; what it then says of the payment is settled like
everything else it says. No money is moved here by our own reckoning.
"""

import logging
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wallet import settlement, stripe
from wallet.admin.forms import MICROS_PER_CENT, RefundForm
from wallet.amounts import usd
from wallet.models import Topup
from wallet.payments import Payment
from wallet.statement import summary

log = logging.getLogger(__name__)

AWAY = gettext_lazy(
    "Stripe cannot be asked about this payment now. No money moved; try again later."
)


def refund(site: admin.ModelAdmin[Any], request: HttpRequest, object_id: UUID) -> HttpResponse:
    """The form of one paid top-up, and its sending."""
    if not request.user.has_perm("wallet.change_topup"):
        raise PermissionDenied
    paid = Topup.objects.filter(status=Topup.Status.PAID).select_related("account")
    order = get_object_or_404(paid, pk=object_id)
    back = HttpResponseRedirect(reverse("admin:wallet_topup_changelist"))
    try:
        payment = stripe.payment(order.intent_id or "")
    except stripe.StripeError:
        payment = None
    if payment is None:
        messages.error(request, AWAY)
        return back
    wallet = summary(order.account)
    refundable_micros = _refundable_cents(payment) * MICROS_PER_CENT
    unspent_micros = max(0, wallet.available_micros)
    form = RefundForm(request.POST or None, refundable_micros, unspent_micros)
    if form.is_valid() and _give_back(site, request, order, form):
        return back
    context = {
        **site.admin_site.each_context(request),
        "title": _("Refund %(amount)s of %(account)s")
        % {"amount": usd(order.amount_micros), "account": order.account},
        "opts": site.opts,
        "order": order,
        "amount": usd(order.amount_micros),
        "refundable": usd(refundable_micros),
        "available": usd(wallet.available_micros),
        "unspent": usd(min(refundable_micros, unspent_micros)),
        "spent": usd(max(0, refundable_micros - unspent_micros)),
        "is_spent": refundable_micros > unspent_micros,
        "can_refund": refundable_micros > 0,
        "form": form,
    }
    return TemplateResponse(request, "admin/wallet/refund.html", context)


def _refundable_cents(payment: Payment) -> int:
    refunded = sum(refund.amount_cents for refund in payment.refunds if not refund.is_void)
    disputed = sum(
        dispute.withdrawn_cents - dispute.reinstated_cents for dispute in payment.disputes
    )
    return max(0, payment.received_cents - refunded - disputed)


def _give_back(
    site: admin.ModelAdmin[Any], request: HttpRequest, order: Topup, form: RefundForm
) -> bool:
    assert order.intent_id
    amount_micros: int = form.cleaned_data["amount"]
    reference = str(form.cleaned_data["reference"])
    try:
        made = stripe.refund(order.intent_id, amount_micros // MICROS_PER_CENT, reference)
    except stripe.StripeError as error:
        form.add_error(None, _what_went_wrong(error))
        return False
    names = {"amount": usd(amount_micros), "refund": made.id, "status": made.status}
    done = _("Refunded %(amount)s to the card (%(refund)s, %(status)s).") % names
    site.log_change(request, order, done)
    if made.is_void:
        text = _("Refund %(refund)s: %(status)s. No money moved.")
        messages.error(request, text % names)
        return True
    try:
        settlement.settle(order.intent_id)
    except stripe.StripeError:
        log.warning("refund %s waits for its event", made.id)
        follows = _("The wallet follows when Stripe's event arrives.")
        messages.warning(request, f"{done} {follows}")
    else:
        messages.success(request, done)
    return True


def _what_went_wrong(error: stripe.StripeError) -> str:
    """Whether money moved, as far as can be known: a refusal is certain, silence is not."""
    if error.http_status and error.http_status < 500:
        reason = error.user_message or _("no reason given")
        return _("Stripe refused: %(reason)s No money moved.") % {"reason": reason}
    return _(
        "Stripe did not answer, so it is not known whether money moved. Send this same form "
        "again: it never refunds twice."
    )
