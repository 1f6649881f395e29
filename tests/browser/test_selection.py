"""Several images of the history are chosen, starred, downloaded and deleted in place."""

import re
import zipfile

from playwright.sync_api import expect

from generations.models import Job
from tests.browser.conftest import Open, sign_in
from tests.conftest import Customer
from tests.generations.history.looking import made


def test_choosing_downloading_and_deleting(open_page: Open, alice: Customer) -> None:
    jobs = [made(alice, f"shark {number}") for number in range(5)]
    page = open_page()
    sign_in(page, alice)
    page.goto("/history")
    tiles, bar = page.locator("li.tile"), page.locator("#selection")
    expect(bar).to_be_hidden()
    boxes = page.get_by_role("checkbox", name="Select:")
    boxes.nth(1).check(force=True)
    expect(bar).to_contain_text("1 selected")
    # From there to here, as in lists everywhere.
    boxes.nth(3).click(force=True, modifiers=["Shift"])
    expect(bar).to_contain_text("3 selected")
    with page.expect_download() as download:
        bar.get_by_role("button", name="Download ZIP").click()
    with zipfile.ZipFile(download.value.path()) as archive:
        assert len(archive.namelist()) == 3

    star = tiles.nth(0).get_by_role("button", name="Star")
    star.focus()
    page.keyboard.press("Enter")
    expect(star).to_have_attribute("aria-pressed", "true")
    expect(star).to_be_focused()
    expect(bar).to_contain_text("3 selected")

    bar.get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Delete 3 jobs?")
    page.keyboard.press("Escape")
    expect(tiles).to_have_count(5)
    bar.get_by_role("button", name="Delete").click()
    dialog.get_by_role("button", name="Delete for good").click()
    expect(tiles).to_have_count(2)
    expect(dialog).to_be_hidden()
    expect(bar).to_be_hidden()
    expect(page.locator("#toasts")).to_contain_text("3 jobs are deleted.")
    left = Job.objects.filter(pk__in=[job.pk for job in jobs], deleted_at=None)
    assert {job.prompt for job in left} == {"shark 0", "shark 4"}

    bar.get_by_role("button", name="Select all shown", include_hidden=True).dispatch_event("click")
    expect(bar).to_contain_text("2 selected")
    bar.get_by_role("button", name="Clear").click()
    expect(bar).to_be_hidden()


def test_thinking_better_of_it_keeps_what_is_chosen(open_page: Open, alice: Customer) -> None:
    for number in range(3):
        made(alice, f"shark {number}")
    page = open_page()
    sign_in(page, alice)
    page.goto("/history")
    bar, dialog = page.locator("#selection"), page.get_by_role("dialog")
    page.get_by_role("checkbox", name="Select:").nth(1).check(force=True)
    bar.get_by_role("button", name="Delete").click()
    dialog.get_by_role("link", name="Keep").click()
    expect(dialog).to_be_hidden()
    expect(bar).to_contain_text("1 selected")


def test_what_fails_is_said(open_page: Open, alice: Customer) -> None:
    made(alice, "a shark")
    page = open_page()
    sign_in(page, alice)
    page.goto("/history")
    # htmx tells the console, and the console would fail the test.
    page.evaluate("console.error = () => undefined")
    page.route("**/star", lambda route: route.fulfill(status=502, body="gone"))
    page.get_by_role("button", name="Star").click()
    expect(page.locator("#toasts")).to_contain_text("The server did not answer as it should.")
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#toasts .toast")).to_have_count(0)


def test_filters_keep_the_focus_and_the_address(open_page: Open, alice: Customer) -> None:
    for prompt in ("a golden shark", "a whale"):
        made(alice, prompt)
    page = open_page()
    sign_in(page, alice)
    page.goto("/history")
    search = page.get_by_label("Search prompts")
    search.press_sequentially("gold")
    expect(page.locator("li.tile")).to_have_count(1)
    expect(search).to_be_focused()
    expect(page).to_have_url(re.compile(r"/history\?q=gold$"))
    page.get_by_text("Filters").click()
    page.get_by_label("Status").select_option("failed")
    expect(page.get_by_role("main")).to_contain_text("Nothing matches")
    expect(page).to_have_url(re.compile(r"/history\?q=gold&status=failed$"))
    page.go_back()
    expect(page.locator("li.tile")).to_have_count(1)
    expect(search).to_have_value("gold")
