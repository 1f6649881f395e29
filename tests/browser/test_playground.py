"""The playground by hand: pictures dragged and pasted, the keyboard, cards that live and do not
move, and all of it without scripts."""

import base64
import io
from collections.abc import Callable

import pytest
from django.db.models.functions import Now
from django.test import Client
from PIL import Image
from playwright.sync_api import FilePayload, JSHandle, Page, Request, expect

from generations import files, jobs
from generations.models import CatalogueModel, Job
from tests.browser.conftest import Open
from tests.browser.test_engine_room import WATCH_SHIFTS
from tests.conftest import Customer, NewCustomer
from tests.generations.playground.playing import arrived, lane, newest, offered, queued
from tests.generations.runner.scripted import picture
from wallet.statement import summary

__all__ = ["offered"]

PASTE = """(clipboardData) => document.getElementById("id_prompt").dispatchEvent(
    new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }))"""
Play = Callable[..., Page]
HOSTILE = "<img src=x onerror=window.wounded=1>.png"
# There are no workers here: a job stays as it is until a test moves it.


@pytest.fixture
def playground(open_page: Open, site: str) -> Play:
    """Opens the page for a customer who is signed in already."""

    def open_one(customer: Customer, width: int = 1280, javascript: bool = True) -> Page:
        client = Client()
        client.force_login(customer.user)
        page = open_page(width=width, javascript=javascript)
        session = client.cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": site}])
        page.goto("/playground")
        return page

    return open_one


def carried(page: Page, data: bytes, name: str, kind: str = "image/png") -> JSHandle:
    """What a drag or the clipboard carries: one file."""
    return page.evaluate_handle(
        """([data, name, type]) => {
            const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
            const transfer = new DataTransfer();
            transfer.items.add(new File([bytes], name, { type }));
            return transfer;
        }""",
        [base64.b64encode(data).decode(), name, kind],
    )


def drop(page: Page, data: bytes, name: str, kind: str = "image/png") -> None:
    transfer = carried(page, data, name, kind)
    for event in ("dragover", "drop"):
        page.dispatch_event("h1", event, {"dataTransfer": transfer})


def paste(page: Page, data: bytes, name: str) -> None:
    page.evaluate(PASTE, carried(page, data, name))


def submit(page: Page, customer: Customer) -> Job:
    """The job that Ctrl+Enter queues."""
    before = Job.objects.filter(account=customer.account).count()
    page.get_by_label("Prompt").focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#jobs > li")).to_have_count(before + 1)
    return newest(customer)


def choose(page: Page, data: bytes, name: str) -> None:
    file = FilePayload(name=name, mimeType="image/png", buffer=data)
    page.get_by_label("Reference image: a file").set_input_files(file)


def test_a_picture_goes_along(playground: Play, alice: Customer) -> None:
    page = playground(alice)
    page.get_by_label("Prompt").fill("with a picture")
    shown = page.locator("[data-picked]")
    for side, way in ((40, drop), (41, paste), (42, choose)):
        way(page, picture(side), f"{way.__name__}-{HOSTILE}")
        expect(shown).to_contain_text(f"{way.__name__}-{HOSTILE}")
        width = "document.querySelector('[data-picked] img').naturalWidth"
        page.wait_for_function(f"{width} === {side}")
        expect(page.locator(".picking")).to_be_hidden()
        assert width_of(submit(page, alice)) == side
        # It is still there for the next one, until it is taken away.
        expect(shown).to_be_visible()
        page.get_by_role("button", name="Remove the reference image").click()
        expect(shown).to_be_hidden()
    assert submit(page, alice).input_name == ""
    assert page.evaluate("window.wounded") is None


def test_what_is_not_meant(playground: Play, alice: Customer) -> None:
    page = playground(alice)
    page.get_by_label("Prompt").fill("once")
    # The second press of a double click buys nothing.
    button = page.get_by_role("button", name="Generate")
    press = "new MouseEvent('click', { detail: 2, bubbles: true, cancelable: true })"
    assert button.evaluate(f"button => button.dispatchEvent({press})") is False
    # Words from a table bring a picture of it along.
    table = carried(page, picture(40), "table.png")
    table.evaluate("(transfer) => transfer.setData('text/plain', 'words')")
    page.evaluate(PASTE, table)
    expect(page.locator("[data-picked]")).to_be_hidden()
    assert submit(page, alice).input_name == ""


def width_of(job: Job) -> int:
    """Of its reference image."""
    return Image.open(io.BytesIO(files.read_input(job.input_name))).width


def test_what_is_no_picture_is_told_at_once(playground: Play, alice: Customer) -> None:
    page = playground(alice)
    page.get_by_label("Prompt").fill("with a picture")
    drop(page, b"GIF89a", "shark.gif", "image/gif")
    problem = page.locator("#id_image_error")
    expect(problem).to_contain_text("has to be a JPEG, PNG or WebP file")
    expect(page.locator("[data-picked]")).to_be_hidden()
    drop(page, b"not really a picture", "shark.png")
    expect(problem).to_be_hidden()
    page.get_by_role("button", name="Generate").click()
    expect(problem).to_contain_text("not a whole JPEG, PNG or WebP")
    expect(page.get_by_label("Prompt")).to_have_value("with a picture")
    assert not Job.objects.filter(account=alice.account).exists()


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
    for _ in range(8):
        seen.append((read(elapsed.inner_text()), read(left.inner_text())))
        page.wait_for_timeout(300)
    ups, downs = zip(*seen, strict=True)
    assert list(ups) == sorted(ups)
    assert list(downs) == sorted(downs, reverse=True)
    assert ups[-1] - ups[0] in (2, 3)
    assert downs[0] - downs[-1] in (2, 3)
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
    expect(page.get_by_role("link", name="Add $10")).to_have_attribute("href", "/wallet?amount=10")


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
