"""Cards under way: place in line, stage, times and release; how they end, and Cancel."""

import uuid
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from generations import jobs, waiting
from generations.figures import Spread
from generations.models import DEADLINE_SECONDS, CatalogueModel, Job
from generations.templatetags.waits import clock
from tests.conftest import Customer, NewCustomer
from tests.generations.playground.playing import HTMX, arrived, at_page, lane, post, queued, words
from wallet.statement import summary


def live(*found: Job) -> str:
    return "/jobs/live?" + "&".join(f"id={job.pk}" for job in found)


def test_its_place_in_line(site: str, alice: Customer, bob: Customer) -> None:
    model = lane()
    first, second, third = (queued(who, model) for who in (bob, alice, alice))
    queued(alice, lane())
    with at_page(site, alice) as visitor:
        answer = visitor.get(live(second, third))
        assert "Queued, 2nd in line" in words(answer)
        assert "Queued, 3rd in line" in words(answer)
        assert jobs.cancel(first.pk)
        answer = visitor.get(live(second, third))
        assert "Queued, next in line" in words(answer)
        assert "Queued, 2nd in line" in words(answer)
        assert str(first.pk) not in answer.text


def test_far_back_in_line(site: str, alice: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    model = lane()
    monkeypatch.setattr(waiting, "PLACES", waiting.PLACES.replace("1000", "2"))
    found = [queued(alice, model) for _ in range(3)]
    waits = waiting.read(found)
    assert [waits[job.pk].place for job in found] == [1, 2, None]
    assert "LIMIT 2" in waiting.PLACES


STAGES = [
    ({}, "Preparing"),
    ({"engine_started_at"}, "Painting"),
    ({"engine_started_at", "engine_finished_at"}, "Storing"),
]


@pytest.mark.parametrize(("moments", "stage"), STAGES)
def test_its_stage(site: str, alice: Customer, moments: set[str], stage: str) -> None:
    job = queued(alice, lane())
    now = timezone.now()
    values = {"status": "processing", "started_at": now, **dict.fromkeys(moments, now)}
    Job.objects.filter(pk=job.pk).update(**values)
    with at_page(site, alice) as visitor:
        assert stage in words(visitor.get(live(job)))
        assert stage in words(visitor.get("/playground"))


def test_it_says_how_long_and_until_when(alice: Customer, site: str) -> None:
    job = queued(alice, lane())
    back = timedelta(seconds=20)
    Job.objects.filter(pk=job.pk).update(
        created_at=job.created_at - back, deadline_at=job.deadline_at - back
    )
    with at_page(site, alice) as visitor:
        answer = visitor.get(live(job))
    told = {
        name: float(answer.text.split(f'data-clock="{name}" data-seconds="')[1].split('"')[0])
        for name in ("up", "down")
    }
    assert 20 <= told["up"] < 50
    assert told["up"] + told["down"] == pytest.approx(DEADLINE_SECONDS, abs=0.2)
    # The seconds are rounded to a tenth, and may be just above what is written.
    assert any(
        f"$0.03 reserved, released automatically in {left} if nothing" in words(answer)
        for left in (clock(told["down"]), clock(told["down"] - 0.1))
    )


def test_usual_times_are_of_the_model(alice: Customer, monkeypatch: pytest.MonkeyPatch) -> None:
    model, other = lane(), lane()
    monkeypatch.setattr(waiting, "_kept", (-waiting.KEPT_SECONDS, {}))
    for seconds in (4, 8, 12):
        took(arrived(alice, model), seconds)
    for _ in range(2):
        took(arrived(alice, other), 60)
    failed = queued(alice, other)
    jobs.fail(failed.pk, Job.FailureKind.PROVIDER, "out of paint")
    job, without = queued(alice, model), queued(alice, other)
    waits = waiting.read([job, without])
    usual = waits[job.pk].usual
    assert usual
    assert (usual.p50, usual.p95) == (8, 12)
    assert waits[without.pk].usual is None
    # Kept for a while, so that no poll asks for it.
    took(arrived(alice, model), 100)
    assert waiting.read([job])[job.pk].usual == usual


def took(job: Job, seconds: int) -> None:
    assert job.finished_at
    Job.objects.filter(pk=job.pk).update(created_at=job.finished_at - timedelta(seconds=seconds))


def test_the_bar_goes_on_and_never_claims_to_be_done() -> None:
    spread = Spread(10, 30)
    waits = [waiting.Wait("painting", None, elapsed, 0, spread) for elapsed in range(0, 200, 5)]
    fractions = [wait.fraction or 0 for wait in waits]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[2], fractions[6], fractions[-1]) == (0, 0.75, 0.95, 0.95)
    assert [wait.is_late for wait in waits[5:8]] == [False, False, True]


