"""The staff's admin as a whole: its name, a sign-in with the site's own throttle, and what is not
in it.
"""

from allauth.account.decorators import secure_admin_login
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.links import page_link

admin.site.site_header = admin.site.site_title = _("SharkAPI staff")
admin.site.index_title = _("Today")
# Staff sign in where everyone does: one throttle, one set of rules.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # As allauth documents it.

# A schedule may name any function of ours, a verified address is what a trial is given for, and a
# second factor proves who somebody is: these are the program's to write, not staff's.
for app in ("django_q", "account", "mfa", "usersessions"):
    for model in apps.get_app_config(app).get_models():
        if admin.site.is_registered(model):
            admin.site.unregister(model)


@admin.register(Authenticator)
class AuthenticatorAdmin(admin.ModelAdmin[Authenticator]):
    """Second factors: for a customer who has lost theirs, staff may take it away, no more."""

    list_display = ("__str__", "person", "created_at", "last_used_at")
    list_filter = ("type",)
    list_select_related = ("user",)
    search_fields = ("user__email",)
    search_help_text = _("An e-mail address.")
    fields = ("type", "person", "created_at", "last_used_at")

    @admin.display(description=_("user"))
    def person(self, factor: Authenticator) -> str:
        return page_link(factor.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Authenticator | None = None) -> bool:
        return False
