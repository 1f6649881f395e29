"""The main paths with the keyboard alone: every stop can be seen, and focus never gets lost."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, sign_in
from tests.conftest import Customer

pytestmark = pytest.mark.usefixtures("workers")

STOPS_MAX = 40
# What the focused element is called, and whether its outline, or its tab's, can be seen.
FOCUSED = """() => {
  const it = document.activeElement;
  const seen = [it, it.closest("label")].some((one) => one &&
    getComputedStyle(one).outlineStyle !== "none" && getComputedStyle(one).outlineWidth !== "0px");
  const name = it.getAttribute("aria-label") || it.labels?.[0]?.textContent || it.textContent;
  return [name.trim(), seen];
}"""


def tab_to(page: Page, name: str) -> None:
    """Presses Tab until something of that name has the focus; all on the way must be seen."""
    for _ in range(STOPS_MAX):
        page.keyboard.press("Tab")
        # Between a dialog's last stop and its first comes the browser's own bar.
        if page.evaluate("document.activeElement === document.body"):
            continue
        found, is_seen = page.evaluate(FOCUSED)
        assert is_seen, f"the focus cannot be seen on {found!r}"
        if re.search(name, found):
            return
    raise AssertionError(f"Tab does not come to {name!r}")


def test_from_sign_in_to_an_image_and_a_revoked_token(open_page: Open, alice: Customer) -> None:
    page = open_page()
    sign_in(page, alice)

    tab_to(page, "Skip to content")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.reload()
    tab_to(page, "Playground")
    page.keyboard.press("Enter")
    page.wait_for_url("**/playground*")
    tab_to(page, "^Prompt")
    page.keyboard.type("A shark in neon waters")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#jobs > li").first).to_contain_text("A shark in neon waters")

    page.goto("/tokens")
    tab_to(page, f"^Revoke.*{alice.key.name}")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    # It goes back to where it was.
    assert "Revoke" in page.evaluate(FOCUSED)[0]
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    tab_to(page, "Revoke token")
    page.keyboard.press("Enter")
    expect(page.locator("#toasts")).to_contain_text("revoked")


def test_the_places_on_a_phone(open_page: Open, alice: Customer) -> None:
    page = open_page(390)
    sign_in(page, alice)
    tab_to(page, "^Menu$")
    page.keyboard.press("Enter")
    tab_to(page, "^Wallet$")
    page.keyboard.press("Enter")
    page.wait_for_url("**/wallet")
