"""The playground: images are asked for, watched until they arrive or fail, and asked for again.

What the form's words become is `submitting`'s to say; where jobs are looked through is `history/`.
"""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from accounts.roles import Right
from accounts.signed_in import AccountRequest, needs, signed_in
from generations import history as histories
from generations import jobs, waiting
from generations.models import Job
from generations.playground import offers
from generations.playground.form import PlaygroundForm, once_more
from generations.playground.submitting import submit
from keys import snippets
from wallet import statement, stripe

FOLDER = "generations/playground"
LATEST = 12
# So many are failed by one look at most.
OVERDUE_MAX = 10
# Prompts to begin with, and what became of them: painted once by the demo engine.
EXAMPLES = (
    ("lighthouse", _("Lighthouse"), _("A lighthouse at dusk above a calm sea")),
    ("boat", _("Sailboat"), _("A small sailboat beneath an enormous moon")),
    ("fox", _("Winter fox"), _("A red fox in a winter forest")),
    ("desert", _("Desert"), _("A desert at sunset, long shadows, not a soul")),
)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@needs(Right.MAKE)
def playground(request: AccountRequest) -> HttpResponseBase:
    """The form and the latest jobs; POST queues one.

    `?prompt=&variant=&reference=&remix=` fill the form in; htmx then gets the form alone, or the
    reference image's part of it.
    """
    if request.method == "POST":
        return _answer(request, _form(request, request.POST, request.FILES))
    form = _form(request)
    form.fill_in(request.GET.dict())
    if request.htmx:
        part = "_reference" if request.htmx.target == "reference" else "_form"
        return _piece(render(request, f"{FOLDER}/{part}.html", _desk(request, form)))
    return _page(request, form)


@require_POST
@signed_in
@needs(Right.MAKE)
def run_again(request: AccountRequest, job_id: UUID) -> HttpResponseBase:
    """Queues another job like that one, at today's price."""
    job = get_object_or_404(histories.of_account(request.account), pk=job_id)
    return _answer(request, _form(request, once_more(job)))


@require_POST
@signed_in
@needs(Right.MAKE)
def cancel(request: AccountRequest, job_id: UUID) -> HttpResponseBase:
    """Ends the job, unless it has ended; the playground gets its card, whatever became of it."""
    found = histories.of_account(request.account)
    job = get_object_or_404(found, pk=job_id)
    jobs.cancel(job.pk)
    if not request.htmx:
        return redirect("job", job.pk)
    if not _is_beside_form(request):
        return HttpResponseClientRefresh()
    context = {"job": found.get(pk=job.pk), **_desk(request, _form(request))}
    return render(request, f"{FOLDER}/_cancelled.html", context)


@require_safe
@signed_in
def live(request: AccountRequest) -> HttpResponse:
    """The cards that a page is waiting for, all in one answer."""
    ids = request.GET.getlist("id")
    asked = histories.by_ids(request.account, ids)
    waits = waiting.read(histories.running(asked))
    overdue = [job_id for job_id, wait in waits.items() if wait.is_overdue]
    if overdue:
        # The deadline holds even while every worker is down: who looks at such a job fails it.
        for job_id in overdue[:OVERDUE_MAX]:
            jobs.fail(job_id, Job.FailureKind.TIMEOUT, jobs.TIMED_OUT)
        asked = histories.by_ids(request.account, ids)
    active = histories.running(asked)
    context = {"jobs": asked, "active": active, "waits": waits}
    if len(active) < len(asked) and _is_beside_form(request):
        context |= _desk(request, _form(request))
    return render(request, f"{FOLDER}/_live.html", context)


@require_safe
@signed_in
def job_code(request: AccountRequest, job_id: UUID) -> HttpResponse:
    """Programs that ask for the same image, in the dialog or on a page of their own."""
    job = get_object_or_404(histories.of_account(request.account), pk=job_id)
    base_url = settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")
    programs = snippets.generate(base_url, job.prompt, job.variant, job.input_url)
    context = {"job": job, "snippets": programs}
    return render(request, f"{FOLDER}/{'_code' if request.htmx else 'code'}.html", context)


def _form(request: AccountRequest, data: Any = None, files: Any = None) -> PlaygroundForm:
    wallet = statement.summary(request.account)
    return PlaygroundForm(request.account, offers.of(wallet), data, files)


def _answer(request: AccountRequest, form: PlaygroundForm) -> HttpResponseBase:
    """What follows when the form was sent: to htmx only the pieces that change."""
    is_allowed = form.is_valid() and not _obstacle(request)
    job = submit(request.account, request.user, form) if is_allowed else None
    if not request.htmx:
        return redirect("playground") if job else _page(request, form, status=422)
    wallet = statement.summary(request.account)
    form.offers = [replace(offer, wallet=wallet) for offer in form.offers]
    context = _desk(request, form)
    if job:
        context |= {"job": job, "active": [job], "waits": waiting.read([job])}
    template = f"{FOLDER}/{'_submitted' if job else '_desk'}.html"
    response = render(request, template, context, status=200 if job else 422)
    # The form stays as it is, with what is being typed; only what is named is exchanged.
    response["HX-Reswap"] = "none" if job else "none show:#problems:top"
    return _piece(response)


def _piece(response: HttpResponse) -> HttpResponse:
    """A part of the page, which is no place to come back to; boosted links would make it one."""
    response["HX-Push-Url"] = "false"
    patch_vary_headers(response, ["HX-Request"])
    return response


def _page(request: AccountRequest, form: PlaygroundForm, status: int = 200) -> HttpResponse:
    latest = list(histories.of_account(request.account)[:LATEST])
    active = histories.running(latest)
    context = _desk(request, form)
    context |= {"jobs": latest, "active": active, "waits": waiting.read(active)}
    return render(request, f"{FOLDER}/playground.html", context, status=status)


def _desk(request: AccountRequest, form: PlaygroundForm) -> dict[str, Any]:
    """What the form is drawn from. The wallet is the one that its prices were held against."""
    context: dict[str, Any] = {
        "form": form,
        "obstacle": _obstacle(request),
        "examples": EXAMPLES,
        "takes_payments": stripe.is_configured(),
        "demo": any(each.model.engine == "demo" for each in form.offers if each.model.active),
    }
    return context | {"wallet": form.offers[0].wallet} if form.offers else context


def _is_beside_form(request: AccountRequest) -> bool:
    """Whether it is the playground's page that asks, where what is available is shown."""
    path = (request.htmx.current_url_abs_path or "").partition("?")[0]
    return path == reverse("playground")


def _obstacle(request: AccountRequest) -> str:
    """Why nobody, or not this member, can make images for the account now; "" when they can."""
    if Right.MAKE not in request.membership.rights:
        return "role"
    if request.account.is_suspended:
        return "suspended"
    return "" if request.account.verified_at else "unverified"
