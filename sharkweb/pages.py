"""The public pages, and what every page knows of its deployment."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from generations.models import DEADLINE_SECONDS
from keys import snippets
from sharkweb import gallery
from sharkweb.docs import facts
from sharkweb.docs.highlighting import highlighted
from wallet.apps import TRIAL_IMAGES


@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """The landing page; who is signed in goes to work instead."""
    if request.user.is_authenticated:
        return redirect("overview")
    known = facts.read(request.build_absolute_uri("/").rstrip("/"))
    programs = snippets.first_request(known.base_url).items()
    pictures = gallery.featured()
    context = {
        "facts": known,
        "free": TRIAL_IMAGES,
        "deadline_seconds": DEADLINE_SECONDS,
        "snippets": {language: highlighted(program) for language, program in programs},
        "pictures": pictures or gallery.shipped(),
        "is_featured": bool(pictures),
    }
    return render(request, "public/home.html", context)


@require_safe
def favicon(request: HttpRequest) -> HttpResponseBase:
    """For pages that name no icon of their own, such as the admin's."""
    return redirect(static("img/favicon.svg"))


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What search engines need not look at: pages that are somebody's own."""
    return render(request, "public/robots.txt", content_type="text/plain; charset=utf-8")


def deployment(request: HttpRequest) -> dict[str, Any]:
    """Context for every page: whether this is `make run` on somebody's own machine."""
    return {"local": settings.LOCAL}
