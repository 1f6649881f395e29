"""Staff's view of API tokens: find and revoke; a token itself is nowhere to be seen."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_stubs_ext import StrOrPromise

from accounts.admin.filters import AccountFilter, ChoiceFilter
from accounts.admin.links import account_link
from accounts.admin.lists import QuickAdmin
from keys.models import Key


class StateFilter(ChoiceFilter):
    """Whether a token opens the API."""

    title = _("state")
    parameter_name = "state"
    conditions = {
        "active": (_("Active"), Q(revoked_at=None) & ~Q(expires_at__lte=Now())),
        "expired": (_("Expired"), Q(revoked_at=None, expires_at__lte=Now())),
        "revoked": (_("Revoked"), Q(revoked_at__isnull=False)),
    }


@admin.register(Key)
class KeyAdmin(QuickAdmin[Key]):
    list_display = (
        "name",
        account_link,
        "shown",
        "state",
        "created_at",
        "last_used_at",
        "expires_at",
    )
    list_filter = (StateFilter, "created_at", AccountFilter)
    list_select_related = ("account",)
    search_help_text = _(
        "A token's name or what is shown of it, or a customer's name or e-mail address."
    )
    # Its monthly limit is shown above the form, with what leads to the token's jobs.
    fields = (
        *("name", "account", "created_by", "shown", "state"),
        *("created_at", "last_used_at", "expires_at", "revoked_at"),
    )
    readonly_fields = fields[1:]
    actions = ("revoke",)

    def ways_to(self, term: str) -> list[Q]:
        prefix, _dots, last4 = term.partition("…")
        looks_so = Q(prefix=prefix, last4=last4) if last4 else Q(prefix=term) | Q(last4=term)
        return [Q(name__icontains=term) | looks_so, *super().ways_to(term)]

    @admin.display(description=_("token"))
    def shown(self, key: Key) -> str:
        return key.shown

    @admin.display(description=_("state"))
    def state(self, key: Key) -> StrOrPromise:
        return key.state.label

    @admin.action(
        description=_("Revoke: answers 403 from the next request on"), permissions=["change"]
    )
    def revoke(self, request: HttpRequest, keys: QuerySet[Key]) -> None:
        revoked = [key for key in keys if key.revoke()]
        for key in revoked:
            self.log_change(request, key, "Revoked")
        text = ngettext("Revoked %(count)s token.", "Revoked %(count)s tokens.", len(revoked))
        self.message_user(request, text % {"count": len(revoked)})

    def save_model(self, request: HttpRequest, obj: Key, form: Any, change: bool) -> None:
        # The whole row would bring back a token revoked between reading and writing.
        obj.save(update_fields=form.changed_data)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Key | None = None) -> bool:
        return False
