"""No page is forgotten: whatever a person can open by its address alone is in the list.

The admin's lists and forms are Django's, alike for every model: a few of them stand for all. The
API has no pages.
"""

from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.face.cast import Cast
from tests.face.pages import pages

pytestmark = pytest.mark.face

# Not pages: files, fragments, addresses that only take a form or send elsewhere.
OTHER = {
    *("favicon", "robots", "llms", "docs_markdown", "image", "thumbnail", "healthz", "metrics"),
    *("live", "history_live", "job_live", "job_reference", "download_jobs", "usage_csv"),
    *("statement_csv", "export", "topup", "topup_return", "portal", "stripe_webhook"),
    *("star_job", "cancel_job", "run_again", "set_language", "change_role", "resend", "withdraw"),
    *("auto_topup_settings", "low_balance_settings", "end_session", "end_other_sessions"),
    "style_dialog",
    # A file; JSON for the script that signs in with a passkey.
    *("mfa_download_recovery_codes", "mfa_login_webauthn"),
    # It sends everybody elsewhere, since nobody signs in by a code from a mail alone.
    "account_confirm_login_code",
    # Its page is that of changing one, in other words, for who has none: whom only staff make.
    "account_set_password",
    # For development alone.
    *("mailbox", "mailbox_mail"),
}


def test_every_page_is_listed(cast: Cast) -> None:
    named = set(names(get_resolver()))
    listed = {page.url_name for page in pages(cast)}
    assert named - listed - OTHER == set()
    assert OTHER - named == set()
    assert OTHER & listed == set()


def names(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    """What the urlconf calls our pages and allauth's, in whatever it includes."""
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            if each.namespace != "api":
                inner = f"{namespace}{each.namespace}:" if each.namespace else namespace
                yield from names(each, inner)
        elif each.name and not is_djangos(each):
            yield f"{namespace}{each.name}"


def is_djangos(page: URLPattern) -> bool:
    """Whether Django made the page, as it did most of the admin."""
    return page.callback.__module__.startswith("django.contrib.")
