"""The pages about accounts: which one somebody acts for, and what it is called."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms import AccountForm
from accounts.models import Account, Membership
from accounts.roles import Right
from accounts.signed_in import CHOSEN, AccountRequest, needs, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def accounts(request: AccountRequest) -> HttpResponse:
    """The user's accounts; POST goes on in another one."""
    places = Membership.all_of(request.user)
    if request.method != "POST":
        return render(request, "accounts/accounts.html", {"places": places})
    chosen = request.POST.get("account", "")
    if not chosen.isascii() or not chosen.isdigit() or len(chosen) > 18:
        return redirect("settings_accounts")
    place = get_object_or_404(places, account=int(chosen))
    request.session[CHOSEN] = place.account_id
    text = _("You are now in “%(name)s”.")
    messages.success(request, text % {"name": place.account.name})
    return redirect(resolve_url(settings.LOGIN_REDIRECT_URL))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@needs(Right.MANAGE)
def account(request: AccountRequest) -> HttpResponse:
    """The account itself: POST renames it; leaving and closing start here."""
    # A row of its own: what is typed must not show in the page's frame unless it is saved.
    form = AccountForm(request.POST or None, instance=Account.objects.get(pk=request.account.pk))
    if not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, "accounts/account.html", {"form": form}, status=status)
    # The whole row would undo a suspension that came between reading and writing.
    Account.objects.filter(pk=request.account.pk).update(name=form.cleaned_data["name"])
    messages.success(request, _("The account has a new name."))
    return redirect("account_settings")
