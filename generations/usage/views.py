"""The usage page and its file: a period's figures by day, token or variant.

What counts is the package's to say; days and their limits are `periods.py`'s.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple, get_args
from urllib.parse import urlencode

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Account
from accounts.signed_in import AccountRequest, signed_in
from generations import usage as figures
from generations.usage import By, Row, two_charts
from generations.usage.periods import CUSTOM, LAST_DAYS, MONTH, Period, PeriodForm
from wallet import export
from wallet.models import Unit

# More groups than these are only in the file; no period has as many days.
ROWS_MAX = 400
# A longer table is folded away.
ROWS_OPEN_MAX = 31


class Choice(NamedTuple):
    """One link of a switch."""

    label: str
    query: str
    is_current: bool


@require_safe
@signed_in
def usage(request: AccountRequest) -> HttpResponse:
    """The page."""
    form, by = PeriodForm(request.GET), _by(request)
    context = {
        "form": form,
        "by": by,
        "is_custom": form.name == CUSTOM,
        "periods": _periods(form, by),
        "groupings": _groupings(form, by),
        "query": f"{form.query}&by={by}",
        **_found(request.account, form.period, by),
    }
    return render(request, "generations/usage/usage.html", context)


@require_safe
@signed_in
def usage_csv(request: AccountRequest) -> StreamingHttpResponse:
    """The table that the page shows, whole."""
    period, by = PeriodForm(request.GET).period, _by(request)
    lines = _lines(by, figures.all_rows(request.account, period, by))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    name = f"sharkapi-usage-by-{by}-{period.since}-to-{period.until}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _by(request: AccountRequest) -> By:
    asked = request.GET.get("by", "")
    return next((by for by in get_args(By) if by == asked), "day")


def _found(account: Account, period: Period, by: By) -> dict[str, Any]:
    """The table, the charts and the sums, in at most two statements."""
    # One more than is shown tells that there are more.
    rows = figures.rows(account, period, by, ROWS_MAX + 1)
    if by == "day":
        total, charts = figures.total(rows), two_charts.of_days(rows, period)
    else:
        labels = {row.group: row.label for row in rows[: two_charts.GROUPS_MAX]}
        cells = figures.cells(account, period, by, list(labels))
        total, charts = figures.total(cells), two_charts.of_groups(cells, period, labels)
    return {
        "rows": rows[:ROWS_MAX],
        "has_more": len(rows) > ROWS_MAX,
        "is_long": len(rows) > ROWS_OPEN_MAX,
        "total": total,
        "charts": charts,
    }


def _periods(form: PeriodForm, by: By) -> list[Choice]:
    labels = {name: _("%(days)s days") % {"days": days} for name, days in LAST_DAYS.items()}
    labels |= {MONTH: _("This month"), CUSTOM: _("Custom")}
    days = {"since": form.period.since, "until": form.period.until}
    return [
        Choice(
            label,
            # Whoever goes to choose days of their own starts from those that are shown.
            urlencode({"period": name, **(days if name == CUSTOM else {}), "by": by}),
            name == form.name,
        )
        for name, label in labels.items()
    ]


def _groupings(form: PeriodForm, by: By) -> list[Choice]:
    labels: dict[By, str] = {
        "day": _("By day"),
        "token": _("By token"),
        "variant": _("By variant"),
    }
    return [Choice(label, f"{form.query}&by={name}", name == by) for name, label in labels.items()]


def _lines(by: By, rows: Iterator[Row]) -> Iterator[str]:
    """The file line by line; what people named is made inert, amounts are plain dollars."""
    names = ("token", "prefix") if by == "token" else (by,)
    yield export.line_of((*names, "images", "free images", "failed (not charged)", "spent (USD)"))
    for row in rows:
        named = (row.label, row.prefix) if by == "token" else (row.group,)
        yield export.line_of(
            (
                *(export.plain(name) for name in named),
                row.images,
                row.free_images,
                row.failures,
                export.decimal(row.spent_micros, Unit.USD),
            )
        )
