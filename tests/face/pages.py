"""Every page a person can open, and as whom: the list that axe, the budgets and `make shots` share.

A page that is missing here is found by `test_pages.py`, which compares it with the urlconf.
"""

import re
from dataclasses import dataclass

from django.urls import reverse

from tests.face.cast import Cast

STRANGER, RICH, NEWCOMER, STAFF = "stranger", "rich", "newcomer", "staff"
BOTH = (RICH, NEWCOMER)


@dataclass(frozen=True)
class Page:
    """An address, the name its pictures get, who opens it, and what the urlconf calls it."""

    name: str
    path: str
    who: str
    url_name: str

    def __str__(self) -> str:
        return f"{self.name}-{self.who}"


def pages(cast: Cast) -> list[Page]:
    """All of them."""
    found: list[Page] = []

    def add(name: str, *who: str, path: str = "", **arguments: object) -> None:
        address = reverse(name, kwargs=arguments) + path
        # The same in each run, so that one's pictures can be laid beside another's.
        label = re.sub(r"[^\w]+", "-", name + re.sub(r"=[0-9a-f-]{36}", "", path))[:60]
        for one in who:
            alike = sum(page.name.startswith(label) and page.who == one for page in found)
            found.append(Page(f"{label}-{alike}" if alike else label, address, one, name))

    for name in ("home", "docs", "account_login", "account_signup", "account_reset_password"):
        add(name, STRANGER)
    for name in ("overview", "playground", "history", "tokens", "usage", "wallet", "settings"):
        add(name, *BOTH)
    add("docs", RICH)
    for query in ("?view=table", "?q=nothing-like-this", "?status=failed"):
        add("history", RICH, path=query)
    for query in ("?by=token", "?by=variant"):
        add("usage", RICH, path=query)
    for job in (cast.job, cast.failed, cast.running):
        add("job", RICH, job_id=job.pk)
    add("job_code", RICH, job_id=cast.job.pk)
    add("delete_jobs", RICH, path=f"?job={cast.job.pk}")
    add("edit_token", RICH, key_id=cast.rich.key.pk)
    add("revoke_token", RICH, key_id=cast.rich.key.pk)
    add("invitation", STRANGER, NEWCOMER, token=cast.invitation)
    for name in (
        *(
            "wallet_settings",
            "sessions",
            "members",
            "leave",
            "settings_accounts",
        ),
        *("account_settings", "close_account", "account_email", "account_change_password"),
        *("mfa_index", "account_logout"),
    ):
        add(name, RICH)
    for name in (
        *("style", "admin:index", "admin:generations_job_engine_room"),
        *("admin:accounts_account_changelist", "admin:accounts_user_changelist"),
        *("admin:generations_job_changelist", "admin:keys_key_changelist"),
        *("admin:wallet_book_changelist", "admin:wallet_transfer_changelist"),
        *("admin:wallet_topup_changelist", "admin:generations_cataloguemodel_changelist"),
    ):
        add(name, STAFF)
    add("admin:accounts_account_change", STAFF, object_id=cast.rich.account.pk)
    add("admin:generations_job_change", STAFF, object_id=cast.job.pk)
    return found
