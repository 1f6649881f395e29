"""/metrics: who may read it, and that Prometheus understands what it says."""

from collections.abc import Iterator

import httpx
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db.models.functions import Now
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families

from generations import jobs, overdue
from generations.models import Job, Runner
from sharkweb import environment
from tests.conftest import Customer, process_environment, served
from tests.underway import processing, submission

TOKEN = "metrics-Qx8vN3mQ1zX6cB4kL9jH7gF5dS2aW0eRtYuIoP"
RIGHT = {"Authorization": f"Bearer {TOKEN}"}
Labels = frozenset[tuple[str, str]]


@pytest.fixture(scope="module")
def watched(database: None) -> Iterator[str]:
    """A site whose figures may be read with the token."""
    with served({**process_environment(), "SHARKAPI_METRICS_TOKEN": TOKEN}) as address:
        yield address


def families(site: str) -> list[Metric]:
    answer = httpx.get(f"{site}/metrics", headers=RIGHT)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "no-store" in answer.headers["Cache-Control"]
    return list(text_string_to_metric_families(answer.text))


def figures(site: str) -> dict[tuple[str, Labels], float]:
    return {
        (sample.name.removeprefix("sharkapi_"), frozenset(sample.labels.items())): sample.value
        for family in families(site)
        for sample in family.samples
    }


def named(name: str, **labels: str) -> tuple[str, Labels]:
    return name, frozenset(labels.items())


def test_without_a_token_in_the_settings_there_is_no_such_address(site: str) -> None:
    assert httpx.get(f"{site}/metrics").status_code == 404
    assert httpx.get(f"{site}/metrics", headers=RIGHT).status_code == 404


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": TOKEN},
        {"Authorization": f"Bearer {TOKEN[:-1]}"},
        {"Authorization": f"Bearer {TOKEN}x"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": "Bearer caf\xe9".encode("latin-1")},
        {"X-API-Key": TOKEN},
    ],
    ids=str,
)
def test_only_the_right_token_opens(watched: str, sent: dict[str, str]) -> None:
    answer = httpx.get(f"{watched}/metrics", headers=sent)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "sharkapi_" not in answer.text


def test_an_api_token_does_not_open(watched: str, alice: Customer) -> None:
    sent = {"Authorization": f"Bearer {alice.token}"}
    assert httpx.get(f"{watched}/metrics", headers=sent).status_code == 401


def test_nothing_can_be_sent_to_it(watched: str) -> None:
    assert httpx.post(f"{watched}/metrics", headers=RIGHT).status_code in (403, 405)


def test_prometheus_understands_it(watched: str, alice: Customer) -> None:
    jobs.submit(submission(alice))
    job = processing(alice)
    assert jobs.complete(job, f"{job.pk}.png")
    # A name may hold anything.
    runner = Runner.objects.create(host='a "quoted"\\ host\n', pid=1)
    try:
        found = families(watched)
    finally:
        runner.delete()
    series = [
        (sample.name, frozenset(sample.labels.items()))
        for family in found
        for sample in family.samples
    ]
    assert len(series) > 20
    assert len(series) == len(set(series))
    for family in found:
        assert family.name.startswith("sharkapi_")
        assert family.documentation.endswith(".")
        # Nothing here only ever grows.
        assert family.type == "gauge"
        # Durations are in seconds, the base unit.
        assert not family.name.endswith(("_ms", "_minutes"))
    age = named("runner_heartbeat_age_seconds", host=runner.host, pid="1")
    assert (f"sharkapi_{age[0]}", age[1]) in series


def test_the_figures_follow_the_jobs(watched: str, alice: Customer) -> None:
    before = figures(watched)
    ids = [jobs.submit(submission(alice)).id for _ in range(3)]
    Job.objects.filter(pk=ids[0]).update(status="processing", deadline_at=Now())
    assert jobs.fail(ids[1], "provider", "no")
    done = processing(alice)
    assert jobs.complete(done, f"{done.pk}.png")
    after = figures(watched)

    def grown(name: str, **labels: str) -> float:
        return after[named(name, **labels)] - before.get(named(name, **labels), 0)

    assert grown("queue_depth", variant="tiny") == 1
    assert grown("jobs_in_flight", engine="demo") == 1
    assert grown("jobs_overdue") == 1
    assert grown("jobs_open") == grown("holds_held") == 2
    assert after[named("holds_unmatched")] == 0
    assert grown("completions_last_hour", engine="demo") == 1
    assert grown("failures_last_hour", engine="demo", kind="provider") == 1
    assert grown("failures_last_hour", engine="demo", kind="moderated") == 0
    assert after[named("counted_seconds")] == 3600
    assert after[named("oldest_queued_seconds")] > 0
    p50, p95 = (
        after[named("phase_seconds", phase="total", quantile=quantile)]
        for quantile in ("0.5", "0.95")
    )
    assert 0 < p50 <= p95
    overdue.fail()


def test_a_runner_is_seen_until_it_is_gone(watched: str) -> None:
    before = figures(watched)[named("runners_alive")]
    runner = Runner.objects.create(host="here", pid=4711, in_flight=3)
    after = figures(watched)
    assert after[named("runners_alive")] == before + 1
    assert after[named("runner_jobs_in_flight", host="here", pid="4711")] == 3
    assert 0 <= after[named("runner_heartbeat_age_seconds", host="here", pid="4711")] < 5
    runner.delete()
    after = figures(watched)
    assert after[named("runners_alive")] == before
    assert named("runner_jobs_in_flight", host="here", pid="4711") not in after


@pytest.mark.parametrize("token", ["short", "a" * 60, "changeme" * 10])
def test_a_weak_token_does_not_start(token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHARKAPI_METRICS_TOKEN", token)
    with pytest.raises(ImproperlyConfigured, match="SHARKAPI_METRICS_TOKEN looks like"):
        environment.optional_secret("SHARKAPI_METRICS_TOKEN")
    monkeypatch.setenv("SHARKAPI_METRICS_TOKEN", " ")
    assert environment.optional_secret("SHARKAPI_METRICS_TOKEN") == ""
