"""The wallet's pages: the balance and the statement, and the way to Stripe and back."""

from datetime import UTC, datetime
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.signed_in import AccountRequest, signed_in
from wallet import export, statement, stripe, topups
from wallet.amounts import usd
from wallet.forms import StatementForm
from wallet.low_balance import lasts_for
from wallet.models import BillingProfile, Policy, Topup

SUGGESTED_DOLLARS = (10, 20, 50, 100)
AWAY = "Stripe does not answer at the moment. Nothing was charged; please try again shortly."


@require_safe
@signed_in
def wallet(request: AccountRequest) -> HttpResponse:
    """The page, or with htmx just the older lines that it asks for."""
    before = request.GET.get("before", "")
    cursor = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    form = StatementForm(request.GET)
    lines, next_cursor = statement.lines(request.account, cursor, form.filters)
    template = "wallet/_lines.html" if request.htmx and cursor else "wallet/wallet.html"
    context = {
        "lines": lines,
        "next_cursor": next_cursor,
        "filter_form": form,
        "filter_query": _query(form),
        "is_stand_in": bool(settings.STRIPE_API_BASE),
        "maximum_micros": Policy.current().topup_max_micros,
        "lasts": lasts_for(request.account),
        "profile": BillingProfile.of(request.account),
        "can_pay": stripe.is_configured(),
        "suggested_dollars": SUGGESTED_DOLLARS,
        "topups": Topup.objects.filter(account=request.account)[:5],
    }
    return render(request, template, context)


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
def topup(request: AccountRequest) -> HttpResponse:
    """Stores an order and sends its customer to Stripe's page."""
    if not stripe.is_configured():
        messages.error(request, _("This deployment takes no payments. Nothing was charged."))
        return redirect("wallet")
    try:
        amount_micros = topups.parse_amount(request.POST.get("amount", ""))
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
        messages.error(request, _(AWAY))
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
def portal(request: AccountRequest) -> HttpResponse:
    """To Stripe's page for cards and invoices."""
    if not stripe.is_configured():
        messages.error(request, _("This deployment takes no payments. Nothing was charged."))
        return redirect("wallet")
    try:
        customer_id = topups.customer_of(request.account, request.user.email)
        back = request.build_absolute_uri(reverse("wallet"))
        return redirect(stripe.portal_url(customer_id, back))
    except stripe.StripeError:
        messages.error(request, _(AWAY))
        return redirect("wallet")
