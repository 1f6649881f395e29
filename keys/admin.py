"""Staff's view of API tokens: find and revoke; a token itself is nowhere to be seen."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from keys.models import Key


@admin.register(Key)
class KeyAdmin(admin.ModelAdmin[Key]):
    list_display = (
        "name",
        "account",
        "prefix",
        "last4",
        "created_at",
        "last_used_at",
        "revoked_at",
    )
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("account",)
    search_fields = ("name", "prefix", "last4", "account__name", "account__members__email")
    readonly_fields = (
        "account",
        "created_by",
        "prefix",
        "last4",
        "created_at",
        "last_used_at",
        "revoked_at",
    )
    actions = ("revoke",)

    @admin.action(
        description="Revoke: answers 403 from the next request on", permissions=["change"]
    )
    def revoke(self, request: HttpRequest, keys: QuerySet[Key]) -> None:
        revoked = [key for key in keys if key.revoke()]
        for key in revoked:
            self.log_change(request, key, "Revoked")
        self.message_user(request, f"Revoked {len(revoked)} token(s).")

    def save_model(self, request: HttpRequest, obj: Key, form: Any, change: bool) -> None:
        # The whole row would bring back a token revoked between reading and writing.
        obj.save(update_fields=form.changed_data)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Key | None = None) -> bool:
        return False
