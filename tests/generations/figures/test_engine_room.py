"""The staff's page of the engine room: what it shows, and to whom."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import Permission
from django.db.models.functions import Now

from accounts.models import User
from generations import jobs
from generations.models import Job, Runner, Timekeeper
from generations.templatetags.durations import duration, percent
from tests.conftest import Customer, NewCustomer
from tests.underway import submission
from tests.visitor import Visitor

PATH = "/admin/generations/job/engine-room/"


@pytest.fixture
def clerk(site: str, staff: User) -> Iterator[Visitor]:
    """Staff who may do everything, signed in."""
    with Visitor(site) as visitor:
        visitor.sign_in(staff.email)
        yield visitor


def text(visitor: Visitor, path: str = PATH) -> str:
    """The words of the page, one blank between them."""
    page = visitor.get(path)
    assert page.status_code == 200
    main = page.text.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def test_it_shows_the_figures(clerk: Visitor, alice: Customer) -> None:
    ids = [jobs.submit(submission(alice, "a very private shark")).id for _ in range(3)]
    Job.objects.filter(pk=ids[0]).update(created_at=Now() - timedelta(days=4000, hours=3))
    assert jobs.fail(ids[1], "moderated", "no")
    words = text(clerk)
    waiting = Job.objects.filter(status="queued").count()
    assert f"Waiting {waiting} oldest 4000 d 3 h" in words
    assert "Amounts held" in words
    assert "as many as open jobs" in words
    assert re.search(r"tiny demo \d+ 4000 d 3 h", words)
    assert re.search(r"p95 demo ", words)
    assert "private" not in words
    assert alice.user.email not in words


def test_who_is_silent_is_seen(clerk: Visitor) -> None:
    for kind in (Runner, Timekeeper):
        # Those of earlier tests that were killed.
        kind.objects.all().delete()
    assert "No runner has said that it lives: jobs wait." in text(clerk)
    alive = Runner.objects.create(host="host-alive", pid=4711, in_flight=1500)
    late = Now() - timedelta(seconds=70)
    silent = Timekeeper.objects.create(id=alive.pk, host="host-silent", pid=1, heartbeat_at=late)
    try:
        words = text(clerk)
    finally:
        alive.delete()
        silent.delete()
    assert "1 runner alive" in words
    assert "0 timekeepers alive" in words
    assert re.search(r"host-alive 4711 1,500 \d\.\d\d s 20", words)
    assert re.search(r"host-silent 1 silent 1 min 1\d s 20", words)


def test_it_asks_again_unless_stopped(clerk: Visitor) -> None:
    moving = clerk.get(PATH).text
    assert f'hx-get="{PATH}"' in moving
    # What it asks htmx to replace must be there to be replaced.
    replaced = re.search(r'hx-select-oob="([^"]+)"', moving)
    assert replaced
    for name in replaced[1].split(","):
        assert moving.count(f'id="{name[1:]}"') == 1, name
    stopped = clerk.get(f"{PATH}?paused").text
    assert "hx-get" not in stopped
    assert "htmx" not in stopped


def test_it_is_for_who_may_see_jobs(site: str, new_customer: NewCustomer) -> None:
    clerk = new_customer("clerk")
    with Visitor(site) as visitor:
        assert visitor.get(PATH).status_code == 302
        visitor.sign_in(clerk.user.email)
        assert visitor.get(PATH).status_code == 302
        User.objects.filter(pk=clerk.user.pk).update(is_staff=True)
        assert visitor.get(PATH).status_code == 403
        assert PATH not in visitor.get("/admin/").text
        clerk.user.user_permissions.set(Permission.objects.filter(codename="view_job"))
        page = visitor.get(PATH)
        assert page.status_code == 200
        # Not to where they may not go.
        assert "cataloguemodel" not in page.text
        assert PATH in visitor.get("/admin/").text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0.00 s"),
        (0.004, "0.00 s"),
        (9.994, "9.99 s"),
        (9.996, "10.0 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 0 s"),
        (185.4, "3 min 5 s"),
        (3599.6, "1 h 0 min"),
        (7_500, "2 h 5 min"),
        (90_000, "1 d 1 h"),
    ],
)
def test_durations_read_well(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_percentages_read_well() -> None:
    assert [percent(part) for part in (0, 0.0004, 0.0217, 1)] == [
        "0.0 %",
        "0.0 %",
        "2.2 %",
        "100.0 %",
    ]
