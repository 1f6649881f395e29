"""A job's page tells all there is to know of one image, its money first, to its account alone."""

from datetime import timedelta

import httpx
from django.utils import timezone

from generations import files, jobs
from generations.models import Job
from tests.accounts.people import HOSTILE
from tests.conftest import Customer, NewCustomer
from tests.generations.history.looking import (
    STATEMENTS_MAX,
    made,
    many,
    picture,
    statements,
)
from tests.generations.playground.playing import HTMX, at_page, post, words
from tests.generations.sync.ended import failed
from tests.underway import processing
from tests.visitor import Visitor

GONE = "/jobs/00000000-0000-0000-0000-000000000000"


def test_a_charged_image(site: str, alice: Customer) -> None:
    job = made(alice, HOSTILE, idempotency_key=HOSTILE, attempts=2)
    assert job.hold
    with at_page(site, alice) as visitor:
        page = visitor.get(f"/jobs/{job.pk}")
        text = words(page)
        assert "$0.03 was charged when the image arrived, and nothing else." in text
        assert f"Reserved H-{job.hold.pk}" in text
        assert f"Charged T-{job.hold.transfer_id}" in text
        for step in ("Queued", "Started", "Stored and charged", "2 attempts"):
            assert step in text
        for fact in ("TINY · 64 × 64", "laptop", alice.key.shown, str(job.pk), job.image_path):
            assert fact in text
        assert HOSTILE in text
        assert "<script>alert" not in page.text
        assert f'src="{job.image_path}"' in page.text
        assert f'href="/playground?remix={job.pk}"' in page.text
        assert "every 2s" not in page.text


def test_a_free_image(site: str, new_customer: NewCustomer) -> None:
    customer = new_customer(trials=1)
    job = made(customer)
    assert job.hold
    with at_page(site, customer) as visitor:
        text = words(visitor.get(f"/jobs/{job.pk}"))
        assert "1 free image was used when the image arrived. No money was charged." in text
        assert "−1 free image" in text
        assert f"Free image used T-{job.hold.transfer_id}" in text
        assert "Charged" not in text
        assert "Stored, paid with a free image" in text


def test_a_failed_one(site: str, alice: Customer) -> None:
    job = failed(alice)
    with at_page(site, alice) as visitor:
        text = words(visitor.get(f"/jobs/{job.pk}"))
        assert "It failed." in text
        assert "$0.03 was reserved and released again: you were not charged." in text
        assert "Failed, not charged" in text
        assert f"Released H-{job.hold_id}" in text
        assert "Charged T-" not in text


def test_an_imported_one_without_a_hold(site: str, alice: Customer) -> None:
    (job,) = many(alice, ["from elsewhere"])
    with at_page(site, alice) as visitor:
        text = words(visitor.get(f"/jobs/{job.pk}"))
        assert "it cost nothing here" in text
        assert "Imported, free" in text


def test_an_image_that_is_not_kept_any_more(site: str, alice: Customer) -> None:
    job = made(alice, image_deleted_at=timezone.now())
    with at_page(site, alice) as visitor:
        page = visitor.get(f"/jobs/{job.pk}")
        assert "This image was deleted." in page.text
        assert job.image_name not in page.text
        assert "$0.03 was charged" in page.text


def test_live_until_it_ends(site: str, alice: Customer) -> None:
    job = processing(alice)
    with at_page(site, alice) as visitor:
        page = visitor.get(f"/jobs/{job.pk}")
        assert f'hx-get="/jobs/{job.pk}/live" hx-trigger="every 2s"' in page.text
        assert "$0.03 is reserved." in page.text
        part = visitor.http.get(f"/jobs/{job.pk}/live", headers=HTMX).text
        assert f'<div id="job-{job.pk}-progress" class="job__progress" hx-swap-oob' in part
        assert '<section id="timeline"' in part
        assert '<article id="job"' not in part
        assert jobs.complete(job, files.save_result(picture()))
        part = visitor.http.get(f"/jobs/{job.pk}/live", headers=HTMX).text
        assert '<article id="job" class="sheet" hx-swap-oob="true">' in part
        assert "every 2s" not in part
        assert 'id="wallet-chip"' in part


def test_newer_and_older(site: str, alice: Customer, bob: Customer) -> None:
    oldest, deleted, middle, newest = many(alice, ["1", "2", "3", "4"])
    many(bob, ["5"])
    Job.objects.filter(pk=deleted.pk).update(deleted_at=timezone.now())
    with at_page(site, alice) as visitor:
        page = visitor.get(f"/jobs/{middle.pk}").text
        assert f'href="/jobs/{newest.pk}" rel="prev"' in page
        assert f'href="/jobs/{oldest.pk}" rel="next"' in page
        assert 'rel="prev"' not in visitor.get(f"/jobs/{newest.pk}").text
        assert 'rel="next"' not in visitor.get(f"/jobs/{oldest.pk}").text


def test_a_reference_image_is_its_accounts_own(site: str, alice: Customer, bob: Customer) -> None:
    data = picture(16)
    job = made(alice, input_name=files.save_input(data, "png"))
    bare = made(alice, input_url="https://example.com/a.png?x=<script>")
    with at_page(site, alice) as visitor:
        page = visitor.get(f"/jobs/{job.pk}")
        assert f'src="/jobs/{job.pk}/reference"' in page.text
        answer = visitor.get(f"/jobs/{job.pk}/reference")
        assert answer.content == data
        assert answer.headers["Content-Type"] == "image/png"
        assert answer.headers["Cache-Control"].startswith("private")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        page = visitor.get(f"/jobs/{bare.pk}")
        assert "x=&lt;script&gt;" in page.text
        assert visitor.get(f"/jobs/{bare.pk}/reference").status_code == 404
    with at_page(site, bob) as visitor:
        assert visitor.get(f"/jobs/{job.pk}/reference").status_code == 404
        assert visitor.get(f"/jobs/{job.pk}").status_code == 404
        assert visitor.get(f"/jobs/{job.pk}/live").status_code == 404
        assert visitor.post(f"/jobs/{job.pk}/star", {"starred": "on"}).status_code == 404
        assert visitor.get(GONE).status_code == 404
    assert httpx.get(f"{site}/jobs/{job.pk}/reference").status_code == 302


def test_a_star_with_scripts_and_without(site: str, alice: Customer) -> None:
    job = made(alice)
    with at_page(site, alice) as visitor:
        path, back = f"/jobs/{job.pk}/star", "/history?q=shark&view=table"
        answer = visitor.post(path, {"starred": "on", "back": back})
        assert answer.headers["location"] == back
        assert 'aria-pressed="true"' in visitor.get("/history").text
        button = post(visitor, path, {"starred": ""})
        assert button.text.count("<button") == 1
        assert 'aria-pressed="false"' in button.text
        for foreign in ("//example.com/history", "https://example.com/history", "/wallet", ""):
            answer = visitor.post(path, {"starred": "on", "back": foreign})
            assert answer.headers["location"] == f"/jobs/{job.pk}"
    job.refresh_from_db()
    assert job.starred_at
    assert timezone.now() - job.starred_at < timedelta(minutes=1)


def test_few_statements(alice: Customer) -> None:
    assert statements(alice, f"/jobs/{made(alice).pk}") <= STATEMENTS_MAX
    assert statements(alice, f"/jobs/{processing(alice).pk}") <= STATEMENTS_MAX


def test_who_is_not_signed_in(site: str, alice: Customer) -> None:
    with Visitor(site) as visitor:
        assert visitor.get(f"/jobs/{made(alice).pk}").status_code == 302
