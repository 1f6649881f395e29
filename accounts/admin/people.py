"""Staff's view of people and accounts: find, suspend, restore."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_stubs_ext import StrOrPromise

from accounts.admin.filters import AccountFilter, ChoiceFilter
from accounts.admin.links import NOTHING, account_link, page_link
from accounts.admin.lists import BoundedPaginator, QuickAdmin, ReadOnlyAdmin, accounts_called
from accounts.models import Account, Invitation, Membership, User
from accounts.roles import Role

# Of an account's members, or a member's accounts, a list names so many.
NAMED_MAX = 3
FOUND_MAX = 1000


@admin.register(User)
class UserAdmin(DjangoUserAdmin[User]):
    list_display = ("email", "name", "in_accounts", "is_active", "is_staff", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", "date_joined")
    search_fields = ("email", "name")
    search_help_text = _("A name or an e-mail address.")
    ordering = ("-date_joined",)
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    fieldsets = (
        (None, {"fields": ("email", "name", "password", "in_accounts")}),
        (_("Access"), {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        (_("Dates"), {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("email", "password1", "password2")}),)
    readonly_fields = ("in_accounts", "last_login", "date_joined")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("membership_set__account")

    @admin.display(description=_("accounts"))
    def in_accounts(self, user: User) -> str:
        places = user.membership_set.all()
        return _named([_with_role(page_link(each.account), each) for each in places])


class MembershipInline(admin.StackedInline[Membership, Account]):
    model = Membership
    extra = 0
    autocomplete_fields = ("user",)


class StateFilter(ChoiceFilter):
    """Whether an account is open for work."""

    title = _("state")
    parameter_name = "state"
    conditions = {
        "active": (_("Active"), Q(suspended_at=None, closed_at=None)),
        "unverified": (_("Not verified"), Q(verified_at=None, closed_at=None)),
        "suspended": (_("Suspended"), Q(suspended_at__isnull=False)),
        "closed": (_("Closed"), Q(closed_at__isnull=False)),
    }


@admin.register(Account)
class AccountAdmin(QuickAdmin[Account]):
    list_display = ("name", "people", "state", "verified_at", "created_at")
    list_filter = (StateFilter, "created_at")
    search_help_text = _("A name, or a member's e-mail address.")
    readonly_fields = (
        *("people", "state", "verified_at", "suspended_at", "closed_at", "created_at"),
    )
    inlines = (MembershipInline,)
    actions = ("suspend", "restore")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Account]:
        return super().get_queryset(request).prefetch_related("membership_set__user")

    def ways_to(self, term: str) -> list[Q]:
        return [Q(pk__in=accounts_called(term, FOUND_MAX))]

    @admin.display(description=_("members"))
    def people(self, account: Account) -> str:
        places = account.membership_set.all()
        return _named([_with_role(page_link(each.user), each) for each in places])

    @admin.display(description=_("state"))
    def state(self, account: Account) -> StrOrPromise:
        if account.closed_at:
            return _("Closed")
        return _("Suspended") if account.is_suspended else _("Active")

    @admin.action(
        description=_("Suspend: tokens answer 403, nothing new can be generated"),
        permissions=["change"],
    )
    def suspend(self, request: HttpRequest, accounts: QuerySet[Account]) -> None:
        changed = [account for account in accounts if account.suspend()]
        self._log(request, changed, "Suspended")
        text = ngettext(
            "Suspended %(count)s account.", "Suspended %(count)s accounts.", len(changed)
        )
        self.message_user(request, text % {"count": len(changed)})

    @admin.action(description=_("Restore"), permissions=["change"])
    def restore(self, request: HttpRequest, accounts: QuerySet[Account]) -> None:
        changed = [account for account in accounts if account.restore()]
        self._log(request, changed, "Restored")
        text = ngettext("Restored %(count)s account.", "Restored %(count)s accounts.", len(changed))
        self.message_user(request, text % {"count": len(changed)})

    def _log(self, request: HttpRequest, changed: list[Account], verb: str) -> None:
        for account in changed:
            self.log_change(request, account, verb)

    def save_model(self, request: HttpRequest, obj: Account, form: Any, change: bool) -> None:
        # The whole row would undo a suspension that came between reading and writing.
        obj.save(update_fields=form.changed_data)

    def has_add_permission(self, request: HttpRequest) -> bool:
        # An account is opened with its user; one made here would have no books.
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Account | None = None) -> bool:
        return False


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin[Invitation], QuickAdmin[Invitation]):
    list_display = ("email", account_link, "role", "invited_by", "created_at", "expires_at")
    list_filter = ("role", AccountFilter)
    list_select_related = ("account", "invited_by")
    whole_fields = ("email",)
    search_help_text = _("The e-mail address invited, or a customer's name or e-mail address.")


def _with_role(link: str, membership: Membership) -> str:
    return format_html("{} ({})", link, Role(membership.role).label)


def _named(links: list[str]) -> str:
    """The first of them, and how many there are besides."""
    shown = format_html_join(", ", "{}", [(link,) for link in links[:NAMED_MAX]])
    others = len(links) - NAMED_MAX
    return format_html("{} + {}", shown, others) if others > 0 else shown or NOTHING
