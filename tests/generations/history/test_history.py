"""The history shows an account's jobs, newest first, page by page, to its members alone."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from generations import jobs
from generations.models import Job
from keys.models import Key
from tests.accounts.people import HOSTILE, join, sign_in_to
from tests.conftest import Customer
from tests.generations.history.looking import STATEMENTS_MAX, made, many, older, shown, statements
from tests.generations.playground.playing import HTMX, at_page
from tests.generations.sync.ended import failed
from tests.underway import processing, submission
from tests.visitor import Visitor

PAGE = 24


def test_pages_without_scripts_and_with(site: str, alice: Customer) -> None:
    prompts = [f"shark number {number}" for number in range(PAGE + 5)]
    many(alice, prompts)
    with at_page(site, alice) as visitor:
        first = visitor.get("/history")
        assert shown(first) == prompts[: -PAGE - 1 : -1]
        whole = visitor.get(older(first))
        assert shown(whole) == prompts[4::-1]
        assert "<h1>History</h1>" in whole.text
        assert not older(whole)
        part = visitor.http.get(older(first), headers=HTMX)
        assert shown(part) == shown(whole)
        assert "<h1" not in part.text
        # A browser that goes back asks for the page again, and must get all of it.
        restored = visitor.http.get(
            "/history", headers={**HTMX, "HX-History-Restore-Request": "true"}
        )
        assert "<h1>History</h1>" in restored.text
        assert "HX-Request" in restored.headers["Vary"]
        assert shown(visitor.get("/history?before=nonsense")) == shown(first)


def test_both_views_say_the_same(site: str, alice: Customer) -> None:
    made(alice, HOSTILE)
    failed(alice, prompt="one that fails")
    with at_page(site, alice) as visitor:
        gallery, table = visitor.get("/history"), visitor.get("/history?view=table")
        assert shown(gallery) == ["one that fails", HOSTILE]
        assert re.findall(r'class="row__prompt"', table.text) == ['class="row__prompt"'] * 2
        for page in (gallery, table):
            assert "<script>alert" not in page.text
            assert "Not charged" in page.text
        assert "$0.03" in table.text
        assert 'href="/history?view=table" aria-current="true"' in table.text
        assert visitor.get("/history?view=nonsense").status_code == 200


def test_the_filters(site: str, alice: Customer) -> None:
    other_key, _ = Key.create(alice.account, HOSTILE, alice.user)
    long_ago = timezone.now() - timedelta(days=40)
    made(alice, "by laptop")
    made(alice, "by another", key=other_key)
    made(alice, "by hand", key=None)
    made(alice, "starred", starred_at=timezone.now())
    made(alice, "long ago", created_at=long_ago)
    many(alice, ["imported"])
    Job.objects.filter(pk=failed(alice).pk).update(prompt="failed")
    jobs.submit(submission(alice, prompt="waiting"))
    others = {"by laptop", "by another", "by hand", "starred", "long ago", "imported"}
    day = long_ago.date().isoformat()
    expected = {
        "status=completed": others,
        "status=failed": {"failed"},
        "status=running": {"waiting"},
        f"source={alice.key.pk}": {"by laptop", "starred", "long ago", "failed", "waiting"},
        f"source={other_key.pk}": {"by another"},
        f"source={other_key.pk}&status=failed": set(),
        "source=playground": {"by hand"},
        "source=imported": {"imported"},
        "starred=on": {"starred"},
        f"starred=on&status=completed&source={alice.key.pk}": {"starred"},
        "variant=tiny&status=failed": {"failed"},
        "variant=nonsense": set(),
        f"until={day}": {"long ago"},
        f"since={day}&until={day}&q=long": {"long ago"},
        f"since={timezone.now().date() + timedelta(days=2)}": set(),
        "since=0001-01-01&until=9999-12-31": {*others, "failed", "waiting"},
        # What cannot be read is not applied.
        f"status=nonsense&source=x&since=x&until={day[:7]}": {*others, "failed", "waiting"},
    }
    with at_page(site, alice) as visitor:
        found = {query: set(shown(visitor.get(f"/history?{query}"))) for query in expected}
        assert found == expected
        page = visitor.get(f"/history?source={other_key.pk}&view=table")
        assert f'<option value="{other_key.pk}" selected>' in page.text
        assert "<script>alert" not in page.text
        nothing = visitor.get("/history?variant=nonsense")
        assert "Nothing matches" in nothing.text
        wrong = visitor.get("/history?since=2026-02-02&until=2026-02-01&status=x")
        assert "This is before the first day." in wrong.text
        part = visitor.http.get("/history?q=&status=failed&source=", headers=HTMX)
        assert part.headers["HX-Push-Url"] == "/history?status=failed"
        assert shown(part) == ["failed"]
        assert '<form id="filters"' not in part.text


def test_nothing_yet(site: str, bob: Customer, alice: Customer) -> None:
    made(alice)
    with at_page(site, bob) as visitor:
        page = visitor.get("/history")
        assert "No images yet" in page.text
        assert 'id="filters"' not in page.text
        assert shown(page) == []
        # Another's token filters nothing out of one's own, and shows nothing of theirs.
        assert shown(visitor.get(f"/history?source={alice.key.pk}")) == []


def test_what_is_under_way_is_asked_for_together(site: str, alice: Customer, bob: Customer) -> None:
    waiting, running = processing(alice), processing(alice)
    foreign = processing(bob)
    with at_page(site, alice) as visitor:
        page = visitor.get("/history")
        assert page.text.count("data-under-way") == 2 + 1, "one for each, and who includes them"
        assert 'hx-trigger="every 2s"' in page.text
        assert jobs.fail(waiting.pk, "provider", "It failed.", 1)
        query = "&".join(f"id={job.pk}" for job in (waiting, running, foreign))
        for view, tag in (("gallery", "<li"), ("table", "<template> <tr")):
            part = visitor.http.get(f"/history/live?view={view}&{query}&id=x", headers=HTMX).text
            assert f'{tag} id="job-{waiting.pk}"' in " ".join(part.split())
            assert f'<div id="job-{running.pk}-progress"' in part
            assert str(foreign.pk) not in part
            assert 'hx-trigger="every 2s"' in part
            assert 'id="wallet-chip"' in part, "what was reserved is free again"
        assert jobs.cancel(running.pk)
        part = visitor.http.get(f"/history/live?{query}", headers=HTMX).text
        assert "every 2s" not in part


@pytest.mark.parametrize(
    "path", ["/history", "/history?view=table", "/history?q=shark&variant=tiny"]
)
def test_few_statements_however_many_jobs(alice: Customer, path: str) -> None:
    many(alice, ["a shark"] * 2)
    few = statements(alice, path)
    many(alice, ["a shark"] * 30)
    assert statements(alice, path) == few <= STATEMENTS_MAX


def test_viewers_look_and_change_nothing(site: str, alice: Customer, bob: Customer) -> None:
    job = made(alice)
    join(bob, alice, Role.VIEWER)
    with Visitor(site) as visitor:
        sign_in_to(visitor, bob, alice)
        page = visitor.get("/history")
        assert shown(page) == ["a shark"]
        assert "/star" not in page.text
        assert "/history/delete" not in page.text
        assert "Download ZIP" in page.text
        assert visitor.post(f"/jobs/{job.pk}/star", {"starred": "on"}).status_code == 403
        gone = {"job": str(job.pk), "confirmed": "yes"}
        assert visitor.post("/history/delete", gone).status_code == 403
        assert visitor.get(f"/history/delete?job={job.pk}").status_code == 403
        assert visitor.get(f"/jobs/{job.pk}").status_code == 200
    job.refresh_from_db()
    assert (job.starred_at, job.deleted_at) == (None, None)


def test_strangers_are_sent_to_sign_in(site: str, alice: Customer) -> None:
    job = made(alice)
    with Visitor(site) as visitor:
        for path in ("/history", "/history/live", f"/jobs/{job.pk}", f"/jobs/{job.pk}/reference"):
            assert visitor.get(path).headers["location"].startswith("/accounts/login/")
        for path in ("/history/download", "/history/delete", f"/jobs/{job.pk}/star"):
            answer = visitor.post(path, {"job": str(job.pk), "confirmed": "yes"})
            assert answer.headers["location"].startswith("/accounts/login/")
