"""The reference in a browser: searched while typing, by keyboard, in the reader's language."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open

SHOWN = ".prose:visible"


def current(page: Page) -> str:
    """What the contents say is being read."""
    return page.locator("#contents [aria-current]").inner_text()


def test_search_by_keyboard(open_page: Open) -> None:
    page = open_page()
    page.goto("/docs")
    every = page.locator(SHOWN).count()
    page.keyboard.press("/")
    page.keyboard.type("gps DATA")
    expect(page.locator(SHOWN)).to_have_count(1)
    expect(page.locator("#docs-found")).to_have_text("Sections found: 1")
    expect(page.locator("#contents a:visible")).to_have_text(
        ["Reference images", "What we do with it"]
    )
    page.keyboard.type(" submarine")
    expect(page.locator("#docs-found")).to_contain_text("Nothing found")
    page.keyboard.press("Control+A")
    page.keyboard.type("retry-after")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('.prose') !== null")
    page.locator("#docs-search").fill("")
    expect(page.locator(SHOWN)).to_have_count(every)


def test_contents_mark_what_is_read(open_page: Open) -> None:
    page = open_page()
    page.goto("/docs")
    assert current(page) == "Quick start"
    page.locator("#contents").get_by_role("link", name="Errors", exact=True).click()
    page.locator("#contents").get_by_role("link", name="Wait and send it again").click()
    expect(page.locator("#contents [aria-current]")).to_have_text("Wait and send it again")
    page.goto("/docs#idempotency")
    expect(page.locator("#contents [aria-current]")).to_have_text("Safe retries")


def test_the_language_is_remembered(open_page: Open) -> None:
    page = open_page()
    page.goto("/")
    page.get_by_role("radio", name="Python").check(force=True)
    expect(page.locator("#first-python")).to_be_visible()
    page.goto("/docs")
    expect(page.locator('#submit [data-tab="python"]')).to_be_visible()
    expect(page.locator('#submit [data-tab="curl"]')).to_be_hidden()


def test_contents_on_a_phone(open_page: Open) -> None:
    page = open_page(390)
    page.goto("/docs")
    expect(page.locator("#contents")).to_be_hidden()
    page.get_by_role("button", name="Contents").click()
    page.locator("#contents").get_by_role("link", name="Prices", exact=True).click()
    expect(page.locator("#contents")).to_be_hidden()
    expect(page.locator("#prices h2")).to_be_in_viewport()


def test_everything_is_there_without_javascript(open_page: Open) -> None:
    page = open_page(javascript=False)
    page.goto("/docs")
    page.locator("#submit").get_by_role("radio", name="JavaScript").check(force=True)
    expect(page.locator('#submit [data-tab="javascript"]')).to_be_visible()
    page.get_by_role("searchbox").fill("gps data")
    page.keyboard.press("Enter")
    expect(page.locator(SHOWN)).to_have_count(1)
    expect(page.locator("#docs-found")).to_contain_text("Sections found: 1")
