"""Every page a person can open, and as whom: the list that axe, the budgets and `make shots` share.

A page that is missing here is found by `test_pages.py`, which compares it with the urlconf.
"""

import re
from dataclasses import dataclass

from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse

from accounts.models import Membership
from generations.models import CatalogueModel
from tests.face.arrivals import KEPT_KEY
from tests.face.cast import Cast
from tests.face.company import Who, passkey_of
from wallet.models import Book, Hold, Unit

BOTH = (Who.RICH, Who.NEWCOMER)


@dataclass(frozen=True)
class Page:
    """An address, the name its pictures get, who opens it, what the urlconf calls it, and with
    which status it answers.
    """

    name: str
    path: str
    who: Who
    url_name: str
    status: int = 200

    def __str__(self) -> str:
        return f"{self.name}-{self.who}"


class Pages(list[Page]):
    """The list while it is written."""

    def add(
        self, name: str, *who: Who, query: str = "", status: int = 200, **arguments: object
    ) -> None:
        """The page of that name in the urlconf, once for each of them."""
        address = reverse(name, kwargs=arguments) + query
        # The same in each run, so that one's pictures can be laid beside another's.
        label = re.sub(r"[^\w]+", "-", name + re.sub(r"=[0-9a-f-]{36}", "", query))[:60]
        for one in who:
            names = {page.name for page in self if page.who == one}
            alike = len([each for each in names if re.fullmatch(rf"{label}(-\d+)?", each)])
            named = f"{label}-{alike}" if alike else label
            self.append(Page(named, address, one, name, status))

    def add_all(self, who: Who, *names: str) -> None:
        """Pages of these names, which need no more than that."""
        for name in names:
            self.add(name, who)


def pages(cast: Cast) -> list[Page]:
    """All of them."""
    found = Pages()
    _at_the_entrance(found, cast)
    _of_customers(found, cast)
    _of_settings(found, cast)
    _of_others(found)
    _of_staff(found, cast)
    return list(found)


def _at_the_entrance(found: Pages, cast: Cast) -> None:
    found.add_all(Who.STRANGER, "home", "docs", "account_login", "account_signup")
    found.add_all(Who.STRANGER, "account_reset_password", "account_reset_password_done")
    found.add_all(Who.STRANGER, "account_reset_password_from_key_done", "account_inactive")
    number = user_pk_to_url_str(cast.users[Who.FORGETFUL])
    # With the mail's key in the session, and without.
    for who in (Who.FORGETFUL, Who.STRANGER):
        found.add("account_reset_password_from_key", who, uidb36=number, key=KEPT_KEY)
    found.add("account_email_verification_sent", Who.SIGNING_UP)
    found.add("mfa_authenticate", Who.SIGNING_IN)
    found.add("invitation", Who.STRANGER, Who.NEWCOMER, token=cast.invitation)
    found.add("invitation", Who.STRANGER, status=404, token="over")
    for who in (Who.STRANGER, Who.RICH):
        found.append(Page("nothing", "/nothing/at/this/address", who, "", 404))


def _of_customers(found: Pages, cast: Cast) -> None:
    for name in ("overview", "playground", "history", "tokens", "usage", "wallet", "settings"):
        found.add(name, *BOTH)
    found.add("docs", Who.RICH)
    for query in ("?view=table", "?q=nothing-like-this", "?status=failed"):
        found.add("history", Who.RICH, query=query)
    for query in ("?by=token", "?by=variant"):
        found.add("usage", Who.RICH, query=query)
    for job in (cast.job, cast.failed, cast.running):
        found.add("job", Who.RICH, job_id=job.pk)
    found.add("job_code", Who.RICH, job_id=cast.job.pk)
    found.add("delete_jobs", Who.RICH, query=f"?job={cast.job.pk}")
    for name in ("edit_token", "revoke_token"):
        found.add(name, Who.RICH, key_id=cast.rich.key.pk)


def _of_settings(found: Pages, cast: Cast) -> None:
    found.add_all(Who.RICH, "wallet_settings", "sessions", "members", "leave", "settings_accounts")
    found.add_all(Who.RICH, "account_settings", "close_account", "account_email")
    found.add_all(Who.RICH, "account_change_password", "account_reauthenticate", "account_logout")
    found.add_all(Who.RICH, "mfa_index", "mfa_activate_totp", "mfa_add_webauthn")
    found.add_all(Who.RICH, "mfa_list_webauthn")
    found.add_all(Who.GUARDED, "mfa_index", "mfa_deactivate_totp", "mfa_list_webauthn")
    found.add_all(Who.GUARDED, "mfa_view_recovery_codes", "mfa_generate_recovery_codes")
    found.add_all(Who.GUARDED, "mfa_reauthenticate", "mfa_reauthenticate_webauthn")
    passkey = passkey_of(cast.users[Who.GUARDED])
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        found.add(name, Who.GUARDED, pk=passkey.pk)
    member = Membership.objects.get(user=cast.users[Who.VIEWER])
    found.add("remove_member", Who.RICH, membership_id=member.pk)
    # Members look at each other, and only owners part with them.
    found.add("remove_member", Who.VIEWER, status=403, membership_id=member.pk)


def _of_others(found: Pages) -> None:
    found.add_all(Who.GERMAN, "overview", "playground", "wallet")
    found.add_all(Who.VIEWER, "playground", "wallet", "tokens")
    found.add("playground", Who.BROKE)
    found.add("overview", Who.SUSPENDED)


def _of_staff(found: Pages, cast: Cast) -> None:
    found.add_all(Who.STAFF, "style", "admin:index", "admin:generations_job_engine_room")
    for model in ("accounts_account", "accounts_user", "generations_job", "keys_key"):
        found.add(f"admin:{model}_changelist", Who.STAFF)
    for model in ("wallet_book", "wallet_transfer", "wallet_topup", "generations_cataloguemodel"):
        found.add(f"admin:{model}_changelist", Who.STAFF)
    found.add_all(Who.STAFF, "admin:generations_cataloguemodel_add", "admin:accounts_user_add")
    book = Book.objects.get(account=cast.rich.account, unit=Unit.USD)
    for row in (
        *(cast.rich.account, cast.job, cast.rich.user, cast.rich.key, cast.topup),
        *(CatalogueModel.objects.first(), Hold.objects.filter(book=book).first()),
    ):
        assert row
        found.add(
            f"admin:{row._meta.label_lower.replace('.', '_')}_change", Who.STAFF, object_id=row.pk
        )
    found.add("admin:wallet_book_adjust", Who.STAFF, book_id=book.pk)
    found.add("admin:wallet_topup_refund", Who.STAFF, object_id=cast.topup.pk)
