"""Leaving for good: taking one's data along, and closing the account.

What is in the archive is `archive.py`'s to say, and what closing ends is each room's.
"""

from email.utils import parseaddr

from allauth.account.decorators import reauthentication_required
from allauth.core import ratelimit
from allauth.core.exceptions import ReauthenticationRequired
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import closing
from accounts.forms import ClosingForm
from accounts.models import User
from accounts.roles import Right
from accounts.signed_in import CHOSEN, AccountRequest, needs, signed_in
from generations.models import Job
from keys.models import Key
from sharkweb import archive

UNFINISHED = (Job.Status.QUEUED, Job.Status.PROCESSING)


@require_POST
@signed_in
@needs(Right.MANAGE)
def export(request: AccountRequest) -> HttpResponseBase:
    """All data of the account, as a ZIP."""
    account = request.account
    # Each takes a thread of the server for as long as the download lasts.
    if not ratelimit.consume(request, action="export", key=str(account.pk)):
        messages.error(request, _("That were many exports for one hour. Please try again later."))
        return redirect("account_settings")
    response = StreamingHttpResponse(archive.archive(account), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{archive.name_of(account)}"'
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@needs(Right.MANAGE, reading=True)
def close_account(request: AccountRequest) -> HttpResponseBase:
    """Asks who it is and says what will happen; POST closes the account, if its name was typed."""
    try:
        page: HttpResponseBase = _close_account(request)
        return page
    except ReauthenticationRequired:
        if request.method != "POST":
            raise
        # allauth would keep the form and send it after whichever page asks next who it is.
        return redirect("close_account")


@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types.
def _close_account(request: AccountRequest) -> HttpResponse:
    account = request.account
    form = ClosingForm(account, request.POST or None)
    if form.is_valid() and not account.is_suspended:
        return _closed(request)
    context = {
        "form": form,
        "tokens": Key.alive(account).count(),
        "running": Job.objects.filter(account=account, status__in=UNFINISHED).count(),
        "others": account.members.count() - 1,
        "contact": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
    }
    status = 422 if form.errors else 200
    return render(request, "accounts/close.html", context, status=status)


def _closed(request: AccountRequest) -> HttpResponse:
    name = request.account.name
    text = render_to_string(
        "accounts/mail/closed.txt",
        {
            "account": name,
            "by": request.user.display_name,
            "contact": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        },
    )
    subject = _("%(name)s is closed") % {"name": name}
    closing.tell(closing.close(request.account), subject, text)
    if User.objects.filter(pk=request.user.pk, is_active=True).exists():
        request.session.pop(CHOSEN, None)
        messages.success(request, _("“%(name)s” is closed.") % {"name": name})
        return redirect("settings_accounts")
    logout(request)
    messages.success(request, _("Your account is closed. Thank you for having been with us."))
    return redirect("home")
