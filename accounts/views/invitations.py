"""An invitation's pages: for the owner who sends it, and for whoever gets the mail."""

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts import invitations
from accounts.members import MEMBERS_MAX, AccountClosed
from accounts.models import Invitation, Membership, User
from accounts.roles import Right, Role
from accounts.signed_in import CHOSEN, AccountRequest, needs, signed_in


def refusal(request: AccountRequest, email: str, role: str) -> str:
    """Why somebody cannot be invited; "" when the mail is under way."""
    # Every account may write to strangers, which must not make it a way to write to many.
    if not ratelimit.consume(request, action="invite", key=str(request.account.pk)):
        return _("That were many invitations for one day. Try again tomorrow.")
    try:
        invitations.invite(
            request.account,
            email,
            role,
            request.user,
            lambda token: request.build_absolute_uri(reverse("invitation", args=[token])),
        )
    except invitations.AlreadyMember:
        return _("They are a member already.")
    except (invitations.TooMany, AccountClosed):
        text = _("An account has at most %(count)s members, invited ones included.")
        return text % {"count": MEMBERS_MAX}
    messages.success(request, _("An invitation is on its way to %(email)s.") % {"email": email})
    return ""


@require_POST
@signed_in
@needs(Right.MANAGE)
def resend(request: AccountRequest, invitation_id: int) -> HttpResponse:
    """Mails a new link, good for another seven days; the old one ends."""
    invitation = get_object_or_404(Invitation, pk=invitation_id, account=request.account)
    if reason := refusal(request, invitation.email, invitation.role):
        messages.error(request, reason)
    return redirect("members")


@require_POST
@signed_in
@needs(Right.MANAGE)
def withdraw(request: AccountRequest, invitation_id: int) -> HttpResponse:
    """Ends an invitation."""
    invitation = get_object_or_404(Invitation, pk=invitation_id, account=request.account)
    invitation.delete()
    text = _("The invitation of %(email)s is withdrawn.")
    messages.success(request, text % {"email": invitation.email})
    return redirect("members")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """What the mail's link shows; POST accepts."""
    found = Invitation.of_token(token)
    if found is None:
        return render(request, "accounts/invitation_over.html", status=404)
    user = request.user
    if request.method == "POST" and isinstance(user, User):
        return _accepted(request, token, user)
    joined = isinstance(user, User) and Membership.objects.filter(user=user, account=found.account)
    context = {
        "invitation": found,
        "role": Role(found.role),
        "is_member": joined and joined.exists(),
        "is_other": isinstance(user, User) and user.email != found.email,
        "is_known": User.objects.filter(email=found.email).exists(),
    }
    return render(request, "accounts/invitation.html", context)


def _accepted(request: HttpRequest, token: str, user: User) -> HttpResponse:
    membership = invitations.accept(token, user)
    if membership is None:
        return render(request, "accounts/invitation_over.html", status=404)
    request.session[CHOSEN] = membership.account_id
    named = {"name": membership.account.name, "role": Role(membership.role).label}
    messages.success(request, _("Welcome to “%(name)s”: your role is %(role)s.") % named)
    return redirect(resolve_url(settings.LOGIN_REDIRECT_URL))
