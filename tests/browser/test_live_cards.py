"""Cards refresh themselves: while a job runs, when it ends, and without stealing the focus."""

import uuid

from playwright.sync_api import Request, expect

from generations import jobs
from generations.models import CatalogueModel, Job
from tests.browser.conftest import Open, sign_in
from tests.conftest import Customer

# There are no workers here: a job stays as it is until a test moves it.


def submit(customer: Customer, prompt: str) -> uuid.UUID:
    model = CatalogueModel.offered("tiny")
    assert model
    submission = jobs.Submission(
        account_id=customer.account.pk,
        model_id=model.pk,
        price_micros=model.price_micros,
        width=model.width,
        height=model.height,
        prompt=prompt,
        key_id=customer.key.pk,
    )
    return jobs.submit(submission).id


def test_one_request_refreshes_all_cards(open_page: Open, alice: Customer) -> None:
    first, second = submit(alice, "first wave"), submit(alice, "second wave")
    page = open_page()
    sign_in(page, alice)
    page.goto("/history")
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/history/live" in request.url:
            asked.append(request.url)

    page.on("request", note)
    prompt_card = page.locator(f"#job-{first}")
    expect(prompt_card).to_contain_text("Queued")
    jobs.fail(first, Job.FailureKind.PROVIDER, "The engine is out of paint.")
    expect(prompt_card).to_contain_text("The engine is out of paint.")
    expect(prompt_card).to_contain_text("Not charged")
    assert any(str(first) in url and str(second) in url for url in asked)

    jobs.fail(second, Job.FailureKind.MODERATED, "Not a nice prompt.")
    expect(page.locator(f"#job-{second}")).to_contain_text("Not charged")
    asked.clear()
    page.wait_for_timeout(3000)
    assert asked == [], "nothing is running, so nothing is asked"


def test_everything_works_without_javascript(open_page: Open, alice: Customer) -> None:
    page = open_page(javascript=False)
    sign_in(page, alice)
    page.goto("/playground")
    page.get_by_label("Prompt").fill("by form alone")
    page.get_by_role("button", name="Generate").click()
    expect(page.locator("#jobs > li").first).to_contain_text("by form alone")
    for number in range(30):
        submit(alice, f"older {number}")
    page.goto("/history")
    expect(page.locator("#jobs > li.tile")).to_have_count(24)
    page.get_by_role("link", name="Show older").click()
    expect(page.locator("#jobs > li.tile")).to_have_count(7)
    page.goto("/tokens")
    page.get_by_label("Name").fill("old browser")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_contain_text("sk_live_")
