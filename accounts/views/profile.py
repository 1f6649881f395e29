"""The profile: a user's name and language."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import language
from accounts.forms import ProfileForm
from accounts.models import User
from accounts.signed_in import AccountRequest, signed_in


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def profile(request: AccountRequest) -> HttpResponseBase:
    """The form; POST saves it."""
    # A user of its own: what is typed must not show in the page's frame unless it is saved.
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=request.user.pk))
    if not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, "accounts/profile.html", {"form": form}, status=status)
    user = form.save()
    # The message is read on the next page, which speaks the language already.
    with translation.override(user.language or translation.get_language()):
        messages.success(request, _("Your profile is saved."))
    response = redirect("settings")
    language.remember(response, user.language)
    return response
