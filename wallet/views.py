"""The wallet's pages: the balance and the statement, and the way to Stripe and back."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.db.models import Subquery
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Account
from accounts.roles import Right
from accounts.signed_in import AccountRequest, needs, signed_in
from wallet import export, statement, stripe, topups
from wallet.amounts import usd
from wallet.forms import StatementForm
from wallet.low_balance import standing
from wallet.models import BillingProfile, Policy, Topup

SUGGESTED_DOLLARS = ("10", "20", "50", "100")
DEFAULT_DOLLARS = "20"
# The choice of another amount, which is in a field of its own.
OTHER = "other"
TOPUPS_SHOWN = 5
AWAY = gettext_lazy(
    "Stripe does not answer at the moment. Nothing was charged; please try again shortly."
)
SUSPENDED = gettext_lazy(
    "A suspended account cannot be topped up. Nothing was charged; please contact support."
)
NO_PAYMENTS = gettext_lazy("This deployment takes no payments. Nothing was charged.")


@require_safe
@signed_in
def wallet(request: AccountRequest) -> HttpResponse:
    """The page, or with htmx just the older lines that it asks for."""
    before = request.GET.get("before", "")
    cursor = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    form = StatementForm(request.GET)
    lines, next_cursor = statement.lines(request.account, cursor, form.filters)
    page = {"lines": lines, "next_cursor": next_cursor, "filter_query": _query(form)}
    if request.htmx and cursor:
        return render(request, "wallet/_lines.html", page)
    summary, lasts = standing(request.account)
    context = {
        **page,
        "filter_form": form,
        "wallet": summary,
        "lasts": lasts,
        "can_pay": stripe.is_configured(),
        "is_stand_in": bool(settings.STRIPE_API_BASE),
        "suggested_dollars": SUGGESTED_DOLLARS,
        "topups": Topup.objects.filter(account=request.account)[:TOPUPS_SHOWN],
        **_profile(request.account),
        **_preselected(request.GET.get("amount", "")),
    }
    return render(request, "wallet/wallet.html", context)


def _profile(account: Account) -> dict[str, Any]:
    """The profile and the largest top-up, in one query once both exist. Nothing is written."""
    limit = Policy.objects.values("topup_max_micros")
    profiles = BillingProfile.objects.annotate(topup_max_micros=Subquery(limit))
    profile = profiles.filter(account=account).first()
    maximum_micros = profile and profile.topup_max_micros
    return {
        "profile": profile or BillingProfile(account=account),
        "maximum_micros": maximum_micros or Policy.current().topup_max_micros,
    }


def _preselected(dollars: str) -> dict[str, str]:
    """Which amount the form begins with: what the address asks for, or what most people take."""
    if dollars in SUGGESTED_DOLLARS:
        return {"chosen": dollars, "other": ""}
    if topups.DOLLARS.fullmatch(dollars):
        return {"chosen": OTHER, "other": dollars}
    return {"chosen": DEFAULT_DOLLARS, "other": ""}


def _query(form: StatementForm) -> str:
    chosen = {name: value for name, value in form.cleaned_data.items() if value}
    return urlencode(chosen)


@require_safe
@signed_in
def statement_csv(request: AccountRequest) -> StreamingHttpResponse:
    """The whole statement that the filters choose, as a file."""
    lines = statement.all_lines(request.account, StatementForm(request.GET).filters)
    response = StreamingHttpResponse(export.rows(lines), content_type="text/csv; charset=utf-8")
    name = f"sharkapi-statement-{datetime.now(UTC):%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
@signed_in
@needs(Right.PAY)
def topup(request: AccountRequest) -> HttpResponse:
    """Stores an order and sends its customer to Stripe's page."""
    if not stripe.is_configured():
        messages.error(request, NO_PAYMENTS)
        return redirect("wallet")
    if request.account.is_suspended:
        messages.error(request, SUSPENDED)
        return redirect("wallet")
    dollars = request.POST.get("amount", "")
    try:
        amount_micros = topups.parse_amount(
            request.POST.get("other", "") if dollars == OTHER else dollars
        )
        url = topups.start(
            request.account,
            request.user,
            amount_micros,
            lambda order: request.build_absolute_uri(reverse("topup_return", args=[order.pk])),
        )
    except topups.InvalidAmount as error:
        messages.error(request, str(error))
        return redirect("wallet")
    except stripe.StripeError:
        messages.error(request, AWAY)
        return redirect("wallet")
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response


@require_safe
@signed_in
def topup_return(request: AccountRequest, topup_id: str) -> HttpResponse:
    """Back from Stripe's page: settles what was paid, and shows the wallet."""
    order = get_object_or_404(Topup, pk=topup_id, account=request.account)
    try:
        order = topups.refresh(order)
    except stripe.StripeError:
        messages.info(request, _("Stripe has not told us yet. Paid money is credited shortly."))
        return redirect("wallet")
    amount = usd(order.amount_micros)
    if order.status == Topup.Status.PAID:
        messages.success(request, _("%(amount)s was added.") % {"amount": amount})
    elif order.status == Topup.Status.PROCESSING:
        text = _("The payment of %(amount)s is under way. It is credited when it arrives.")
        messages.info(request, text % {"amount": amount})
    else:
        messages.info(request, _("The payment was not completed. Nothing was charged."))
    return redirect("wallet")


@require_POST
@signed_in
@needs(Right.PAY)
def portal(request: AccountRequest) -> HttpResponse:
    """To Stripe's page for cards and invoices."""
    if not stripe.is_configured():
        messages.error(request, NO_PAYMENTS)
        return redirect("wallet")
    try:
        customer_id = topups.customer_of(request.account, request.user.email)
        back = request.build_absolute_uri(reverse("wallet"))
        return redirect(stripe.portal_url(customer_id, back))
    except stripe.StripeError:
        messages.error(request, AWAY)
        return redirect("wallet")
