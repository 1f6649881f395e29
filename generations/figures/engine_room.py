"""The staff's page of the engine room: the operator's figures, asked for again every few seconds.

Who may look at jobs may look at it. The figures themselves are `figures/`'s.
"""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from generations import figures
from generations.figures.finished import WINDOW_SECONDS
from generations.models import Job

PHASE_NAMES = {
    "queue": _("Waits in the queue"),
    "handover": _("Is prepared and handed over"),
    "engine": _("Is with the engine"),
    "store": _("Is checked, stored and charged"),
    "total": _("From submit to image"),
}


def engine_room(site: admin.ModelAdmin[Any], request: HttpRequest) -> HttpResponse:
    """The whole page; htmx takes from it what changes."""
    if not site.has_view_permission(request):
        raise PermissionDenied
    now = figures.read()
    kinds = Job.FailureKind.values
    context = {
        **site.admin_site.each_context(request),
        "title": _("Engine room"),
        "opts": site.opts,
        "now": now,
        "phases": [(name, now.phases.get(phase)) for phase, name in PHASE_NAMES.items()],
        "kinds": Job.FailureKind.labels,
        "outcomes": [(each, [each.failures[kind] for kind in kinds]) for each in now.outcomes],
        "is_cut": now.counted_seconds < WINDOW_SECONDS,
        "paused": "paused" in request.GET,
    }
    return TemplateResponse(request, "admin/generations/engine_room.html", context)
