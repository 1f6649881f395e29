"""Filters for the admin's lists: one account's rows, and states that are more than one field.

None asks the database what there is to choose from.
"""

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrOrPromise

from accounts.admin.lists import QuickAdmin, newest_of
from accounts.models import Account


class RowFilter(admin.SimpleListFilter):
    """The rows that belong to one of another table: links lead here, as `?account=5`.

    It offers nothing to choose from; it shows what was chosen, and can be taken off.
    """

    table: ClassVar[type[Model]]
    admin: QuickAdmin[Any]

    def ways_to(self, pk: int) -> list[Q]:
        """The ways to the rows, each with an index of its own."""
        raise NotImplementedError  # Only the filter of one table knows them.

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        self.admin = model_admin
        value = self.value()
        if not value:
            return []
        row = self.table._default_manager.filter(pk=self._pk(value)).first()
        return [(value, str(row or value))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if not value:
            return queryset
        return newest_of(queryset, self.ways_to(self._pk(value)), self.admin.newest_first)

    def _pk(self, value: str) -> int:
        try:
            return int(value)
        except ValueError as error:
            raise IncorrectLookupParameters(error) from None


class AccountFilter(RowFilter):
    """The rows of one account."""

    title = _("account")
    parameter_name = "account"
    table = Account

    def ways_to(self, pk: int) -> list[Q]:
        return self.admin.of_accounts([pk])


class ChoiceFilter(admin.SimpleListFilter):
    """A choice among conditions, each with what it is called."""

    conditions: ClassVar[dict[str, tuple[StrOrPromise, Q]]]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, StrOrPromise]]:
        return [(name, label) for name, (label, condition) in self.conditions.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.conditions.get(self.value() or "")
        return queryset.filter(chosen[1]) if chosen else queryset
