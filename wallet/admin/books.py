"""Staff's view of the ledger: all of it readable, none of it writable but by an adjustment."""

from collections.abc import Sequence

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.admin.filters import AccountFilter, ChoiceFilter
from accounts.admin.links import account_link, page_link
from accounts.admin.lists import NewestAdmin, QuickAdmin, ReadOnlyAdmin
from accounts.models import User
from wallet import ledger
from wallet.admin.forms import AdjustmentForm
from wallet.amounts import images, usd
from wallet.models import Book, Hold, Transfer, Unit


def amount_label(amount: int, unit: str) -> str:
    """An amount in the words of its unit."""
    return images(amount) if unit == Unit.IMAGE else usd(amount)


UNIT_NAMES = {Unit.USD: _("Dollars"), Unit.IMAGE: _("Free images")}


class UnitFilter(ChoiceFilter):
    """What a book counts."""

    title = _("unit")
    parameter_name = "unit"
    conditions = {str(unit): (name, Q(unit=unit)) for unit, name in UNIT_NAMES.items()}


class DebtFilter(ChoiceFilter):
    """Who owes us something, after a refund or a dispute."""

    title = _("balance")
    parameter_name = "balance"
    conditions = {
        "debt": (_("In debt"), Q(balance__lt=0)),
        "held": (_("With something reserved"), Q(held__gt=0)),
    }


@admin.register(Book)
class BookAdmin(ReadOnlyAdmin[Book], QuickAdmin[Book]):
    list_display = (
        *("unit_name", account_link, "balance_label", "held_label", "available_label"),
        "adjust_link",
    )
    list_filter = (UnitFilter, DebtFilter, AccountFilter)
    list_select_related = ("account",)
    fields = (
        *("account", "unit_name", "balance_label", "held_label", "available_label"),
        *("debt_limit_label", "adjust_link"),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Book]:
        # House books show no balance of their own: theirs is the sum of their transfers.
        return Book.objects.filter(account__isnull=False)

    @admin.display(description=_("unit"))
    def unit_name(self, book: Book) -> StrOrPromise:
        return UNIT_NAMES[Unit(book.unit)]

    @admin.display(description=_("balance"), ordering="balance")
    def balance_label(self, book: Book) -> str:
        return amount_label(book.balance, book.unit)

    @admin.display(description=_("reserved"), ordering="held")
    def held_label(self, book: Book) -> str:
        return amount_label(book.held, book.unit)

    @admin.display(description=_("available"))
    def available_label(self, book: Book) -> str:
        return amount_label(book.available, book.unit)

    @admin.display(description=_("may owe"))
    def debt_limit_label(self, book: Book) -> str:
        return amount_label(book.debt_limit, book.unit)

    @admin.display(description="")
    def adjust_link(self, book: Book) -> str:
        return format_html('<a href="{}">{}</a>', _adjust_url(book), _("Credit or debit"))

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
            "title": _("Credit or debit %(account)s") % {"account": book.account},
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
            form.add_error("amount", _("Less than that is available. Nothing was moved."))
            return False
        except ledger.ReferenceReused:
            text = _("This form was used before. Open it anew to move more.")
            form.add_error("amount", text)
            return False
        text = _("Credited %(amount)s.") if is_credit else _("Debited %(amount)s.")
        done = text % {"amount": amount_label(amount, book.unit)}
        if moved:
            self.log_change(request, book, f"{done} {reason}")
        else:
            done += " " + _("(It had been done before.)")
        messages.success(request, done)
        return True


def _adjust_url(book: Book) -> str:
    return reverse("admin:wallet_book_adjust", args=[book.pk])


@admin.register(Transfer)
class TransferAdmin(ReadOnlyAdmin[Transfer], NewestAdmin[Transfer]):
    list_display = ("created_at", "kind", "amount_label", "account", "actor", "memo")
    list_filter = ("kind", "created_at", AccountFilter)
    list_select_related = ("debit__account", "credit__account", "actor")
    search_help_text = _(
        "The newest 10,000 are listed. A reference, or a customer's name or e-mail address, "
        "finds older ones."
    )
    fields = (
        *("created_at", "kind", "amount_label", "account", "taken_from", "given_to"),
        *("reference", "actor", "memo"),
    )

    @admin.display(description=_("account"))
    def account(self, transfer: Transfer) -> str:
        return page_link(transfer.credit.account or transfer.debit.account)

    @admin.display(description=_("amount"))
    def amount_label(self, transfer: Transfer) -> str:
        """The amount with the customer's sign."""
        sign = "+" if transfer.credit.account_id else "−"
        return sign + amount_label(transfer.amount, transfer.debit.unit)

    @admin.display(description=_("debit"))
    def taken_from(self, transfer: Transfer) -> str:
        return _book_link(transfer.debit)

    @admin.display(description=_("credit"))
    def given_to(self, transfer: Transfer) -> str:
        return _book_link(transfer.credit)

    def of_accounts(self, account_ids: Sequence[int]) -> list[Q]:
        return [way for book in _books_of(account_ids) for way in (Q(debit=book), Q(credit=book))]

    def ways_to(self, term: str) -> list[Q]:
        # With their kinds, since that is how references are indexed.
        exact = Q(kind__in=Transfer.Kind.values, reference=term)
        return [exact, *super().ways_to(term)]


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin[Hold], NewestAdmin[Hold]):
    list_display = ("created_at", "account", "amount_label", "status", "resolved_at")
    list_filter = ("status", AccountFilter)
    list_select_related = ("book__account",)
    whole_fields = ("reference",)
    # What has no index: else an account's newest would be looked for among everyone's.
    newest_first = ("-created_at", "-pk")
    search_help_text = TransferAdmin.search_help_text
    fields = (
        *("created_at", "account", "book", "amount_label", "status", "resolved_at"),
        *("transfer", "reference", "budget"),
    )

    @admin.display(description=_("account"))
    def account(self, hold: Hold) -> str:
        return page_link(hold.book.account)

    @admin.display(description=_("amount"))
    def amount_label(self, hold: Hold) -> str:
        return amount_label(hold.amount, hold.book.unit)

    def of_accounts(self, account_ids: Sequence[int]) -> list[Q]:
        return [Q(book=book) for book in _books_of(account_ids)]


def _book_link(book: Book) -> str:
    # The house's have no page.
    return page_link(book) if book.account else str(book)


def _books_of(account_ids: Sequence[int]) -> list[int]:
    return list(Book.objects.filter(account__in=account_ids).values_list("pk", flat=True))
