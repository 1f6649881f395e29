"""The cast, a site that serves as in production, and a browser of each member of the cast."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.test import Client
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Browser, BrowserContext

from accounts.models import User
from tests.browser.conftest import chromium
from tests.conftest import CHECKOUT, PASSWORD, NewCustomer, process_environment, served
from tests.face.arrivals import arrived
from tests.face.cast import Cast, assemble
from tests.face.company import Who
from tests.wallet.conftest import bank
from tests.wallet.stripe.standin import API_KEY, SECRET, Standin

__all__ = ["bank", "chromium"]

SignedIn = Callable[[Who], BrowserContext]


@pytest.fixture(scope="package")
def published(database: None, bank: Standin) -> Iterator[str]:
    """The address of a site that takes payments, with its static files collected and compressed."""
    known = {"port": bank.port, "api_key": API_KEY, "webhook_secret": SECRET}
    standin = settings.DATA_DIR / "standin.json"
    standin.write_text(json.dumps(known))
    environment = {**process_environment(), "DJANGO_SETTINGS_MODULE": "sharkweb.settings"}
    collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
    subprocess.run(collect, cwd=CHECKOUT, env=environment, check=True)
    with served(environment) as address:
        # It is read once; other sites of the run take no payments.
        standin.unlink()
        yield address


@pytest.fixture(scope="package")
def cast(new_customer: NewCustomer, bank: Standin) -> Cast:
    """Who the pages are shown to."""
    return assemble(new_customer, _staff(), bank)


def _staff() -> User:
    """The clerk, whose address is as long as addresses get."""
    email = f"clerk{'.of-the-deep-sea' * 4}@example.com"
    user = User.objects.create_superuser(email, PASSWORD)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


@pytest.fixture(scope="package")
def signed_in(chromium: Browser, published: str, cast: Cast) -> Iterator[SignedIn]:
    """A browser of that member of the cast, signed in once."""
    contexts: dict[Who, BrowserContext] = {}

    def of(who: Who) -> BrowserContext:
        if who not in contexts:
            contexts[who] = chromium.new_context(base_url=published)
            contexts[who].add_cookies(_cookies(arrived(who, cast), published))
        return contexts[who]

    yield of
    for context in contexts.values():
        context.close()


def _cookies(client: Client, address: str) -> list[SetCookieParam]:
    """What the browser holds of the session and the language."""
    cookies = client.cookies.values()
    return [{"name": each.key, "value": each.value, "url": address} for each in cookies]