def test_what_ended_says_so_and_what_to_do(site: str, alice: Customer) -> None:
    model = lane()
    done = arrived(alice, model)
    ends = {
        "moderated": "Say it in other words",
        "invalid_reference": "with another reference image",
        "provider": "Run it again",
        "timeout": "Run it again",
        "cancelled": "asked for again at any time",
        "staff": "Support ended it",
    }
    found = {kind: queued(alice, model) for kind in ends}
    for kind, job in found.items():
        jobs.fail(job.pk, kind, f"Why: {kind} <b>.")
    with at_page(site, alice) as visitor:
        answer = visitor.get(live(done, *found.values()))
        for kind, advice in ends.items():
            assert f"Why: {kind} <b>." in words(answer)
            assert advice in words(answer)
        assert answer.text.count("Not charged\n") + words(answer).count("Not charged") >= len(ends)
        assert done.thumbnail_path in answer.text
        assert f'href="/playground?remix={done.pk}"' in answer.text
        assert f'href="/playground?reference={done.pk}"' in answer.text
        assert f'action="/jobs/{done.pk}/again"' in answer.text
        # Nothing is under way, so nothing is asked any more.
        assert "hx-trigger" not in answer.text
        # Beside the form, what the next image costs is told anew.
        assert 'id="order"' not in answer.text
        headers = {**HTMX, "HX-Current-URL": f"{site}/playground?remix=x"}
        assert 'id="order"' in visitor.http.get(live(done), headers=headers).text


def test_cancel(site: str, alice: Customer, bob: Customer) -> None:
    job = queued(alice, lane(), prompt="a mistake")
    assert summary(alice.account).held_micros == 30_000
    with at_page(site, bob) as visitor:
        assert post(visitor, f"/jobs/{job.pk}/cancel").status_code == 404
        assert post(visitor, f"/jobs/{uuid.uuid4()}/cancel").status_code == 404
    with at_page(site, alice) as visitor:
        answer = post(visitor, f"/jobs/{job.pk}/cancel")
        assert answer.status_code == 200
        assert "Cancelled Not charged" in words(answer)
        assert "Cancelled, not charged: a mistake" in words(answer)
        assert summary(alice.account).held_micros == 0
        # Whatever became of it: too late is no error.
        done = arrived(alice, lane())
        answer = post(visitor, f"/jobs/{done.pk}/cancel")
        assert "Completed $0.03" in words(answer)
        # Elsewhere there is no such card.
        answer = post(visitor, f"/jobs/{done.pk}/cancel", at=f"/jobs/{done.pk}")
        assert answer.headers["HX-Refresh"] == "true"
        answer = visitor.post(f"/jobs/{done.pk}/cancel")
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/jobs/{done.pk}")
        assert visitor.get(f"/jobs/{done.pk}/cancel").status_code == 405
    assert summary(alice.account).balance_micros == 9_970_000


def test_a_free_image_is_called_one(site: str, new_customer: NewCustomer) -> None:
    newcomer = new_customer("newcomer", trials=1)
    model = CatalogueModel.offered("tiny")
    assert model
    job = queued(newcomer, model)
    with at_page(site, newcomer) as visitor:
        assert "Free image, released automatically in 2:" in words(visitor.get(live(job)))


def test_the_release_does_not_wait_for_a_worker(site: str, alice: Customer) -> None:
    model = lane()
    late, other = queued(alice, model), queued(alice, model)
    Job.objects.filter(pk=late.pk).update(deadline_at=Now())
    with at_page(site, alice) as visitor:
        answer = visitor.get(live(late, other))
        assert jobs.TIMED_OUT in words(answer)
        assert words(answer).count("Not charged") == 1
    assert summary(alice.account).held_micros == 30_000
