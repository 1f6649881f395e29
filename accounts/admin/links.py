"""Links between the admin's pages: from any row to its own page, and to its account's.

What a link says is text that customers wrote: it is escaped, always.
"""

from typing import Any

from django.contrib import admin
from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.models import Account

NOTHING = "–"


def page_link(row: Model | None, text: str = "") -> str:
    """A link to the row's page in the admin, which says the row or the text; a dash without row."""
    if row is None:
        return NOTHING
    name = f"admin:{row._meta.app_label}_{row._meta.model_name}_change"
    return format_html('<a href="{}">{}</a>', reverse(name, args=[row.pk]), text or row)


@admin.display(description=_("account"))
def account_link(row: Any) -> str:
    """A link to the account that the row belongs to: a column for every list."""
    account: Account | None = row.account
    return page_link(account)
