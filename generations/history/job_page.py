"""A job's page: its image, all that was asked for, its times, its money; and starring it.

What the pieces say is `timeline.py`'s and `money_line.py`'s. Deleting is `selection.py`'s.
"""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.roles import Right
from accounts.signed_in import AccountRequest, needs, signed_in
from generations import files, history, waiting
from generations.history import bundle, money_line, timeline
from generations.history.way_back import back
from generations.models import Job
from generations.pictures.views import explained, streamed

# What customers sent is shown to them alone, and kept by their own browsers only.
PRIVATE = "private, max-age=3600"
REFERENCE_TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}


@require_safe
@signed_in
def job(request: AccountRequest, job_id: UUID) -> HttpResponse:
    """The page."""
    found = _find(request, job_id)
    newer, older = history.neighbours(found)
    context = {"newer": newer, "older": older, **_context(found)}
    return render(request, "generations/job/job.html", context)


@require_safe
@signed_in
def live(request: AccountRequest, job_id: UUID) -> HttpResponse:
    """What changes while it is under way; the whole of it once it has ended."""
    return render(request, "generations/job/_live.html", _context(_find(request, job_id)))


@require_POST
@signed_in
@needs(Right.MAKE)
def star(request: AccountRequest, job_id: UUID) -> HttpResponseBase:
    """Sets the star, or takes it away with `starred=`; htmx gets the button alone."""
    found = _find(request, job_id)
    found.starred_at = timezone.now() if request.POST.get("starred") else None
    found.save(update_fields=["starred_at"])
    if request.htmx:
        return render(request, "generations/history/_star.html", {"job": found})
    return redirect(back(request, reverse("job", args=[job_id])))


@require_safe
@signed_in
@explained
def reference(request: AccountRequest, job_id: UUID) -> HttpResponseBase:
    """The reference image that the job was given, for members of its account."""
    name = _find(request, job_id).input_name
    if not name:
        raise Http404
    kind = REFERENCE_TYPES[name.rpartition(".")[2]]
    return streamed(files.open_input(name), kind, PRIVATE)


def _find(request: AccountRequest, job_id: UUID) -> Job:
    known = history.of_account(request.account).select_related(
        "key", "model", "user", "hold__book", "hold__transfer"
    )
    return get_object_or_404(known, pk=job_id)


def _context(found: Job) -> dict[str, Any]:
    running = history.running([found])
    return {
        "job": found,
        "active": running,
        "waits": waiting.read(running),
        "steps": timeline.of(found),
        "money": money_line.of(found),
        "file_name": bundle.name_of(found),
    }
