"""The cast, and a browser of each of its members; every page is looked at in both themes."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from accounts.models import User
from tests.browser.conftest import chromium
from tests.conftest import PASSWORD, NewCustomer
from tests.face import pages
from tests.face.cast import Cast, assemble

__all__ = ["chromium"]

SignedIn = Callable[[str], BrowserContext]


@pytest.fixture(scope="package")
def cast(new_customer: NewCustomer, site: str) -> Cast:
    """Who the pages are shown to."""
    return assemble(new_customer, _staff())


def _staff() -> User:
    """The clerk, whose address is as long as addresses get."""
    email = f"clerk.{'of-the-deep-sea.' * 4}@example.com"
    return User.objects.create_superuser(email, PASSWORD)


@pytest.fixture(scope="package")
def signed_in(chromium: Browser, site: str, cast: Cast) -> Iterator[SignedIn]:
    """A browser of that member of the cast, signed in once."""
    emails = {
        pages.RICH: cast.rich.user.email,
        pages.NEWCOMER: cast.newcomer.user.email,
        pages.STAFF: cast.staff.email,
    }
    contexts: dict[str, BrowserContext] = {}

    def of(who: str) -> BrowserContext:
        if who not in contexts:
            contexts[who] = chromium.new_context(base_url=site)
            if who in emails:
                _sign_in(contexts[who].new_page(), emails[who])
        return contexts[who]

    yield of
    for context in contexts.values():
        context.close()


def _sign_in(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "login" not in url)
    page.close()
