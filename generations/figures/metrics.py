"""GET /metrics: the operator's figures for Prometheus, for who knows the token.

All of it is read from the database, so any one web process answers for the whole deployment. The
figures themselves are `figures/`'s.
"""

import hmac
from collections.abc import Iterator, Sequence

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from generations import figures
from generations.figures import Figures, Process, Spread
from generations.models import Job

PREFIX = "sharkapi"
Sample = tuple[Sequence[str], float]


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """The text exposition format; 404 where no token is set, 401 without the right one."""
    if not settings.METRICS_TOKEN:
        raise Http404
    expected = f"Bearer {settings.METRICS_TOKEN}"
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), expected.encode()):
        return HttpResponse(
            "The token is missing or wrong.\n",
            status=401,
            content_type="text/plain",
            headers={"WWW-Authenticate": 'Bearer realm="metrics"'},
        )
    return HttpResponse(generate_latest(_registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


class _Figures(Collector):
    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = figures.read()
        yield from _of_open_jobs(now)
        yield from _of_offers(now)
        yield from _of_finished_jobs(now)
        yield from _of_durations(now)
        yield from _of_processes("runner", now.runners, now.runners_alive)
        yield from _of_processes("timekeeper", now.timekeepers, now.timekeepers_alive)


_registry = CollectorRegistry()
_registry.register(_Figures())


def _gauge(
    name: str, text: str, samples: Sequence[Sample], labels: Sequence[str] = ()
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"{PREFIX}_{name}", text, labels=labels)
    for values, number in samples:
        family.add_metric(values, number)
    return family


def _of_open_jobs(now: Figures) -> Iterator[GaugeMetricFamily]:
    queued = [([variant], count) for variant, count in now.queued_of_variant.items()]
    in_flight = [([engine], count) for engine, count in now.in_flight_of_engine.items()]
    oldest = [((), now.oldest_queued_seconds)]
    yield _gauge("queue_depth", "Jobs that wait for a runner.", queued, ["variant"])
    yield _gauge("oldest_queued_seconds", "Age of the job that waits longest.", oldest)
    yield _gauge("jobs_in_flight", "Jobs that a runner has.", in_flight, ["engine"])
    yield _gauge("jobs_overdue", "Open jobs past their deadline.", [((), now.overdue)])
    yield _gauge("jobs_open", "Jobs that have not ended.", [((), now.holds.open_jobs)])
    yield _gauge("holds_held", "Amounts reserved.", [((), now.holds.held)])
    unmatched = [((), now.holds.unmatched)]
    yield _gauge("holds_unmatched", "Open jobs without a hold, or holds without.", unmatched)


def _of_offers(now: Figures) -> Iterator[GaugeMetricFamily]:
    labels = ["model", "variant", "engine"]
    named = [([str(each.id), each.variant, each.engine], each) for each in now.offers]
    in_flight = [(values, each.in_flight) for values, each in named]
    room = [(values, each.room) for values, each in named]
    yield _gauge("model_jobs_in_flight", "Jobs in flight by catalogue row.", in_flight, labels)
    yield _gauge("model_room", "How many its runners take at once.", room, labels)


def _of_finished_jobs(now: Figures) -> Iterator[GaugeMetricFamily]:
    completed = [([each.engine], each.completed) for each in now.outcomes]
    failed = [
        ([each.engine, kind], each.failures[kind])
        for each in now.outcomes
        for kind in Job.FailureKind.values
    ]
    text = "over the last hour."
    yield _gauge("completions_last_hour", f"Completed jobs {text}", completed, ["engine"])
    yield _gauge("failures_last_hour", f"Failed jobs {text}", failed, ["engine", "kind"])
    yield _gauge(
        "counted_seconds",
        "How far back completions and failures reach: less than an hour when it is very busy.",
        [((), now.counted_seconds)],
    )


def _of_durations(now: Figures) -> Iterator[GaugeMetricFamily]:
    engines = {each.engine: each.seconds for each in now.outcomes if each.seconds}
    latest = "of the latest completed jobs."
    yield _spreads("phase", f"How long each phase takes, {latest}", now.phases)
    yield _spreads("engine", f"How long each engine takes, {latest}", engines)


def _spreads(label: str, text: str, spreads: dict[str, Spread]) -> GaugeMetricFamily:
    samples = [
        ([name, quantile], seconds)
        for name, spread in spreads.items()
        for quantile, seconds in (("0.5", spread.p50), ("0.95", spread.p95))
    ]
    return _gauge(f"{label}_seconds", text, samples, [label, "quantile"])


def _of_processes(
    kind: str, processes: Sequence[Process], alive: int
) -> Iterator[GaugeMetricFamily]:
    labels = ["host", "pid"]
    named = [([each.host, str(each.pid)], each) for each in processes]
    ages = [(values, each.heartbeat_age_seconds) for values, each in named]
    busy = [(values, each.in_flight) for values, each in named if each.in_flight is not None]
    yield _gauge(f"{kind}s_alive", f"Each {kind} that lives.", [((), alive)])
    text = f"Time since the {kind} last said that it lives."
    yield _gauge(f"{kind}_heartbeat_age_seconds", text, ages, labels)
    if busy:
        yield _gauge(f"{kind}_jobs_in_flight", f"Jobs that the {kind} has.", busy, labels)
