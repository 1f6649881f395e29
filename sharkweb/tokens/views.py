"""The pages about API tokens: list, create, show once, change, revoke."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from accounts.roles import Right
from accounts.signed_in import AccountRequest, needs, signed_in
from generations import limits
from keys import snippets
from keys.models import Key
from sharkweb.docs.highlighting import highlighted
from sharkweb.tokens import figures
from sharkweb.tokens.forms import NewTokenForm, TokenForm

ALIVE_MAX = 100


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@needs(Right.KEYS)
@never_cache
def tokens(request: AccountRequest) -> HttpResponse:
    """The account's tokens; POST makes one and shows it this once."""
    form = NewTokenForm(request.POST or None)
    if form.is_valid():
        if Key.alive(request.account).count() < ALIVE_MAX:
            return _created(request, form)
        form.add_error("name", _("You have 100 tokens. Revoke one that you no longer use."))
    found = figures.listed(request.account)
    context = {
        "listed": [one for one in found if not one.token.revoked_at],
        "revoked": [one for one in found if one.token.revoked_at],
        "is_cut": len(found) == figures.LISTED_MAX,
        "form": form,
        "snippets": _first_request(request),
    }
    return render(request, "keys/tokens.html", context, status=422 if form.errors else 200)


@sensitive_variables("secret", "context")
def _created(request: AccountRequest, form: NewTokenForm) -> HttpResponse:
    key, secret = Key.create(
        request.account,
        form.cleaned_data["name"],
        request.user,
        form.expires_at,
        form.cleaned_data["limit"],
    )
    context = {"token": key, "secret": secret, "snippets": _first_request(request, secret)}
    response = render(request, "keys/created.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@needs(Right.KEYS, reading=True)
def edit(request: AccountRequest, key_id: int) -> HttpResponse:
    """Another name or limit, for a token that is not revoked."""
    one = _find(request, key_id)
    key = one.token
    if key.revoked_at:
        raise Http404
    form = TokenForm.of(key, request.POST or None)
    if form.is_valid():
        name, limit_micros = form.cleaned_data["name"], form.cleaned_data["limit"]
        Key.objects.filter(pk=key.pk).update(name=name)
        if limit_micros != key.monthly_limit_micros:
            limits.change(key, limit_micros)
        messages.success(request, _("Token “%(name)s” is saved.") % {"name": name})
        done = reverse("tokens")
        return HttpResponseClientRedirect(done) if request.htmx else redirect(done)
    return _asked(request, "edit", {"form": form, "one": one}, 422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@needs(Right.KEYS, reading=True)
def revoke(request: AccountRequest, key_id: int) -> HttpResponse:
    """Asks first, and says what the token did lately; POST revokes."""
    one = _find(request, key_id)
    key = one.token
    if request.method == "POST":
        if key.revoke():
            messages.success(request, _("Token “%(name)s” is revoked.") % {"name": key.name})
        return redirect("tokens")
    context = {"one": one, "recent": figures.recent(key), "jobs_max": figures.JOBS_MAX}
    return _asked(request, "revoke", context)


def _find(request: AccountRequest, key_id: int) -> figures.Listed:
    own = Key.objects.filter(pk=key_id, account=request.account)
    found = figures.of(request.account, own)
    if not found:
        raise Http404
    return found[0]


def _asked(
    request: AccountRequest, name: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The question in the dialog, or on a page of its own."""
    template = f"keys/_{name}.html" if request.htmx else f"keys/{name}.html"
    return render(request, template, context, status=status)


def _first_request(request: AccountRequest, token: str = "") -> dict[str, str]:
    base_url = request.build_absolute_uri("/").rstrip("/")
    programs = snippets.first_request(base_url, token).items()
    return {language: highlighted(program) for language, program in programs}
