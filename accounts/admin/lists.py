"""Lists that stay quick however long their tables are: counting ends, a search looks for whole
values and for accounts, and of what only grows the newest alone is listed.

Knows no other room's tables: each list says how its rows belong to an account.
"""

from collections.abc import Sequence
from typing import Any, ClassVar, TypeVar

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Field, Max, Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.models import Account, Membership, User

# No list is longer, or counted further; the lists' help texts say so.
LISTED_MAX = 10_000
# Whose rows a search finds.
ACCOUNTS_MAX = 10

M = TypeVar("M", bound=Model)


def accounts_called(term: str, most: int = ACCOUNTS_MAX) -> list[int]:
    """The numbers of the newest accounts with that in their name or in a member's address."""
    # A whole address has an index, and is what staff have most often.
    exact = Membership.objects.filter(user__email=term.lower()).values_list("account", flat=True)
    if found := list(exact[:most]):
        return found
    people = User.objects.filter(email__icontains=term).order_by("-pk")[:most]
    theirs = Membership.objects.filter(user__in=people).values_list("account").order_by()
    named = Account.objects.filter(name__icontains=term).order_by("-pk").values_list("pk")
    return sorted((pk for (pk,) in named[:most].union(theirs[:most])), reverse=True)[:most]


def newest_of(rows: QuerySet[M], ways: Sequence[Q], order: Sequence[str]) -> QuerySet[M]:
    """The rows found in any of these ways; of several ways, the newest rows of each.

    Every way is read along its own index: an OR of them would read the whole table.
    """
    if not ways:
        return rows.none()
    if len(ways) == 1:
        return rows.filter(*ways)
    most = LISTED_MAX // len(ways)
    first, *others = [rows.filter(way).order_by(*order).values("pk")[:most] for way in ways]
    return rows.filter(pk__in=first.union(*others, all=True))


class BoundedPaginator(Paginator[Any]):
    """Counts no further than what is listed at most."""

    @cached_property
    def count(self) -> int:
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]  # The admin's always are.
        return rows.order_by()[:LISTED_MAX].count()


class QuickAdmin(admin.ModelAdmin[M]):
    """A list that is searched by the values of `whole_fields` and by account."""

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    # These only say that there is something to search for.
    search_fields: ClassVar[tuple[str, ...]] = ("account",)
    search_help_text: ClassVar[StrOrPromise | None] = _("A customer's name or e-mail address.")
    whole_fields: ClassVar[tuple[str, ...]] = ()
    newest_first: ClassVar[tuple[str, ...]] = ("-pk",)

    def of_accounts(self, account_ids: Sequence[int]) -> list[Q]:
        """The ways to the accounts' rows, each with an index of its own."""
        return [Q(account=account_id) for account_id in account_ids]

    def ways_to(self, term: str) -> list[Q]:
        """The ways to what somebody searches for."""
        ways = [Q(**{field.name: term}) for field in self._whole_fields if _may_be(field, term)]
        return [*ways, *self.of_accounts(accounts_called(term))]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[M], search_term: str
    ) -> tuple[QuerySet[M], bool]:
        term = search_term.strip()
        if term:
            queryset = newest_of(queryset, self.ways_to(term), self.newest_first)
        return queryset, False

    @property
    def _whole_fields(self) -> list[Field[Any, Any]]:
        return [field for field in self.model._meta.fields if field.name in self.whole_fields]


class NewestAdmin(QuickAdmin[M]):
    """A table that only grows: until it is narrowed down to an account or by a search, the list
    holds its newest rows alone, so that no filter reads the others.
    """

    # A number that grows from row to row, with an index.
    numbered_by: ClassVar[str] = "pk"
    narrowed_by: ClassVar[tuple[str, ...]] = ("account", "q")
    # Sorting by anything else would read every row.
    sortable_by = ()

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return self.newest_first if self.is_narrowed(request) else (f"-{self.numbered_by}",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[M], search_term: str
    ) -> tuple[QuerySet[M], bool]:
        if not self.is_narrowed(request):
            newest = self.model._default_manager.aggregate(number=Max(self.numbered_by))["number"]
            number = (newest or 0) - LISTED_MAX
            queryset = queryset.filter(**{f"{self.numbered_by}__gt": number})
        return super().get_search_results(request, queryset, search_term)

    def is_narrowed(self, request: HttpRequest) -> bool:
        """Whether the list is one that an index leads to."""
        return any(request.GET.get(name, "").strip() for name in self.narrowed_by)


class ReadOnlyAdmin(admin.ModelAdmin[M]):
    """Rows that nobody may add, change or delete here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: M | None = None) -> bool:
        return False


def _may_be(field: Field[Any, Any], term: str) -> bool:
    try:
        field.to_python(term)
    except ValidationError:
        return False
    return True
