"""Staff's view of payments: orders, events, billing, alerts and the policy.

Nothing of it is written by hand but the policy; an order's refund is `refund.py`'s.
"""

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html

from wallet.admin.books import ReadOnlyAdmin
from wallet.admin.forms import PolicyForm
from wallet.admin.refund import refund
from wallet.amounts import usd
from wallet.models import Alert, BillingProfile, Policy, StripeEvent, Topup


@admin.register(Topup)
class TopupAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "account", "amount", "kind", "status", "payment", "refund_link")
    list_filter = ("status", "kind", "created_at")
    list_select_related = ("account",)
    search_fields = (
        "=id",
        "=intent_id",
        "=session_id",
        "account__name",
        "account__members__email",
    )
    readonly_fields = ("amount", "payment", "refund_link")
    fields = (
        *("account", "user", "kind", "amount", "status", "payment", "refund_link", "session_id"),
        *("receipt_url", "invoice_url", "failure", "created_at", "checked_at", "paid_at"),
    )

    @admin.display(ordering="amount_micros")
    def amount(self, order: Topup) -> str:
        return usd(order.amount_micros)

    @admin.display(description="in Stripe")
    def payment(self, order: Topup) -> str:
        if not order.intent_id or settings.STRIPE_API_BASE:
            return order.intent_id or "–"
        place = "" if settings.STRIPE_IS_LIVE else "test/"
        address = f"https://dashboard.stripe.com/{place}payments/{order.intent_id}"
        return format_html('<a href="{}">{}</a>', address, order.intent_id)

    @admin.display(description="")
    def refund_link(self, order: Topup) -> str:
        if order.status != Topup.Status.PAID:
            return ""
        return format_html(
            '<a href="{}">Refund</a>', reverse("admin:wallet_topup_refund", args=[order.pk])
        )

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.refund)
        own = path("<uuid:object_id>/refund/", view, name="wallet_topup_refund")
        return [own, *super().get_urls()]

    refund = refund


@admin.register(StripeEvent)
class StripeEventAdmin(ReadOnlyAdmin):
    list_display = ("received_at", "type", "id", "intent_id", "outcome")
    list_filter = ("type", "received_at")
    search_fields = ("=id", "=intent_id", "outcome")


@admin.register(BillingProfile)
class BillingProfileAdmin(ReadOnlyAdmin):
    list_display = ("account", "customer_id", "auto_topup", "card_label", "auto_stopped_reason")
    list_filter = ("auto_topup",)
    list_select_related = ("account",)
    search_fields = ("=customer_id", "account__name", "account__members__email")


@admin.register(Alert)
class AlertAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "kind", "text", "reference", "resolved_at")
    list_filter = (("resolved_at", admin.EmptyFieldListFilter), "kind")
    search_fields = ("=reference", "text")
    actions = ("resolve",)

    @admin.action(description="Resolve: somebody has looked at it", permissions=["resolve"])
    def resolve(self, request: HttpRequest, alerts: QuerySet[Alert]) -> None:
        waiting = list(alerts.filter(resolved_at=None))
        alerts.filter(resolved_at=None).update(resolved_at=timezone.now())
        for alert in waiting:
            self.log_change(request, alert, "Resolved")
        self.message_user(request, f"Resolved {len(waiting)} alert(s).")

    def has_resolve_permission(self, request: HttpRequest) -> bool:
        """Whether the user may do what changes an alert, which no form does."""
        return request.user.has_perm("wallet.change_alert")


@admin.register(Policy)
class PolicyAdmin(admin.ModelAdmin[Policy]):
    form = PolicyForm
    list_display = ("__str__", "topup_max", "auto_topup_daily_max")

    @admin.display(description="largest single top-up")
    def topup_max(self, policy: Policy) -> str:
        return usd(policy.topup_max_micros)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Policy]:
        Policy.current()
        return super().get_queryset(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Policy | None = None) -> bool:
        return False
