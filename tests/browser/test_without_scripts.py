"""Sign-in, tokens, wallet and history in a browser that runs no scripts."""

import re

from playwright.sync_api import expect

from generations import jobs
from tests.browser.conftest import Open, sign_in
from tests.conftest import Customer
from tests.generations.sync.ended import completed
from tests.underway import submission

TOKEN = re.compile(r"sk_live_[0-9A-Za-z]{36}")


def test_tokens(open_page: Open, alice: Customer) -> None:
    page = open_page(javascript=False)
    sign_in(page, alice)
    page.goto("/tokens")
    main = page.get_by_role("main")
    main.get_by_label("Name").fill("website")
    main.get_by_role("button", name="Create token").click()
    expect(main).to_contain_text(TOKEN)
    # The other languages are there, without a script that switches.
    main.get_by_text("Python", exact=True).first.click()
    expect(main).to_contain_text("import requests")
    main.get_by_role("link", name="I have stored it").click()
    expect(main).not_to_contain_text(TOKEN)
    main.get_by_role("link", name=re.compile("Revoke.*website")).click()
    main.get_by_role("button", name="Revoke token").click()
    expect(page.locator("#toasts")).to_contain_text("revoked")


def test_wallet(open_page: Open, alice: Customer) -> None:
    page = open_page(javascript=False)
    sign_in(page, alice)
    completed(alice, f"{'1' * 32}.png")
    page.goto("/wallet")
    main = page.get_by_role("main")
    expect(main).to_contain_text("$9.97")
    expect(main).to_contain_text("−$0.03")
    main.get_by_label("Kind").select_option("charge")
    main.get_by_role("button", name="Filter").click()
    expect(main).to_contain_text("−$0.03")
    expect(main).not_to_contain_text("for the test")


def test_history(open_page: Open, alice: Customer) -> None:
    done = completed(alice, f"{'2' * 32}.png")
    jobs.submit(submission(alice, "An octopus reading"))
    page = open_page(javascript=False)
    sign_in(page, alice)
    page.goto("/history")
    main = page.get_by_role("main")
    expect(main).to_contain_text("An octopus reading")
    main.get_by_label("Search prompts").fill("shark")
    page.keyboard.press("Enter")
    expect(main).not_to_contain_text("An octopus reading")
    expect(main).to_contain_text(done.prompt)
    main.get_by_role("link", name="Table").click()
    expect(main.get_by_role("table")).to_contain_text(done.prompt)
    page.goto(f"/jobs/{done.pk}")
    expect(main).to_contain_text("$0.03 was charged when the image arrived")
    main.get_by_role("link", name="Delete").first.click()
    main.get_by_role("button", name="Delete for good").click()
    page.goto("/history")
    expect(main).not_to_contain_text(done.prompt)
