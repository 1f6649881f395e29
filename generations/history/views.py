"""The history: all jobs of the account as a gallery or a table, filtered and page by page.

What a page holds is the package's to find; what is done with chosen jobs is
`selection.py`'s.
"""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from accounts.signed_in import AccountRequest, signed_in
from generations import history as histories
from generations.history import bundle
from generations.history.filters import FiltersForm, Options

VIEWS = ("gallery", "table")


@require_safe
@signed_in
def history(request: AccountRequest) -> HttpResponse:
    """The page; htmx gets the results alone, or with `?before=` one older page of them."""
    is_part = bool(request.htmx) and not request.htmx.history_restore_request
    form = FiltersForm(request.GET, None if is_part else Options.of(request.account))
    cursor = request.GET.get("before", "")
    context: dict[str, Any] = {
        "form": form,
        "view": _view(request),
        "cursor": cursor,
        "is_part": is_part,
    }
    context |= _found(request, form)
    # Drawn by itself: at the depth of a whole page's templates each of the many calls for its jobs
    # would make CPython map memory anew, and take half as long again.
    context["items"] = render_to_string("generations/history/_items.html", context, request)
    if is_part and cursor:
        response = HttpResponse(context["items"])
    else:
        page = "_results" if is_part else "history"
        response = render(request, f"generations/history/{page}.html", context)
    # A browser that goes back must not take the part for the page.
    patch_vary_headers(response, ["HX-Request"])
    if is_part and not cursor:
        response["HX-Push-Url"] = context["here"]
    return response


@require_safe
@signed_in
def live(request: AccountRequest) -> HttpResponse:
    """What became of the jobs that a page shows as under way, all in one answer."""
    jobs = histories.by_ids(request.account, request.GET.getlist("id"))
    context = {"jobs": jobs, "active": histories.running(jobs), "view": _view(request)}
    return render(request, "generations/history/_live.html", context)


def _view(request: AccountRequest) -> str:
    chosen = request.GET.get("view", "")
    return chosen if chosen in VIEWS else VIEWS[0]


def _found(request: AccountRequest, form: FiltersForm) -> dict[str, Any]:
    jobs, next_cursor = histories.page(request.account, form.filters, request.GET.get("before", ""))
    return {
        "jobs": jobs,
        "active": histories.running(jobs),
        "next_cursor": next_cursor,
        "images_max": bundle.IMAGES_MAX,
        **_addresses(form, _view(request)),
    }


def _addresses(form: FiltersForm, view: str) -> dict[str, Any]:
    """This page without a cursor, with a query to which one can be added, and its two views."""
    page = reverse("history")
    views = {each: _join(page, form.query, "" if each == VIEWS[0] else each) for each in VIEWS}
    older = _join(page, form.query, view)
    return {"here": views[view], "older": older, "views": views}


def _join(page: str, query: str, view: str) -> str:
    parts = [query, urlencode({"view": view}) if view else ""]
    query = "&".join(filter(None, parts))
    return f"{page}?{query}" if query else page
