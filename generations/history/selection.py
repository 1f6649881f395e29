"""What is done with jobs chosen in the history: downloaded together, or deleted.

Which may be deleted, and what goes, is `deletion.py`'s; what is in a ZIP is `bundle.py`'s.
"""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from accounts.roles import Right
from accounts.signed_in import AccountRequest, needs, signed_in
from generations import history
from generations.history import deletion
from generations.history.bundle import IMAGES_MAX, Bundle, TooManyBundles
from generations.history.way_back import back
from generations.models import Job


@require_POST
@signed_in
def download(request: AccountRequest) -> HttpResponseBase:
    """The images of the chosen jobs, as one ZIP; reading is every member's right."""
    chosen = [job for job in _chosen(request) if job.image_path]
    if not chosen:
        messages.error(request, _("Choose images first; then they can be downloaded together."))
        return redirect(back(request, reverse("history")))
    try:
        bundle = Bundle(chosen)
    except TooManyBundles:
        text = _("Other downloads are under way. Please try again in a minute.")
        messages.error(request, text)
        return redirect(back(request, reverse("history")))
    response = StreamingHttpResponse(bundle, content_type="application/zip")
    name = f"sharkapi-{timezone.now():%Y-%m-%d-%H%M}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@needs(Right.MAKE, reading=True)
def delete(request: AccountRequest) -> HttpResponse:
    """Asks first, and says what goes; POST with `confirmed` deletes. `job` names one or more."""
    jobs = [job for job in _chosen(request) if job.is_terminal]
    if request.method == "POST" and request.POST.get("confirmed"):
        return _deleted(request, deletion.delete(request.account, [job.pk for job in jobs]))
    if not jobs and not request.htmx:
        messages.error(request, _("Choose images first; what is under way cannot be deleted."))
        return redirect(back(request, reverse("history")))
    context = {
        "jobs": jobs,
        "back": back(request, reverse("history")),
        "images": sum(bool(job.image_path) for job in jobs),
        "references": sum(bool(job.input_name) for job in jobs),
    }
    part = "_delete" if request.htmx else "delete"
    return render(request, f"generations/history/{part}.html", context)


def _chosen(request: AccountRequest) -> list[Job]:
    """The account's jobs that the form or the link names, newest first."""
    given = request.POST if request.method == "POST" else request.GET
    return history.by_ids(request.account, given.getlist("job"), IMAGES_MAX)


def _deleted(request: AccountRequest, ids: list[UUID]) -> HttpResponse:
    text = ngettext("%(count)s job is deleted.", "%(count)s jobs are deleted.", len(ids))
    text %= {"count": len(ids)}
    target = back(request, reverse("history"))
    shown_in_list = (request.htmx.current_url_abs_path or "").startswith(reverse("history"))
    if request.htmx and shown_in_list:
        context = {"ids": ids, "text": text}
        return render(request, "generations/history/_deleted.html", context)
    messages.success(request, text)
    return HttpResponseClientRedirect(target) if request.htmx else redirect(target)
