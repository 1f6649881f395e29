"""The pages about an account's members."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts import members as places
from accounts.forms import InvitationForm, RoleForm
from accounts.models import Invitation, Membership
from accounts.roles import Right, Role
from accounts.signed_in import CHOSEN, AccountRequest, needs, signed_in
from accounts.views.invitations import refusal

LAST_OWNER = gettext_lazy("An account needs an owner. Make somebody else one first.")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@needs(Right.MANAGE)
def members(request: AccountRequest) -> HttpResponse:
    """Members and invitations; POST invites somebody."""
    form = InvitationForm(request.POST or None)
    if form.is_valid():
        reason = refusal(request, form.cleaned_data["email"], form.cleaned_data["role"])
        if not reason:
            return redirect("members")
        form.add_error("email", reason)
    found = Membership.objects.filter(account=request.account).select_related("user")
    context = {
        "form": form,
        "members": found.order_by("id"),
        "invitations": Invitation.objects.filter(account=request.account),
        "roles": Role,
    }
    status = 422 if form.errors else 200
    return render(request, "accounts/members.html", context, status=status)


@require_POST
@signed_in
@needs(Right.MANAGE)
def change_role(request: AccountRequest, membership_id: int) -> HttpResponse:
    """Gives a member another role."""
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise Http404
    role = Role(form.cleaned_data["role"])
    try:
        member = places.change_role(request.account.pk, membership_id, role)
    except places.LastOwner:
        messages.error(request, LAST_OWNER)
        return redirect("members")
    if member is None:
        raise Http404
    named = {"name": member.user.display_name, "role": role.label}
    messages.success(request, _("%(name)s has a new role: %(role)s.") % named)
    return redirect("members")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
@needs(Right.MANAGE, reading=True)
def remove_member(request: AccountRequest, membership_id: int) -> HttpResponse:
    """Asks first; POST removes the member."""
    found = Membership.objects.select_related("user")
    member = get_object_or_404(found, pk=membership_id, account=request.account)
    if request.method != "POST":
        template = "accounts/_remove.html" if request.htmx else "accounts/remove.html"
        return render(request, template, {"member": member})
    try:
        places.remove(request.account.pk, membership_id)
    except places.LastOwner:
        messages.error(request, LAST_OWNER)
        return redirect("members")
    name = member.user.display_name
    messages.success(request, _("%(name)s is no longer a member.") % {"name": name})
    return redirect("members")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def leave(request: AccountRequest) -> HttpResponse:
    """Asks first; POST ends one's own membership, which every member may."""
    if request.method != "POST":
        template = "accounts/_leave.html" if request.htmx else "accounts/leave.html"
        return render(request, template)
    try:
        places.remove(request.account.pk, request.membership.pk)
    except places.LastOwner:
        messages.error(request, LAST_OWNER)
        return redirect("account_settings")
    request.session.pop(CHOSEN, None)
    messages.success(request, _("You have left “%(name)s”.") % {"name": request.account.name})
    return redirect("settings_accounts")
