"""The pages about where a user is signed in."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import sessions as signed_in_at
from accounts.signed_in import AccountRequest, signed_in


@require_safe
@signed_in
def sessions(request: AccountRequest) -> HttpResponse:
    """Where the user is signed in."""
    found = signed_in_at.of(request, request.user)
    context = {"sessions": found, "others": [each for each in found if not each.is_current]}
    return render(request, "accounts/sessions.html", context)


@require_POST
@signed_in
def end_session(request: AccountRequest, session_id: int) -> HttpResponse:
    """Signs out in one place."""
    if signed_in_at.end(request.user, session_id):
        messages.success(request, _("Signed out there."))
    return redirect("sessions")


@require_POST
@signed_in
def end_other_sessions(request: AccountRequest) -> HttpResponse:
    """Signs out everywhere but here."""
    signed_in_at.end_others(request, request.user)
    messages.success(request, _("Signed out everywhere else."))
    return redirect("sessions")
