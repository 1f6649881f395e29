"""The cast, a site that serves as in production, and a browser of each member of the cast."""

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Browser, BrowserContext

from accounts.models import User
from tests.browser.conftest import chromium
from tests.conftest import CHECKOUT, PASSWORD, NewCustomer, process_environment, served
from tests.face import pages
from tests.face.cast import Cast, assemble

__all__ = ["chromium"]

SignedIn = Callable[[str], BrowserContext]


@pytest.fixture(scope="package")
def published(database: None) -> Iterator[str]:
    """The address of a site whose static files are collected and compressed."""
    environment = {**process_environment(), "DJANGO_SETTINGS_MODULE": "sharkweb.settings"}
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
    email = f"clerk.{'of-the-deep-sea.' * 4}@example.com"
    return User.objects.create_superuser(email, PASSWORD)


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
            contexts[who] = chromium.new_context(base_url=published)
            if who in users:
                contexts[who].add_cookies([_session(users[who], published)])
        return contexts[who]

    yield of
    for context in contexts.values():
        context.close()


def _session(user: User, address: str) -> SetCookieParam:
    """What the browser holds after signing in, which the sign-in's own tests walk."""
    client = Client()
    client.force_login(user)
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}
