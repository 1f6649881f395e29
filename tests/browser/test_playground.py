"""The playground by hand: the keyboard, cards that live and do not move, and all of it without
scripts. Reference images are `test_pictures.py`'s."""

import time

from django.db.models.functions import Now
from playwright.sync_api import Request, expect

from generations import files, jobs
from generations.models import CatalogueModel, Job
from tests.browser.playing import Play, choose, drop, playground, submit
from tests.browser.test_engine_room import WATCH_SHIFTS
from tests.conftest import Customer, NewCustomer
from tests.generations.playground.playing import arrived, lane, newest, offered, queued
from tests.generations.runner.scripted import picture
from wallet.statement import summary

__all__ = ["offered", "playground"]


def test_words_and_sizes(playground: Play, alice: Customer, offered: CatalogueModel) -> None:
    CatalogueModel.objects.filter(pk=offered.pk).update(price_micros=70_000)
    page = playground(alice)
    prompt = page.get_by_label("Prompt")
    prompt.fill("my own words")
    page.get_by_role("link", name="Lighthouse", exact=True).click()
    expect(prompt).to_have_value("A lighthouse at dusk above a calm sea")
    expect(page.locator("[data-count]")).to_have_text("37 / 2000")
    page.keyboard.press("Control+z")
    expect(prompt).to_have_value("my own words")
    price = page.locator(".order__price:visible strong")
    expect(price).to_have_text("$0.03")
    page.locator(f"input[value={offered.variant}]").check()
    expect(price).to_have_text("$0.07")
    assert submit(page, alice).price_micros == 70_000
    # The price is drawn anew with the answer, and still of the chosen size.
    expect(price).to_have_text("$0.07")
    expect(prompt).to_have_value("my own words")
    expect(prompt).to_be_focused()


def test_a_card_lives_without_a_jolt(playground: Play, alice: Customer) -> None:
    model = lane()
    job, other = queued(alice, model, "a slow one"), queued(alice, model, "another")
    # One below the other, so that no neighbour keeps the card's height.
    page = playground(alice, width=390)
    card = page.locator(f"#job-{job.pk}")
    expect(card).to_contain_text("Queued, next in line")
    expect(page.locator(f"#job-{other.pk}")).to_contain_text("Queued, 2nd in line")
    expect(card).to_contain_text("if nothing arrives")
    prompt = page.get_by_label("Prompt")
    prompt.fill("half a sentence")
    prompt.evaluate("prompt => prompt.setSelectionRange(2, 6)")
    height = card.bounding_box()
    page.evaluate(WATCH_SHIFTS)
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/jobs/live" in request.url:
            asked.append(request.url)

    page.on("request", note)
    Job.objects.filter(pk=job.pk).update(
        status="processing", fence=1, started_at=Now(), engine_started_at=Now()
    )
    expect(card).to_contain_text("Painting")
    assert str(job.pk) in asked[0]
    assert str(other.pk) in asked[0]
    job.refresh_from_db()
    assert jobs.complete(job, files.save_result(picture(64)))
    expect(card.locator("img")).to_be_visible()
    expect(page.locator("#announce")).to_have_text("Image ready: a slow one")
    assert card.bounding_box() == height
    assert page.evaluate("window.shift") == 0
    selected = "[document.activeElement.id, getSelection().toString()]"
    assert page.evaluate(selected) == ["id_prompt", "lf a"]
    asked.clear()
    jobs.fail(other.pk, Job.FailureKind.PROVIDER, "Out of paint.")
    expect(page.locator(f"#job-{other.pk}")).to_contain_text("Out of paint.")
    expect(page.locator(f"#job-{other.pk}")).to_contain_text("Not charged")
    assert str(job.pk) not in asked[-1], "what has ended is not asked for"
    # Nothing is under way, so nothing is asked any more.
    expect(page.locator("#live")).to_have_count(1)
    expect(page.locator("#live[hx-get]")).to_have_count(0)


def test_clocks_tick_between_the_answers(playground: Play, alice: Customer) -> None:
    job = queued(alice, lane())
    page = playground(alice)
    page.route("**/jobs/live*", lambda route: None)
    elapsed, left = (page.locator(f"#job-{job.pk}-{name}") for name in ("elapsed", "left"))
    seen = []
    begun = time.monotonic()
    for _ in range(8):
        seen.append((read(elapsed.inner_text()), read(left.inner_text())))
        page.wait_for_timeout(300)
    # A busy machine waits longer than it is asked to.
    passed_seconds = time.monotonic() - begun
    ups, downs = zip(*seen, strict=True)
    assert list(ups) == sorted(ups)
    assert list(downs) == sorted(downs, reverse=True)
    assert 2 <= ups[-1] - ups[0] <= passed_seconds + 1
    assert 2 <= downs[0] - downs[-1] <= passed_seconds + 1
    page.unroute_all(behavior="ignoreErrors")


def read(clock: str) -> int:
    minutes, seconds = clock.split(":")
    return 60 * int(minutes) + int(seconds)


