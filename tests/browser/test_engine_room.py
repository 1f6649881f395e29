"""The engine room in a browser: it follows the figures without moving under the reader's eyes."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from generations import jobs
from tests.browser.conftest import Open
from tests.conftest import PASSWORD, Customer
from tests.underway import submission

PATH = "/admin/generations/job/engine-room/"
WATCH_SHIFTS = """
window.shift = 0;
new PerformanceObserver(list => {
    for (const entry of list.getEntries()) window.shift += entry.value;
}).observe({type: "layout-shift"});
"""


def open_room(page: Page, staff: User) -> None:
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(staff.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/overview")
    page.goto(PATH)


def waiting(page: Page) -> int:
    return int(page.locator("#summary dd").first.inner_text().replace(",", ""))


@pytest.mark.parametrize("width", [390, 1440])
def test_it_follows_without_a_jolt(
    open_page: Open, staff: User, alice: Customer, width: int
) -> None:
    page = open_page(width=width)
    jobs.submit(submission(alice))
    open_room(page, staff)
    page.evaluate(WATCH_SHIFTS)
    engines = page.get_by_role("region", name="Engines")
    engines.evaluate("region => region.scrollLeft = 60")
    scrolled = engines.evaluate("region => region.scrollLeft")
    before, moment = waiting(page), page.locator("#moment").inner_text()
    jobs.submit(submission(alice))
    expect(page.locator("#summary dd").first).to_have_text(str(before + 1), timeout=15_000)
    expect(page.locator("#moment")).not_to_have_text(moment)
    # Nothing was loaded anew: who had scrolled is where they were.
    assert engines.evaluate("region => region.scrollLeft") == scrolled
    assert page.evaluate("window.shift") == 0
    assert page.evaluate("document.documentElement.scrollWidth") == width
    expect(page.get_by_text("load the page again")).to_be_hidden()


def test_it_stops_when_told(open_page: Open, staff: User, alice: Customer) -> None:
    page = open_page()
    open_room(page, staff)
    page.get_by_role("link", name="Stop refreshing").click()
    page.wait_for_url("**?paused")
    before = waiting(page)
    jobs.submit(submission(alice))
    page.wait_for_timeout(6_000)
    assert waiting(page) == before
    page.get_by_role("link", name="Refresh every 5 seconds").click()
    page.wait_for_url(f"**{PATH}")
    assert waiting(page) == before + 1


def test_it_works_without_javascript(open_page: Open, staff: User, alice: Customer) -> None:
    page = open_page(javascript=False)
    open_room(page, staff)
    before = waiting(page)
    jobs.submit(submission(alice))
    page.reload()
    assert waiting(page) == before + 1
