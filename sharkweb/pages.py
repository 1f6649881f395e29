"""The public pages, and what every page knows of its deployment."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from generations.models import CatalogueModel


@require_safe
def home(request: HttpRequest) -> HttpResponseBase:
    """The landing page; who is signed in goes to work instead."""
    if request.user.is_authenticated:
        return redirect("playground")
    models = CatalogueModel.objects.all()
    base_url = request.build_absolute_uri("/").rstrip("/")
    return render(request, "public/home.html", {"models": models, "base_url": base_url})


@require_safe
def favicon(request: HttpRequest) -> HttpResponseBase:
    """For pages that name no icon of their own, such as the admin's."""
    return redirect(static("img/favicon.svg"))


def deployment(request: HttpRequest) -> dict[str, Any]:
    """Context for every page: whether this is `make run` on somebody's own machine."""
    return {"local": settings.LOCAL}
