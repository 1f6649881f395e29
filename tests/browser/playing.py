"""The playground opened for somebody, the quickest way to a job, and pictures on their way to it.

There are no workers here: a job stays as it is until a test moves it.
"""

import base64
from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import FilePayload, JSHandle, Page, expect

from generations.models import Job
from tests.browser.conftest import Open
from tests.conftest import Customer
from tests.generations.playground.playing import newest

Play = Callable[..., Page]
PASTE = """(clipboardData) => document.getElementById("id_prompt").dispatchEvent(
    new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }))"""


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


def submit(page: Page, customer: Customer) -> Job:
    """The job that Ctrl+Enter queues."""
    before = Job.objects.filter(account=customer.account).count()
    page.get_by_label("Prompt").focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#jobs > li")).to_have_count(before + 1)
    return newest(customer)


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


def choose(page: Page, data: bytes, name: str) -> None:
    file = FilePayload(name=name, mimeType="image/png", buffer=data)
    page.get_by_label("Reference image: a file").set_input_files(file)
