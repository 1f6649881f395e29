"""Staff's view of users and accounts: find, suspend, restore."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import Account, Membership, User


@admin.register(User)
class UserAdmin(DjangoUserAdmin[User]):
    list_display = ("email", "is_active", "is_staff", "date_joined", "last_login")
    search_fields = ("email",)
    ordering = ("-date_joined",)
    fieldsets = (
        (None, {"fields": ("email", "password")}),
        ("Access", {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "password1", "password2")}),)
    readonly_fields = ("last_login", "date_joined")


class MembershipInline(admin.TabularInline[Membership, Account]):
    model = Membership
    extra = 0
    autocomplete_fields = ("user",)


@admin.register(Account)
class AccountAdmin(admin.ModelAdmin[Account]):
    list_display = ("name", "state", "verified_at", "created_at")
    list_filter = (("suspended_at", admin.EmptyFieldListFilter),)
    search_fields = ("name", "members__email")
    readonly_fields = ("state", "verified_at", "suspended_at", "created_at")
    inlines = (MembershipInline,)
    actions = ("suspend", "restore")

    @admin.display(description="state")
    def state(self, account: Account) -> str:
        return "suspended" if account.is_suspended else "active"

    @admin.action(
        description="Suspend: keys answer 403, nothing new can be generated",
        permissions=["change"],
    )
    def suspend(self, request: HttpRequest, accounts: QuerySet[Account]) -> None:
        changed = [account for account in accounts if account.suspend()]
        self._report(request, changed, "Suspended")

    @admin.action(description="Restore", permissions=["change"])
    def restore(self, request: HttpRequest, accounts: QuerySet[Account]) -> None:
        changed = [account for account in accounts if account.restore()]
        self._report(request, changed, "Restored")

    def _report(self, request: HttpRequest, changed: list[Account], verb: str) -> None:
        for account in changed:
            self.log_change(request, account, verb)
        self.message_user(request, f"{verb} {len(changed)} account(s).")

    def save_model(self, request: HttpRequest, obj: Account, form: Any, change: bool) -> None:
        # The whole row would undo a suspension that came between reading and writing.
        obj.save(update_fields=form.changed_data)

    def has_add_permission(self, request: HttpRequest) -> bool:
        # An account is opened with its user; one made here would have no books.
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Account | None = None) -> bool:
        return False
