"""The public API's two calls, beside a bare FastAPI that runs the same statements.

Medians of rounds in turn. Both answer from one database, and must answer alike.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec

import httpx

from tests.bench import customers, finished, stage, table
from tests.bench.customers import Customer
from tests.bench.load import Load, Request, drive
from tests.bench.stage import Stage

CONNECTIONS = 16
JOBS = 10_000
LOOKED_UP_JOBS = 600
COMPARED_JOBS = 10
INTRODUCTION = """\
SharkAPI beside a bare FastAPI + asyncpg app that runs the same statements, on one machine and one
database: {database}. granian with 2 workers each, the baseline on {loop}. {connections}
connections of {connections} customers, {jobs:,} finished jobs. Medians of {plan.rounds} rounds of
{plan.round_seconds} s in turn (ABBA); a ratio pairs neighbouring rounds. The load generator shares
the processors."""


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    rounds: int
    round_seconds: float


FULL = Plan(rounds=24, round_seconds=1.0)
QUICK = Plan(rounds=6, round_seconds=0.3)


@dataclass(frozen=True)
class Ports:
    """Where the two that are compared listen."""

    product: int
    baseline: int


@dataclass
class Comparison:
    """The rounds of one call, pair by pair."""

    product: list[Load] = field(default_factory=list)
    baseline: list[Load] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        pairs = zip(self.product, self.baseline, strict=True)
        return sorted(mine.per_second / other.per_second for mine, other in pairs)


def run(scene: Stage, is_quick: bool) -> list[str]:
    """Measures both calls; the table's lines."""
    plan = QUICK if is_quick else FULL
    with scene.database("api") as database:
        people = scene.people[:CONNECTIONS]
        finished.fill(people, JOBS)
        ids = [finished.ids_of(person, LOOKED_UP_JOBS) for person in people]
        with database.processes.site() as product, database.processes.baseline() as baseline:
            ports = Ports(product, baseline)
            lookups = [person.polls(own) for person, own in zip(people, ids, strict=True)]
            check_alike(ports, people, ids)
            polls = compare(ports, lookups, plan)
            submissions = compare(ports, [[person.submission()] for person in people], plan)
        customers.audit()
        introduction = INTRODUCTION.format(
            database=stage.describe(),
            loop="uvloop" if find_spec("uvloop") else "asyncio",
            connections=CONNECTIONS,
            jobs=JOBS,
            plan=plan,
        )
    return [
        *table.paragraph(introduction),
        table.row("", "SharkAPI", "baseline", "ratio (min-max)", "target"),
        *_rows("GET /api/v1/jobs/:id", polls),
        *_rows("POST /api/v1/image", submissions),
    ]


def check_alike(ports: Ports, people: Sequence[Customer], ids: Sequence[Sequence[str]]) -> None:
    """Both must say the same of the same jobs. Raises RuntimeError."""
    # They name the address that was asked for in their answers.
    with httpx.Client(headers={"Host": "localhost"}, trust_env=False) as client:
        for person, own in zip(people, ids, strict=True):
            for job_id in own[:COMPARED_JOBS]:
                path = f"/api/v1/jobs/{job_id}"
                mine, other = (
                    client.get(f"http://127.0.0.1:{port}{path}", headers=person.headers)
                    for port in (ports.product, ports.baseline)
                )
                if mine.status_code != 200 or mine.json() != other.json():
                    raise RuntimeError(f"not alike: {mine.text} and {other.text}")


def compare(ports: Ports, scripts: Sequence[Sequence[Request]], plan: Plan) -> Comparison:
    """Rounds in turn, ABBA, so that whatever else the machine does meets both alike."""
    comparison = Comparison()
    contestants = [(ports.product, comparison.product), (ports.baseline, comparison.baseline)]
    for port, _ in contestants:
        # Connections and prepared statements are made once.
        drive(port, scripts, plan.round_seconds)
    for _ in range(plan.rounds):
        for port, loads in contestants:
            loads.append(drive(port, scripts, plan.round_seconds))
        contestants.reverse()
    return comparison


def _rows(call: str, comparison: Comparison) -> list[str]:
    speeds, latencies = [], []
    for loads in (comparison.product, comparison.baseline):
        speeds.append(f"{statistics.median(load.per_second for load in loads):.0f} req/s")
        latencies.append(table.pair_ms([seconds for load in loads for seconds in load.latencies]))
    is_reached = round(statistics.median(comparison.ratios), 2) >= 1
    return [
        table.row(call, *speeds, table.spread(comparison.ratios), f"1.00{table.mark(is_reached)}"),
        table.row("  p50 / p95", *latencies),
    ]
