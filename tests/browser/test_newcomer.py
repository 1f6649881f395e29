"""A newcomer's first minutes, from the landing page to an image and a token, by hand."""

import re
import uuid

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.conftest import PASSWORD

pytestmark = pytest.mark.usefixtures("workers")


def sign_up(page: Page) -> str:
    """Signs up from the landing page and types in the code from the mail."""
    email = f"newcomer-{uuid.uuid4().hex[:12]}@example.com"
    page.goto("/")
    expect(page.get_by_role("main")).to_contain_text("$0.03")
    page.get_by_role("link", name="Sign up").first.click()
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=password1]").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("input[name=code]")).to_be_visible()

    mailbox = page.context.new_page()
    mailbox.goto("/mailbox/")
    mail = mailbox.locator("li", has_text=email).first
    code = re.search(r"[A-Z0-9]{4}-[A-Z0-9]{4}", mail.inner_text())
    assert code
    mailbox.close()

    page.locator("input[name=code]").fill(code[0])
    page.keyboard.press("Enter")
    page.wait_for_url("**/overview")
    return email


@pytest.mark.parametrize("width", [390, 1280])
def test_from_sign_up_to_an_image_and_a_token(open_page: Open, site: str, width: int) -> None:
    page = open_page(width)
    sign_up(page)
    expect(page.locator("#wallet-chip")).to_contain_text("3 free images")

    page.goto("/playground")
    page.get_by_label("Prompt").fill("A shark in neon waters")
    page.keyboard.press("Control+Enter")
    card = page.locator("#jobs > li").first
    expect(card).to_contain_text("A shark in neon waters")
    picture = card.locator("img")
    expect(picture).to_be_visible(timeout=60_000)
    expect(card).to_contain_text("$0.00")
    expect(page.locator("#wallet-chip")).to_contain_text("2 free images")
    source = picture.get_attribute("src")
    assert source
    assert httpx.get(site + source).headers["Content-Type"] == "image/webp"

    page.goto("/history")
    expect(page.locator("#jobs > li")).to_have_count(1)
    page.goto("/wallet")
    expect(page.get_by_role("main")).to_contain_text("−1 image")

    page.goto("/tokens")
    page.get_by_label("Name").fill("laptop")
    page.keyboard.press("Enter")
    token = re.compile(r"sk_live_[0-9A-Za-z]{36}")
    expect(page.get_by_role("main")).to_contain_text(token)
    secret = token.search(page.get_by_role("main").inner_text())
    assert secret
    answer = httpx.get(f"{site}/api/v1/jobs/nothing", headers={"X-API-Key": secret[0]})
    assert answer.status_code == 404
    page.goto("/tokens")
    expect(page.get_by_role("main")).not_to_contain_text(secret[0])
    page.get_by_role("link", name=re.compile("Revoke")).first.click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke token").click()
    expect(page.get_by_role("main")).to_contain_text("1 revoked token")
    answer = httpx.get(f"{site}/api/v1/jobs/nothing", headers={"X-API-Key": secret[0]})
    assert answer.status_code == 403


def test_nothing_scrolls_sideways_on_a_phone(open_page: Open) -> None:
    page = open_page(320)
    sign_up(page)
    paths = ("/", "/overview", "/playground", "/history", "/tokens", "/usage", "/wallet")
    for address in (*paths, "/accounts/email/"):
        page.goto(address)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 320, address
