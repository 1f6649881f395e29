"""Staff's view of the ledger: all of it readable, none of it writable but by an adjustment."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html

from accounts.models import User
from wallet import ledger
from wallet.admin.forms import AdjustmentForm
from wallet.amounts import images, usd
from wallet.models import Book, Hold, Transfer, Unit


def amount_label(amount: int, unit: str) -> str:
    """An amount in the words of its unit."""
    return images(amount) if unit == Unit.IMAGE else usd(amount)


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Rows that nobody may add, change or delete here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


@admin.register(Book)
class BookAdmin(ReadOnlyAdmin):
    list_display = ("owner", "unit", "balance_label", "held_label", "adjust_link")
    list_filter = ("unit", "kind")
    search_fields = ("account__name", "account__members__email")
    list_select_related = ("account",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Book]:
        # House books show no balance of their own: theirs is the sum of their transfers.
        return Book.objects.filter(account__isnull=False)

    @admin.display(description="account", ordering="account__name")
    def owner(self, book: Book) -> str:
        return str(book.account)

    @admin.display(description="balance", ordering="balance")
    def balance_label(self, book: Book) -> str:
        return amount_label(book.balance, book.unit)

    @admin.display(description="reserved", ordering="held")
    def held_label(self, book: Book) -> str:
        return amount_label(book.held, book.unit)

    @admin.display(description="")
    def adjust_link(self, book: Book) -> str:
        return format_html('<a href="{}">Credit or debit</a>', _adjust_url(book))

    def get_urls(self) -> list[URLPattern]:
        adjust = self.admin_site.admin_view(self.adjust)
        return [
            path("<int:book_id>/adjust/", adjust, name="wallet_book_adjust"),
            *super().get_urls(),
        ]

    def adjust(self, request: HttpRequest, book_id: int) -> HttpResponse:
        """Credits or debits the book, with a reason, through the ledger."""
        if not request.user.is_superuser and not request.user.has_perm("wallet.change_book"):
            raise PermissionDenied
        book = get_object_or_404(self.get_queryset(request).select_related("account"), pk=book_id)
        form = AdjustmentForm(request.POST or None, book=book)
        if form.is_valid() and self._move(request, book, form):
            return HttpResponseRedirect(reverse("admin:wallet_book_changelist"))
        context = {
            **self.admin_site.each_context(request),
            "title": f"Credit or debit {book.account}",
            "opts": self.model._meta,
            "book": book,
            "available": amount_label(book.available, book.unit),
            "form": form,
        }
        return TemplateResponse(request, "admin/wallet/adjust.html", context)

    def _move(self, request: HttpRequest, book: Book, form: AdjustmentForm) -> bool:
        is_credit = form.cleaned_data["direction"] == "credit"
        move = ledger.credit_by_staff if is_credit else ledger.debit_by_staff
        amount, reason = form.cleaned_data["amount"], form.cleaned_data["reason"]
        reference = f"staff:{form.cleaned_data['reference']}"
        assert book.account is not None
        assert isinstance(request.user, User)
        unit = Unit(book.unit)
        try:
            moved = move(book.account, unit, amount, reference, reason, actor=request.user)
        except ledger.InsufficientBalance:
            form.add_error("amount", "Less than that is available. Nothing was moved.")
            return False
        except ledger.ReferenceReused:
            form.add_error("amount", "This form was used before. Open it anew to move more.")
            return False
        done = f"{'Credited' if is_credit else 'Debited'} {amount_label(amount, book.unit)}."
        if moved:
            self.log_change(request, book, f"{done} {reason}")
        messages.success(request, done if moved else f"{done} (It had been done before.)")
        return True


def _adjust_url(book: Book) -> str:
    return reverse("admin:wallet_book_adjust", args=[book.pk])


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "kind", "amount_shown", "debit", "credit", "actor", "memo")
    list_filter = ("kind", "created_at")
    search_fields = ("reference", "memo", "debit__account__name", "credit__account__name")
    list_select_related = ("debit__account", "credit__account", "actor")

    @admin.display(description="amount", ordering="amount")
    def amount_shown(self, transfer: Transfer) -> str:
        return amount_label(transfer.amount, transfer.debit.unit)


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "book", "amount_shown", "status", "reference", "resolved_at")
    list_filter = ("status",)
    search_fields = ("reference", "book__account__name")
    list_select_related = ("book__account",)

    @admin.display(description="amount", ordering="amount")
    def amount_shown(self, hold: Hold) -> str:
        return amount_label(hold.amount, hold.book.unit)
