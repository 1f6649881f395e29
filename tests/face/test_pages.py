"""No page is forgotten: whatever a person can open by its address alone is in the list."""

import pytest
from django.urls import URLPattern, get_resolver

from tests.face.cast import Cast
from tests.face.pages import pages

pytestmark = pytest.mark.face

# Not pages: files, fragments, addresses that only take a form or send elsewhere.
OTHER = {
    *("favicon", "robots", "llms", "docs_markdown", "image", "thumbnail", "healthz", "metrics"),
    *("live", "history_live", "job_live", "job_reference", "download_jobs", "usage_csv"),
    *("statement_csv", "export", "topup", "topup_return", "portal", "stripe_webhook"),
    *("star_job", "cancel_job", "run_again", "set_language", "change_role", "resend", "withdraw"),
    *(
        "auto_topup_settings",
        "low_balance_settings",
        "end_session",
        "end_other_sessions",
        "style_dialog",
    ),
    # Only its own people see it, and their test walks it.
    "remove_member",
    # For development alone.
    *("mailbox", "mailbox_mail"),
}


def test_every_page_is_listed(cast: Cast) -> None:
    patterns = get_resolver().url_patterns
    named = {each.name for each in patterns if isinstance(each, URLPattern)}
    listed = {page.url_name for page in pages(cast)}
    assert named - listed - OTHER == set()
    assert OTHER - named == set()
