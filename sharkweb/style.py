"""The living style page: every token and component, as the stylesheets draw them now.

For staff, to look at a change in one place. It decides nothing: what it shows is in static/css.
"""

import re
from pathlib import Path

from django.contrib.admin.views.decorators import staff_member_required
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from keys import snippets

TOKEN = re.compile(r"--((color|text|weight|space|radius)-[\w-]+):")
# Those that no sample shows by itself are named with what they are.
WRITTEN = re.compile(r"--((?:leading|shadow|speed|ease)[\w-]*):\s*([^;]+);")
ICON = re.compile(r'<symbol id="([\w-]+)"')


@require_safe
@staff_member_required
def style(request: HttpRequest) -> HttpResponse:
    """The page, from the files themselves: a token that is added appears."""
    tokens: dict[str, list[str]] = {}
    for name, kind in TOKEN.findall(_read("css/tokens.css")):
        names = tokens.setdefault(kind, [])
        if name not in names:
            names.append(name)
    context = {
        "tokens": tokens,
        "written": WRITTEN.findall(_read("css/tokens.css")),
        "icons": ICON.findall(_read("img/icons.svg")),
        "snippets": snippets.first_request(request.build_absolute_uri("/").rstrip("/")),
        "kinds": ("success", "info", "warning", "error"),
    }
    return render(request, "style/style.html", context)


@require_safe
@staff_member_required
def dialog(request: HttpRequest) -> HttpResponse:
    """What the style page's link asks into the dialog."""
    return render(request, "style/_dialog.html")


def _read(name: str) -> str:
    path = finders.find(name)
    assert isinstance(path, str)
    return Path(path).read_text()
