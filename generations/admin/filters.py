"""Filters for the lists of jobs and usage; none reads those tables to know what there is."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.filters import ChoiceFilter, RowFilter
from generations import catalogue
from generations.models import Job
from keys.models import Key


class TokenFilter(RowFilter):
    """What came in with one API token."""

    title = _("API token")
    parameter_name = "key"
    table = Key

    def ways_to(self, pk: int) -> list[Q]:
        return [Q(key=pk)]


class SourceFilter(ChoiceFilter):
    """Where a job was asked for."""

    title = _("source")
    parameter_name = "source"
    conditions = {
        "api": (_("API"), Q(key__isnull=False)),
        "playground": (_("Playground"), Q(key=None, imported_at=None)),
        "imported": (_("Imported"), Q(imported_at__isnull=False)),
    }


class FailureFilter(ChoiceFilter):
    """Why a job failed."""

    title = _("failure kind")
    parameter_name = "failure"
    # With the status, since an account's failures have an index of their own.
    conditions = {
        kind.value: (kind.label, Q(status=Job.Status.FAILED, failure_kind=kind))
        for kind in Job.FailureKind
    }


class LandingFilter(ChoiceFilter):
    """What staff chose for the landing page."""

    title = _("landing page")
    parameter_name = "landing"
    conditions = {"shown": (_("Shown there"), Q(featured_at__isnull=False))}


class VariantFilter(admin.SimpleListFilter):
    """One of the catalogue's variants."""

    title = _("variant")
    parameter_name = "variant"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(model.variant, model.variant) for model in catalogue.shown()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(variant=self.value()) if self.value() else queryset
