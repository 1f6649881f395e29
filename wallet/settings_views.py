"""The page on which a customer says what the wallet does without asking: automatic top-ups and
the mail about a low balance. It moves no money.
"""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.roles import Right
from accounts.signed_in import AccountRequest, needs, signed_in
from wallet import stripe
from wallet.forms import AutoTopupForm, LowBalanceForm
from wallet.models import BillingProfile


@require_safe
@signed_in
def wallet_settings(request: AccountRequest) -> HttpResponse:
    """Both forms, as they are set."""
    return _page(request, BillingProfile.read(request.account))


@require_POST
@signed_in
@needs(Right.PAY)
def auto_topup(request: AccountRequest) -> HttpResponse:
    """Sets automatic top-ups; a card can only be one of the customer's own."""
    profile = BillingProfile.of(request.account)
    try:
        form = AutoTopupForm(request.POST, profile, _cards(profile))
    except stripe.StripeError:
        messages.error(request, _("Stripe does not answer at the moment. Nothing was changed."))
        return redirect("wallet_settings")
    if not form.is_valid():
        return _page(request, profile, auto_form=form)
    form.save()
    done = _("Automatic top-ups are on.") if profile.auto_topup else _("Automatic top-ups are off.")
    messages.success(request, done)
    return redirect("wallet_settings")


@require_POST
@signed_in
@needs(Right.PAY)
def low_balance(request: AccountRequest) -> HttpResponse:
    """Sets when to mail that the balance runs low."""
    profile = BillingProfile.of(request.account)
    form = LowBalanceForm(request.POST, profile)
    if not form.is_valid():
        return _page(request, profile, low_form=form)
    form.save()
    messages.success(request, _("Saved."))
    return redirect("wallet_settings")


def _page(
    request: AccountRequest,
    profile: BillingProfile,
    auto_form: AutoTopupForm | None = None,
    low_form: LowBalanceForm | None = None,
) -> HttpResponse:
    is_away, cards = False, {}
    may_change = Right.PAY in request.membership.rights
    try:
        # Who may change nothing needs no choice of cards.
        cards = auto_form.cards if auto_form else _cards(profile) if may_change else {}
    except stripe.StripeError:
        is_away = True
    context = {
        "profile": profile,
        "can_pay": stripe.is_configured(),
        "is_away": is_away,
        "cards": cards,
        "auto_form": auto_form or AutoTopupForm(None, profile, cards),
        "low_form": low_form or LowBalanceForm(None, profile),
    }
    status = 422 if auto_form or low_form else 200
    return render(request, "wallet/settings.html", context, status=status)


def _cards(profile: BillingProfile) -> dict[str, str]:
    if not stripe.is_configured() or profile.customer_id is None:
        return {}
    return stripe.cards(profile.customer_id)
