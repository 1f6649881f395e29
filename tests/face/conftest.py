"""The cast, a site that serves as in production, and a browser of each member of the cast."""

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Browser, BrowserContext

from accounts.models import User
from tests.browser.conftest import chromium
from tests.conftest import CHECKOUT, PASSWORD, NewCustomer, process_environment, served
from tests.face import pages
from tests.face.cast import Cast, assemble
from tests.visitor import LOGIN

__all__ = ["chromium"]

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36"
DAY_SECONDS = 86_400
SignedIn = Callable[[str], BrowserContext]


@pytest.fixture(scope="package")
def published(database: None) -> Iterator[str]:
    """The address of a site that takes payments, with its static files collected and compressed.

    No page asks Stripe for anything while it is only looked at.
    """
    environment = {
        **process_environment(),
        "DJANGO_SETTINGS_MODULE": "sharkweb.settings",
        "STRIPE_SECRET_KEY": "sk_test_nobody",
        "STRIPE_WEBHOOK_SECRET": "whsec_nobody",
    }
    collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(collect, cwd=CHECKOUT, env=environment, check=True)
    with served(environment) as address:
        yield address


@pytest.fixture(scope="package")
def cast(new_customer: NewCustomer) -> Cast:
    """Who the pages are shown to."""
    return assemble(new_customer, _staff())


def _staff() -> User:
    """The clerk, whose address is as long as addresses get."""
    email = f"clerk{'.of-the-deep-sea' * 4}@example.com"
    user = User.objects.create_superuser(email, PASSWORD)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


@pytest.fixture(scope="package")
def signed_in(chromium: Browser, published: str, cast: Cast) -> Iterator[SignedIn]:
    """A browser of that member of the cast, signed in once."""
    users = {
        pages.RICH: cast.rich.user,
        pages.NEWCOMER: cast.newcomer.user,
        pages.STAFF: cast.staff,
    }
    contexts: dict[str, BrowserContext] = {}

    def of(who: str) -> BrowserContext:
        if who not in contexts:
            cookies = [_session(users[who], published)] if who in users else []
            contexts[who] = chromium.new_context(base_url=published)
            contexts[who].add_cookies(cookies)
        return contexts[who]

    yield of
    for context in contexts.values():
        context.close()


def _session(user: User, address: str) -> SetCookieParam:
    """What the browser holds after signing in, which the browser's own tests walk."""
    client = Client(headers={"User-Agent": BROWSER})
    client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    session = client.session
    # What asks for the password once more is answered for the whole run.
    (signing_in,) = session["account_authentication_methods"]
    signing_in |= {"at": signing_in["at"] + DAY_SECONDS, "reauthenticated": True}
    session.save()
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}
