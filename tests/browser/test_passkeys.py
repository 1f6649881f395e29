"""Passkeys: made, used to sign in and to show who one is, and refused in words that help.

Chromium's virtual authenticator stands in for a finger on a sensor.
"""

import re

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import Open
from tests.conftest import PASSWORD, Customer

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def named(site: str) -> str:
    """The site under a name, without which browsers know no passkeys."""
    return site.replace("127.0.0.1", "localhost")


def authenticator(page: Page) -> CDPSession:
    """Gives the page's browser a sensor that is touched whenever it is asked for."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    return session


def sign_in(page: Page, site: str, customer: Customer) -> None:
    page.goto(f"{site}/accounts/login/")
    page.get_by_label("Email").fill(customer.user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"^(?!.*/accounts/)"))


def test_a_passkey_is_made_and_lets_in(open_page: Open, named: str, alice: Customer) -> None:
    page = open_page()
    authenticator(page)
    sign_in(page, named, alice)
    page.goto(f"{named}/accounts/2fa/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_label("Name").fill("Ada's <b>laptop</b>")
    expect(page.get_by_label("Sign in with it alone")).to_be_checked()
    page.get_by_role("button", name="Add this passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto(f"{named}/accounts/2fa/")
    expect(page.get_by_role("main")).to_contain_text("Ada's <b>laptop</b>")

    page.goto(f"{named}/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.goto(f"{named}/accounts/login/?next=/settings/sessions")
    page.get_by_role("button", name="Sign in with a passkey").click()
    # Where they wanted to be, without a password.
    page.wait_for_url(f"{named}/settings/sessions")

    # What is for them alone takes it once more.
    page.goto(f"{named}/settings/account/close")
    page.get_by_role("link", name="Use a passkey").click()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{named}/settings/account/close")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Close")

    # As a second factor it stands beside the password.
    page.context.clear_cookies()
    page.goto(f"{named}/accounts/login/")
    page.get_by_label("Email").fill(alice.user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(re.compile(r"^(?!.*/accounts/)"))


def test_a_refusal_is_told_in_words(open_page: Open, site: str) -> None:
    page = open_page()
    page.goto(f"{site}/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("Passkeys need the site's name")


def test_without_scripts_nothing_is_offered_that_needs_them(open_page: Open, site: str) -> None:
    page = open_page(javascript=False)
    page.goto(f"{site}/accounts/login/")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
