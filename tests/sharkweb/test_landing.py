"""The public pages: what a stranger reads first, and what staff put there."""

import io
import re
import uuid
from collections.abc import Iterator
from html import unescape

import pytest
from PIL import Image

from accounts.models import User
from generations.models import Job
from tests.api.calls import HTTP, completed, submit
from tests.conftest import Customer
from tests.visitor import Visitor, act
from wallet.apps import TRIAL_IMAGES

HOSTILE = "<img src=x onerror=alert(1)> \"quoted\" & 'single'"


@pytest.fixture
def clerk(site: str, staff: User) -> Iterator[Visitor]:
    """Staff who may do everything, signed in."""
    with Visitor(site) as visitor:
        visitor.sign_in(staff.email)
        yield visitor


def with_image(site: str, customer: Customer, prompt: str) -> str:
    """A completed job's id."""
    job_id = str(submit(site, customer, prompt=prompt).json()["job_id"])
    completed(job_id, f"{uuid.uuid4().hex}.png")
    return job_id


def test_prices_come_from_the_catalogue(site: str) -> None:
    page = HTTP.get(site).text
    cards = re.findall(r'<div class="card price(.*?)<p class="muted">', page, re.DOTALL)
    (today,) = [card for card in cards if "<h3>1K</h3>" in card]
    (later,) = [card for card in cards if "<h3>2K</h3>" in card]
    assert ("$0.03" in today, "Coming soon" in today) == (True, False)
    assert ("$0.05" in later, "Coming soon" in later) == (True, True)
    assert f"Start with {TRIAL_IMAGES} free images" in page


def test_the_first_request_has_this_address(site: str) -> None:
    page = unescape(re.sub(r"<[^>]+>", "", HTTP.get(site).text))
    assert f"curl {site}/api/v1/image" in page
    assert page.count(f'"{site}/api/v1"') == 2


def test_staff_choose_the_pictures(site: str, clerk: Visitor, alice: Customer) -> None:
    assert "built-in demo engine" in HTTP.get(site).text
    first, second = with_image(site, alice, HOSTILE), with_image(site, alice, "A calm sea")
    act(clerk, "generations/job", "feature", first)
    # A customer's prompt is nobody's to show.
    assert "built-in demo engine" in HTTP.get(site).text
    User.objects.filter(pk=alice.user.pk).update(is_staff=True)
    waiting = submit(site, alice, prompt="Not there yet").json()["job_id"]
    for job_id in (first, second, waiting):
        act(clerk, "generations/job", "feature", job_id)
    page = HTTP.get(site).text
    # The latest choice is the large one.
    images = re.findall(r'<img src="(/thumbnails/[^"]+)"', page)
    assert images == [Job.objects.get(pk=pk).thumbnail_path for pk in (second, first)]
    assert "built-in demo engine" not in page
    assert "Not there yet" not in page
    assert "<img src=x" not in page
    assert HOSTILE in unescape(page)

    act(clerk, "generations/job", "withdraw", first)
    assert HOSTILE not in unescape(HTTP.get(site).text)
    Job.objects.filter(pk=second).update(image_deleted_at="2025-01-15T10:23:44Z")
    assert "built-in demo engine" in HTTP.get(site).text
    act(clerk, "generations/job", "withdraw", second)


def test_what_is_shown_where_the_address_is_shared(site: str) -> None:
    for path in ("/", "/docs"):
        page = HTTP.get(site + path).text
        tags = dict(re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)"', page))
        assert tags["og:url"] == site + path
        assert 50 < len(tags["description"]) < 170
        assert tags["og:title"]
        card = HTTP.get(tags["og:image"])
        assert card.headers["Content-Type"] == "image/png"
        assert Image.open(io.BytesIO(card.content)).size == (1200, 630)


def test_robots(site: str) -> None:
    answer = HTTP.get(f"{site}/robots.txt")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.text.startswith("User-agent: *\n")
    assert "Disallow: /admin/\n" in answer.text


def test_an_address_without_a_page(site: str) -> None:
    answer = HTTP.get(f"{site}/nowhere")
    assert answer.status_code == 404
    assert "Nothing lives at this depth." in answer.text
    assert 'href="/docs"' in answer.text


def test_the_first_visit_is_light(site: str) -> None:
    """At most 150 KB compressed, without images: the page and all that it asks for."""
    for path in ("/", "/docs"):
        page = HTTP.get(site + path, headers={"Accept-Encoding": "gzip"})
        size = int(page.headers["Content-Length"])
        for address in set(
            re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js|woff2))"', page.text)
        ):
            file = HTTP.get(site + address, headers={"Accept-Encoding": "gzip"})
            size += int(file.headers["Content-Length"])
        assert size < 150_000, path
