"""The pages about API tokens: list, create, show once, revoke."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.signed_in import AccountRequest, signed_in
from keys.forms import KeyForm
from keys.models import Key

ACTIVE_KEYS_MAX = 100


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@never_cache
def tokens(request: AccountRequest) -> HttpResponse:
    """The account's tokens; POST makes one and shows it this once."""
    form = KeyForm(request.POST or None)
    keys = Key.objects.filter(account=request.account)
    if form.is_valid():
        if keys.filter(revoked_at=None).count() < ACTIVE_KEYS_MAX:
            return _created(request, form.cleaned_data["name"])
        form.add_error("name", _("You have 100 tokens. Revoke one that you no longer use."))
    context = {"tokens": keys, "form": form, "base_url": _base_url(request)}
    return render(request, "keys/tokens.html", context, status=422 if form.errors else 200)


@sensitive_variables("secret")
def _created(request: AccountRequest, name: str) -> HttpResponse:
    key, secret = Key.create(request.account, name, request.user)
    context = {"token": key, "secret": secret, "base_url": _base_url(request)}
    response = render(request, "keys/created.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def revoke(request: AccountRequest, key_id: int) -> HttpResponse:
    """Asks first; POST revokes."""
    key = get_object_or_404(Key, pk=key_id, account=request.account)
    if request.method != "POST":
        return render(request, "keys/revoke.html", {"token": key})
    if key.revoke():
        messages.success(request, _("Token “%(name)s” is revoked.") % {"name": key.name})
    return redirect("tokens")


def _base_url(request: AccountRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")
