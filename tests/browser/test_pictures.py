"""Reference images at the playground by hand: dragged, pasted, chosen, refused."""

import io

from PIL import Image
from playwright.sync_api import expect

from generations import files
from generations.models import Job
from tests.browser.playing import PASTE, Play, carried, choose, drop, paste, playground, submit
from tests.conftest import Customer
from tests.generations.playground.playing import offered
from tests.generations.runner.scripted import picture

__all__ = ["offered", "playground"]

HOSTILE = "<img src=x onerror=window.wounded=1>.png"


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
