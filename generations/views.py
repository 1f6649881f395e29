"""The pages where images are made and looked at; what they mean is in `jobs` and `history`."""

import logging
from contextlib import suppress

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.signed_in import AccountRequest, signed_in
from generations import files, jobs
from generations import history as histories
from generations.forms import PlaygroundForm
from generations.models import Job
from wallet import ledger, statement
from wallet.amounts import usd

log = logging.getLogger(__name__)

LATEST = 12
YEAR_SECONDS = 31_536_000
REDIRECT_SECONDS = 300
RETRY_SECONDS = 5
BLOCK_BYTES = 64 * 1024


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def playground(request: AccountRequest) -> HttpResponseBase:
    """The form and the latest jobs; POST queues one, and htmx gets just its card."""
    form = PlaygroundForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        job = _submit(request, form)
        if job and request.htmx:
            running = histories.running_of_account(request.account)
            # The words stay, for the next try; a file cannot.
            kept = {name: form.cleaned_data[name] for name in ("prompt", "variant", "image_url")}
            context = {"job": job, "active": running, "form": PlaygroundForm(initial=kept)}
            return render(request, "generations/_submitted.html", context)
        if job:
            return redirect("playground")
    status = 422 if form.errors else 200
    if request.htmx and form.errors:
        return render(request, "generations/_form.html", {"form": form}, status=status)
    latest = list(histories.of_account(request.account)[:LATEST])
    context = {
        "form": form,
        "jobs": latest,
        "active": histories.running(latest),
        "demo": any(model.engine == "demo" for model in form.models.values()),
    }
    return render(request, "generations/playground.html", context, status=status)


def _submit(request: AccountRequest, form: PlaygroundForm) -> Job | None:
    """The queued job, or None with the reason on the form."""
    if request.account.is_suspended:
        form.add_error(
            None, _("This account is suspended: nothing was charged. Please contact support.")
        )
        return None
    asked = form.cleaned_data
    model = form.models[asked["variant"]]
    try:
        input_name = files.save_input(*asked["image"]) if asked["image"] else ""
    except files.StoreUnavailable:
        form.add_error(
            None,
            _("Your reference image could not be stored: nothing was charged. Please try again."),
        )
        return None
    submission = jobs.Submission(
        account_id=request.account.pk,
        user_id=request.user.pk,
        model_id=model.pk,
        price_micros=model.price_micros,
        width=model.width,
        height=model.height,
        prompt=asked["prompt"],
        input_name=input_name,
        input_url=asked["image_url"],
    )
    try:
        submitted = jobs.submit(submission)
    except ledger.InsufficientBalance:
        if submission.input_name:
            # What stays is swept away.
            with suppress(files.StoreUnavailable):
                files.delete_input(submission.input_name)
        form.add_error(None, _short_of(request, model.price_label))
        return None
    return histories.of_account(request.account).get(pk=submitted.id)


def _short_of(request: AccountRequest, price: str) -> str:
    available = usd(statement.summary(request.account).available_micros)
    return _(
        "This image costs %(price)s and %(available)s is available. Nothing was charged. "
        "Add credit to your wallet, then try again."
    ) % {"price": price, "available": available}


@require_safe
@signed_in
def history(request: AccountRequest) -> HttpResponse:
    """All jobs of the account, newest first; htmx asks for one older page at a time."""
    cursor = request.GET.get("before", "")
    found, next_cursor = histories.page(request.account, cursor)
    context = {"jobs": found, "active": histories.running(found), "next_cursor": next_cursor}
    is_fragment = request.htmx and cursor
    return render(request, f"generations/{'_page' if is_fragment else 'history'}.html", context)


@require_safe
@signed_in
def live(request: AccountRequest) -> HttpResponse:
    """The cards that a page is waiting for, all in one answer."""
    asked = histories.by_ids(request.account, request.GET.getlist("id"))
    context = {"jobs": asked, "active": histories.running(asked)}
    return render(request, "generations/_live.html", context)


@require_safe
def image(request: HttpRequest, name: str) -> HttpResponseBase:
    """A result, for anyone who knows its name; it never changes, so it may be kept for ever.

    The address was promised to last, so it is this site's own: it goes on working when the
    operator moves the files from the data folder to a bucket, or from one bucket to the next.
    """
    try:
        if address := files.public_url(name):
            return _elsewhere(name, address)
        if request.method == "HEAD":
            length = files.result_size(name)
            response: HttpResponseBase = HttpResponse(content_type="image/png")
        else:
            file = files.open_result(name)
            length = file.size
            response = FileResponse(file, content_type="image/png")
            response.block_size = BLOCK_BYTES
    except FileNotFoundError:
        raise Http404 from None
    except files.StoreUnavailable as error:
        log.error("image %s cannot be had: %s", name, error)
        return HttpResponse(status=503, headers={"Retry-After": str(RETRY_SECONDS)})
    response.headers["Content-Length"] = str(length)
    response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _elsewhere(name: str, address: str) -> HttpResponse:
    # What a store answers for a missing file is its own affair: Supabase says 400.
    if not Job.objects.filter(image_name=name, image_deleted_at=None).exists():
        raise Http404
    response = redirect(address)
    # Not for long, since the operator may move the files.
    response.headers["Cache-Control"] = f"public, max-age={REDIRECT_SECONDS}"
    return response