def test_cancel_by_keyboard(playground: Play, alice: Customer) -> None:
    job = queued(alice, lane(), "a mistake")
    page = playground(alice)
    card = page.locator(f"#job-{job.pk}")
    card.get_by_role("button", name="Cancel").focus()
    with page.expect_response("**/jobs/live*"):
        pass
    expect(card.get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Enter")
    expect(card).to_contain_text("Cancelled. Nothing was charged.")
    expect(page.locator("#wallet-chip")).to_contain_text("$10.00")
    # Whoever uses the keyboard is still at the card, and on nothing that costs.
    expect(card.get_by_role("link", name="Remix")).to_be_focused()
    assert summary(alice.account).held_micros == 0


def test_one_image_leads_to_the_next(
    playground: Play, alice: Customer, offered: CatalogueModel
) -> None:
    job = arrived(alice, offered, prompt="the first")
    page = playground(alice)
    prompt = page.get_by_label("Prompt")
    prompt.fill("the second")
    card = page.locator(f"#job-{job.pk}")

    card.locator("summary").click()
    card.get_by_role("link", name="Use as reference").click()
    expect(page.locator("#reference")).to_contain_text("Your image “the first”")
    expect(page.locator("#announce")).to_have_text("The reference image is set.")
    expect(card.get_by_role("link", name="Use as reference")).to_be_hidden()
    expect(prompt).to_have_value("the second")
    second = submit(page, alice)
    assert files.read_input(second.input_name) == files.read_result(job.image_name)

    card.locator("summary").click()
    card.get_by_role("button", name="Run again").click()
    expect(page.locator("#jobs > li")).to_have_count(3)
    expect(page.locator("#toasts")).to_contain_text("Another one is on its way.")
    third = newest(alice)
    assert (third.prompt, third.model, third.input_name) == ("the first", offered, "")
    expect(prompt).to_have_value("the second")

    card.get_by_role("link", name="Remix").click()
    expect(prompt).to_have_value("the first")
    expect(prompt).to_be_focused()
    expect(page.locator(f"input[value={offered.variant}]")).to_be_checked()
    expect(page.locator("[data-kept]")).to_have_count(0)
    assert page.url.endswith("/playground")

    card.locator("summary").click()
    card.get_by_role("link", name="Copy as cURL").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Copy").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert '"prompt": "the first"' in copied
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_refusal_leaves_what_was_typed(playground: Play, new_customer: NewCustomer) -> None:
    poor = new_customer("poor", credit_micros=40_000)
    page = playground(poor)
    page.get_by_label("Prompt").fill("the last one")
    submit(page, poor)
    missing = "costs $0.03 and $0.01 is available: $0.02 is missing"
    expect(page.locator("#order")).to_contain_text(missing)
    drop(page, picture(40), "shark.png")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#problems")).to_contain_text("Nothing was charged.")
    expect(page.get_by_label("Prompt")).to_have_value("the last one")
    expect(page.locator("[data-picked]")).to_contain_text("shark.png")


def test_a_server_that_is_away(playground: Play, alice: Customer) -> None:
    job = arrived(alice, lane())
    page = playground(alice)
    # htmx tells the console, and the console would fail the test.
    page.evaluate("console.error = () => undefined")
    page.get_by_label("Prompt").fill("hello?")
    page.context.route("**/playground", lambda route: route.fulfill(status=502, body="away"))
    alert = page.get_by_role("alert").filter(has_text="The server did not answer as it should")
    page.keyboard.press("Control+Enter")
    expect(alert).to_be_visible()
    expect(page.get_by_label("Prompt")).to_have_value("hello?")
    page.context.unroute_all(behavior="ignoreErrors")
    submit(page, alice)
    expect(alert).to_be_hidden()
    page.context.route("**/again", lambda route: route.fulfill(status=502, body="away"))
    card = page.locator(f"#job-{job.pk}")
    card.locator("summary").click()
    card.get_by_role("button", name="Run again").click()
    expect(alert).to_be_visible()
    page.context.unroute_all(behavior="ignoreErrors")


def test_without_scripts(playground: Play, alice: Customer, offered: CatalogueModel) -> None:
    job = arrived(alice, offered, prompt="the first")
    page = playground(alice, javascript=False)
    card = page.locator(f"#job-{job.pk}")
    card.get_by_role("link", name="Remix").click()
    expect(page.get_by_label("Prompt")).to_have_value("the first")
    page.get_by_label("Prompt").fill("by form alone")
    choose(page, picture(40), "shark.png")
    page.get_by_role("button", name="Generate").click()
    expect(page.locator("#jobs > li").first).to_contain_text("by form alone")
    assert newest(alice).input_name
    page.locator("#jobs > li").first.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("main")).to_contain_text("Cancelled. Nothing was charged.")
    page.goto(f"/playground?reference={job.pk}")
    expect(page.locator("#reference")).to_contain_text("Your image “the first”")
    page.get_by_role("link", name="Remove the reference image").click()
    expect(page.locator("#reference")).not_to_contain_text("the first")
