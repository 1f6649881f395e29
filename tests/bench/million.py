"""What a million finished jobs cost those who come after: calls and claims, beside a thousand.

Two databases that differ in their finished jobs alone, with a site each, measured in turn. One
account has a tenth of all jobs; it is the one that asks.
"""

import statistics
import time
import uuid
from dataclasses import dataclass

from django.test import Client

from accounts.models import User
from generations import leases
from tests.bench import customers, finished, table, waiting
from tests.bench.customers import Customer
from tests.bench.load import Request, drive, request
from tests.bench.stage import Database, Stage

FEW_JOBS = 1000
ACCOUNTS = 20
LOOKED_UP_JOBS = 2000
QUEUED_JOBS = 5000
CLAIMS_OF_ROUND = 5
JOBS_OF_CLAIM = 10
TARGET_RATIO = 1.2
CLAIM = "a claim"
VARIANT = "waiting"
RUNNER_ID = uuid.uuid4()
INTRODUCTION = """\
The same with {many:,} finished jobs in the table as with {few:,}; the account that asks has a
tenth of them. Medians of the latencies of {plan.rounds} rounds of {plan.round_seconds} s in turn
(ABBA) on one connection; of a claim, its {jobs} jobs together."""


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    many: int
    rounds: int
    round_seconds: float


FULL = Plan(many=1_000_000, rounds=16, round_seconds=0.6)
QUICK = Plan(many=20_000, rounds=4, round_seconds=0.2)


@dataclass(frozen=True)
class Side:
    """One of the two: its database, its site's port, and what is asked of it by name."""

    database: Database
    port: int
    scripts: dict[str, list[Request]]


def run(scene: Stage, is_quick: bool) -> list[str]:
    """Measures all calls; the table's lines."""
    plan = QUICK if is_quick else FULL
    introduction = INTRODUCTION.format(many=plan.many, few=FEW_JOBS, plan=plan, jobs=JOBS_OF_CLAIM)
    with scene.database("many") as many, scene.database("few") as few:
        people = scene.people[:ACCOUNTS]
        scripts = [_fill(many, people, plan.many), _fill(few, people, FEW_JOBS)]
        with many.processes.site() as many_port, few.processes.site() as few_port:
            sides = Side(many, many_port, scripts[0]), Side(few, few_port, scripts[1])
            return [
                *table.paragraph(introduction),
                table.row(
                    "", f"{plan.many:,} jobs", f"{FEW_JOBS:,} jobs", "ratio (min-max)", "target"
                ),
                # Claims come first, while both queues are alike.
                _row(CLAIM, *sides, plan),
                *[_row(name, *sides, plan) for name in scripts[0]],
            ]


def _fill(database: Database, people: list[Customer], jobs: int) -> dict[str, list[Request]]:
    """Fills the database; what the account with a tenth of it asks for."""
    database.use()
    customers.offer(VARIANT)
    finished.fill(people, jobs)
    # The page that is asked for shall be one of images.
    waiting.add(people[1:], VARIANT, 0, QUEUED_JOBS - 1)
    asker = people[0]
    browser = Client()
    browser.force_login(User.objects.get(email=asker.email))
    cookie = {"Cookie": f"sessionid={browser.cookies['sessionid'].value}"}
    return {
        "GET /api/v1/jobs/:id": asker.polls(finished.ids_of(asker, LOOKED_UP_JOBS)),
        "GET /api/v1/jobs": [request("GET", "/api/v1/jobs", asker.headers, 200, '"next_cursor":"')],
        "GET /history": [request("GET", "/history", cookie, 200, "/thumbnails/")],
        "POST /api/v1/image": [asker.submission()],
    }


def _row(name: str, many: Side, few: Side, plan: Plan) -> str:
    medians: dict[int, list[float]] = {many.port: [], few.port: []}
    sides = [many, few]
    for side in sides:
        # Connections and prepared statements are made once.
        _median(name, side, plan)
    for _ in range(plan.rounds):
        for side in sides:
            medians[side.port].append(_median(name, side, plan))
        sides.reverse()
    pairs = zip(medians[many.port], medians[few.port], strict=True)
    ratios = [mine / other for mine, other in pairs]
    costs = [f"{statistics.median(each) * 1000:.2f} ms" for each in medians.values()]
    is_reached = round(statistics.median(ratios), 2) <= TARGET_RATIO
    target = f"{TARGET_RATIO}{table.mark(is_reached)}"
    return table.row(name, *costs, table.spread(ratios), target)


def _median(name: str, side: Side, plan: Plan) -> float:
    if name != CLAIM:
        return drive(side.port, [side.scripts[name]], plan.round_seconds).median_seconds
    side.database.use()
    latencies = []
    for _ in range(CLAIMS_OF_ROUND):
        began = time.perf_counter()
        if len(leases.claim(RUNNER_ID, JOBS_OF_CLAIM, {})) != JOBS_OF_CLAIM:
            raise RuntimeError("the queue is empty")
        latencies.append(time.perf_counter() - began)
    return statistics.median(latencies)
