"""Chromium for the browser tests: Debian's without a window, which does a third of the work."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import PASSWORD, Customer

Open = Callable[..., Page]

# Playwright keeps an event loop in this thread, which Django takes for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium-headless-shell")
    assert path, "The browser tests need Debian's chromium-headless-shell: `make test` installs it."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, site: str) -> Iterator[Open]:
    """Opens a visitor's page on the site, `width` pixels wide; faults on any page fail the test."""
    contexts = []
    faults: list[str] = []

    def open_one(width: int = 1280, javascript: bool = True, scheme: str = "light") -> Page:
        context = chromium.new_context(
            base_url=site,
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            color_scheme="dark" if scheme == "dark" else "light",
        )
        contexts.append(context)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda message: note(message.type, message.text))
        return page

    def note(kind: str, text: str) -> None:
        # The browser reports 4xx answers, too; those are the site's to give.
        if kind == "error" and "Failed to load resource" not in text:
            faults.append(text)

    yield open_one
    for context in contexts:
        context.close()
    assert faults == []


def sign_in(page: Page, customer: Customer) -> None:
    """Signs in as a person would, and ends on the overview."""
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(customer.user.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/overview")
