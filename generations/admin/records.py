"""Staff's view of what the program counts: usage by day, and the runners that say they live."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin.filters import AccountFilter
from accounts.admin.links import account_link, page_link
from accounts.admin.lists import NewestAdmin, ReadOnlyAdmin
from generations.admin.filters import TokenFilter, VariantFilter
from generations.models import Runner, Usage
from wallet.amounts import usd


@admin.register(Usage)
class UsageAdmin(ReadOnlyAdmin[Usage], NewestAdmin[Usage]):
    list_display = (
        *("day", account_link, "token", "variant", "images", "free_images", "failures"),
        "spent",
    )
    list_filter = (VariantFilter, "day", AccountFilter, TokenFilter)
    list_select_related = ("account", "key")
    newest_first = ("-day", "-pk")
    search_help_text = _(
        "The newest 10,000 are listed. A customer's name or e-mail address finds older ones."
    )
    fields = (
        *("day", "account", "key", "variant", "images", "free_images", "failures"),
        "spent",
    )

    @admin.display(description=_("token"))
    def token(self, usage: Usage) -> str:
        return page_link(usage.key, usage.key.name if usage.key else "")

    @admin.display(description=_("spent"))
    def spent(self, usage: Usage) -> str:
        return usd(usage.spent_micros)


@admin.register(Runner)
class RunnerAdmin(ReadOnlyAdmin[Runner]):
    list_display = ("host", "pid", "in_flight", "started_at", "heartbeat_at")
    fields = list_display
