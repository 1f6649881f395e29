"""Staff's view of payments: orders, events, billing, alerts and the policy.

Nothing of it is written by hand but the policy; an order's refund is `refund.py`'s.
"""

from django.conf import settings
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin.filters import AccountFilter, ChoiceFilter
from accounts.admin.links import NOTHING, account_link
from accounts.admin.lists import QuickAdmin, ReadOnlyAdmin
from wallet.admin.forms import PolicyForm
from wallet.admin.refund import refund
from wallet.amounts import usd
from wallet.models import Alert, BillingProfile, Policy, StripeEvent, Topup


@admin.register(Topup)
class TopupAdmin(ReadOnlyAdmin[Topup], QuickAdmin[Topup]):
    list_display = (
        *("created_at", account_link, "amount", "kind", "status", "payment", "refund_link"),
    )
    list_filter = ("status", "kind", "created_at", AccountFilter)
    list_select_related = ("account",)
    whole_fields = ("id", "intent_id", "session_id")
    search_help_text = _(
        "A top-up's id, Stripe's number of its payment, or a customer's name or e-mail address."
    )
    fields = (
        *("account", "user", "kind", "amount", "status", "payment", "refund_link", "session_id"),
        *("receipt_url", "invoice_url", "failure", "created_at", "checked_at", "paid_at"),
    )

    @admin.display(description=_("amount"), ordering="amount_micros")
    def amount(self, order: Topup) -> str:
        return usd(order.amount_micros)

    @admin.display(description=_("in Stripe"))
    def payment(self, order: Topup) -> str:
        if not order.intent_id or settings.STRIPE_API_BASE:
            return order.intent_id or "–"
        place = "" if settings.STRIPE_IS_LIVE else "test/"
        address = f"https://dashboard.stripe.com/{place}payments/{order.intent_id}"
        return format_html('<a href="{}">{}</a>', address, order.intent_id)

    @admin.display(description="", empty_value="")
    def refund_link(self, order: Topup) -> str:
        if order.status != Topup.Status.PAID:
            return ""
        address = reverse("admin:wallet_topup_refund", args=[order.pk])
        return format_html('<a href="{}">{}</a>', address, _("Refund"))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.refund)
        own = path("<uuid:object_id>/refund/", view, name="wallet_topup_refund")
        return [own, *super().get_urls()]

    refund = refund


class SubjectFilter(ChoiceFilter):
    """What an event is about."""

    title = _("subject")
    parameter_name = "subject"
    conditions = {
        "checkout": (_("Checkout"), Q(type__startswith="checkout.")),
        "payment": (_("Payment"), Q(type__startswith="payment_intent.")),
        "refund": (_("Refund"), Q(type__startswith="charge.refund") | Q(type__startswith="refund")),
        "dispute": (_("Dispute"), Q(type__startswith="charge.dispute.")),
    }


@admin.register(StripeEvent)
class StripeEventAdmin(ReadOnlyAdmin[StripeEvent], QuickAdmin[StripeEvent]):
    list_display = ("received_at", "type", "id", "topup", "outcome")
    list_filter = (SubjectFilter, "received_at")
    whole_fields = ("id", "intent_id")
    search_help_text = _("Stripe's number of the event or of its payment.")
    fields = ("received_at", "type", "id", "topup", "outcome")

    @admin.display(description=_("payment"))
    def topup(self, event: StripeEvent) -> str:
        if not event.intent_id:
            return NOTHING
        address = reverse("admin:wallet_topup_changelist", query={"q": event.intent_id})
        return format_html('<a href="{}">{}</a>', address, event.intent_id)

    def ways_to(self, term: str) -> list[Q]:
        # Stripe's numbers are letters and digits: no account is looked for.
        return [Q(pk=term) | Q(intent_id=term)]


@admin.register(BillingProfile)
class BillingProfileAdmin(ReadOnlyAdmin[BillingProfile], QuickAdmin[BillingProfile]):
    list_display = (account_link, "customer_id", "automatic", "card_label", "auto_stopped_reason")
    list_display_links = ("customer_id",)
    list_filter = ("auto_topup", AccountFilter)
    list_select_related = ("account",)
    whole_fields = ("customer_id",)
    search_help_text = _("Stripe's number of a customer, or a customer's name or e-mail address.")
    fields = (
        *("account", "customer_id", "automatic", "card_label", "auto_stopped_reason"),
        *("alert_below", "alerted_at"),
    )

    @admin.display(description=_("automatic top-up"))
    def automatic(self, profile: BillingProfile) -> str:
        if not profile.auto_topup:
            return NOTHING
        amounts = profile.auto_amount_micros, profile.auto_threshold_micros
        amount, threshold = (usd(each) for each in amounts)
        return _("%(amount)s below %(threshold)s") % {"amount": amount, "threshold": threshold}

    @admin.display(description=_("mail below"))
    def alert_below(self, profile: BillingProfile) -> str:
        return NOTHING if profile.alert_below_micros is None else usd(profile.alert_below_micros)


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin[Alert]):
    list_display = ("created_at", "kind", "text", "reference", "resolved_at")
    list_filter = (("resolved_at", admin.EmptyFieldListFilter), "kind")
    search_fields = ("=reference", "text")
    actions = ("resolve",)

    @admin.action(description=_("Resolve: somebody has looked at it"), permissions=["resolve"])
    def resolve(self, request: HttpRequest, alerts: QuerySet[Alert]) -> None:
        waiting = list(alerts.filter(resolved_at=None))
        alerts.filter(resolved_at=None).update(resolved_at=timezone.now())
        for alert in waiting:
            self.log_change(request, alert, "Resolved")
        text = ngettext("Resolved %(count)s alert.", "Resolved %(count)s alerts.", len(waiting))
        self.message_user(request, text % {"count": len(waiting)})

    def has_resolve_permission(self, request: HttpRequest) -> bool:
        """Whether the user may do what changes an alert, which no form does."""
        return request.user.has_perm("wallet.change_alert")


@admin.register(Policy)
class PolicyAdmin(admin.ModelAdmin[Policy]):
    form = PolicyForm
    list_display = ("__str__", "topup_max", "auto_topup_daily_max")

    @admin.display(description=_("largest single top-up"))
    def topup_max(self, policy: Policy) -> str:
        return usd(policy.topup_max_micros)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Policy]:
        # There is always one row to open.
        Policy.objects.get_or_create(pk=1)
        return super().get_queryset(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Policy | None = None) -> bool:
        return False
