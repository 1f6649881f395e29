"""Many jobs in flight: a provider that takes long for each image, and one process that waits.

The provider says when each image was done; from then on it is ours to notice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import httpx

from generations.models import Job, Runner
from tests.bench import contestants, customers, load, meter, table
from tests.bench.contestants import Contestant
from tests.bench.providers import SECRET
from tests.generations.engines.servers.replicate import MODEL

VARIANT = "flight"
# The runner asks every two seconds. Images that all took 60 s would all be asked for at the same
# point of that time, so a quarter of them take half a second longer, and so on.
LATENESS_SECONDS = (0.0, 0.5, 1.0, 1.5)
TARGET_NOTICED_P95_MS = 2500
TARGET_CPU_PERCENT = 60
TARGET_MEMORY_MB = 300

Span = tuple[datetime, datetime]
# The processor in percent of a core, and the memory's peak in megabytes.
Usage = tuple[float, float]


@dataclass(frozen=True)
class Plan:
    """So many jobs at a provider that takes so long for each."""

    jobs: int
    seconds: float


FULL = Plan(jobs=1000, seconds=60)
QUICK = Plan(jobs=100, seconds=4)
# The same would take it hours.
PLAIN_FULL = Plan(jobs=12, seconds=4)
PLAIN_QUICK = Plan(jobs=4, seconds=1)


@dataclass(frozen=True)
class Flight:
    """What was seen. `noticed` and `charged` are seconds since the provider was done."""

    plan: Plan
    seconds: float
    in_flight_most: int
    noticed: list[float]
    charged: list[float]
    usage: Usage | None


def measure(contestant: Contestant, is_quick: bool) -> Flight:
    """Submits the jobs and waits for the last. Raises RuntimeError unless all are made."""
    plan = QUICK if is_quick else FULL
    if contestant.is_plain:
        plan = PLAIN_QUICK if is_quick else PLAIN_FULL
    seconds = [plan.seconds + late_seconds for late_seconds in LATENESS_SECONDS]
    with contestant.processes.providers("replicate", *seconds) as origins:
        variants = [f"{VARIANT}-{number}" for number in range(len(origins))]
        for variant, origin in zip(variants, origins, strict=True):
            customers.offer(variant, "replicate", plan.jobs, base_url=f"{origin}/v1", model=MODEL)
        # Plain django-q2 spreads its few jobs over several processes.
        is_metered = meter.WORKS_HERE and not contestant.is_plain
        runner = meter.Meter(Runner.alive().get().pid) if is_metered else None
        load.send(contestant.port, customers.shares(contestant.people, plan.jobs, *variants))
        contestants.wait_until_completed(VARIANT)
        usage = (runner.cpu_percent, runner.memory_peak_mb) if runner else None
        made = {id: span for origin in origins for id, span in _predictions(origin)}
    return _seen(plan, made, usage)


def _seen(plan: Plan, made: dict[str, Span], usage: Usage | None) -> Flight:
    jobs = list(Job.objects.filter(model__variant__startswith=VARIANT))
    first = min(job.created_at for job in jobs)
    return Flight(
        plan=plan,
        seconds=(max(_ended(job) for job in jobs) - first).total_seconds(),
        in_flight_most=_most_at_once(
            [(made[job.engine_reference][0], _ended(job)) for job in jobs]
        ),
        noticed=[_after(made[job.engine_reference], job.engine_finished_at) for job in jobs],
        charged=[_after(made[job.engine_reference], job.finished_at) for job in jobs],
        usage=usage,
    )


def _predictions(origin: str) -> Iterator[tuple[str, Span]]:
    """When each was begun and done, by the provider's own list."""
    url: str | None = f"{origin}/v1/predictions"
    with httpx.Client(headers={"Authorization": f"Bearer {SECRET}"}, trust_env=False) as client:
        while url:
            page = client.get(url).raise_for_status().json()
            for each in page["results"]:
                begun, done = each["created_at"], each["completed_at"]
                yield each["id"], (datetime.fromisoformat(begun), datetime.fromisoformat(done))
            url = page["next"]


def _ended(job: Job) -> datetime:
    assert job.finished_at
    return job.finished_at


def _after(made: Span, moment: datetime | None) -> float:
    assert moment
    return (moment - made[1]).total_seconds()


def _most_at_once(spans: list[Span]) -> int:
    changes = [(begun, 1) for begun, _ in spans] + [(ended, -1) for _, ended in spans]
    now = most = 0
    for _, change in sorted(changes):
        now += change
        most = max(most, now)
    return most


def rows(own: Flight, plain: Flight) -> list[str]:
    """The table's lines."""
    both = (own, plain)
    asked = [f"{each.plan.jobs} of {each.plan.seconds:.0f}+ s" for each in both]
    most = [str(each.in_flight_most) for each in both]
    all_fly = table.mark(own.in_flight_most >= own.plan.jobs)
    noticed = table.mark(table.percentiles_ms(own.noticed)[1] <= TARGET_NOTICED_P95_MS)
    return [
        table.row("Jobs at a slow provider", *asked),
        table.row("  in flight at once", *most, "", f"{own.plan.jobs}{all_fly}"),
        table.row("  all stored and charged in", *[f"{each.seconds:.1f} s" for each in both]),
        table.row(f"  {asked[0]} at that pace", "", f"{_hours(own.plan, plain):.2f} h, computed"),
        table.row(
            "  noticed after, p50 / p95",
            *[table.pair_ms(each.noticed) for each in both],
            "",
            f"- / {TARGET_NOTICED_P95_MS} ms{noticed}",
        ),
        table.row("  charged after, p50 / p95", *[table.pair_ms(each.charged) for each in both]),
        *(_usage(*own.usage) if own.usage else ()),
    ]


def _hours(plan: Plan, plain: Flight) -> float:
    """How long plain django-q2 takes for that plan, with what it needed beside each wait."""
    rounds = plain.plan.jobs / plain.in_flight_most
    beside_seconds = plain.seconds / rounds - plain.plan.seconds
    return plan.jobs / plain.in_flight_most * (plan.seconds + beside_seconds) / 3600


def _usage(cpu_percent: float, memory_mb: float) -> list[str]:
    idle = table.mark(cpu_percent < TARGET_CPU_PERCENT)
    small = table.mark(memory_mb < TARGET_MEMORY_MB)
    processor, memory = f"{cpu_percent:.0f} % of a core", f"{memory_mb:.0f} MB"
    return [
        table.row("  the runner's processor", processor, "", "", f"{TARGET_CPU_PERCENT} %{idle}"),
        table.row("  the runner's memory, peak", memory, "", "", f"{TARGET_MEMORY_MB} MB{small}"),
    ]
