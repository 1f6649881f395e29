"""What a claim costs per job, with a long queue and with a short one.

Two databases that differ in the queue's length alone, measured in turn. A round claims in
batches, as a runner does while its jobs end, then the queue is filled up again: what was claimed
stays in the index as a dead entry until PostgreSQL cleans it up.
"""

import statistics
import time
import uuid
from dataclasses import dataclass, field

from generations import leases
from tests.bench import customers, finished, table, waiting
from tests.bench.customers import Customer
from tests.bench.stage import Database, Stage

LONG_JOBS = 10_000
SHORT_JOBS = 100
CLAIMS_OF_ROUND = 5
# Accounts whose jobs wait, and jobs that one claim takes.
CASES = ((1, 10), (10, 10), (100, 10), (10, 1))
TARGET_RATIO = 1.0
# Two runs of the same differ by as much on a busy machine.
NOISE_RATIO = 0.1
INTRODUCTION = """\
The runner's claim of queued jobs, microseconds per job with the commit, beside {plan.finished:,}
finished jobs: medians of {plan.rounds} rounds of {claims} claims in turn (ABBA), fair turns between
the accounts, dead entries left behind as they come."""


VARIANT = "waiting"
RUNNER_ID = uuid.uuid4()


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    finished: int
    rounds: int


FULL = Plan(finished=50_000, rounds=30)
QUICK = Plan(finished=5_000, rounds=6)


@dataclass
class Queue:
    """A database's queue, and how many seconds per job its claims took, round by round."""

    database: Database
    jobs: int
    all_people: list[Customer]
    people: list[Customer] = field(default_factory=list)
    added: int = 0
    per_job: list[float] = field(default_factory=list)

    def begin(self, accounts: int) -> None:
        """The queue anew, of jobs of so many accounts."""
        self.database.use()
        waiting.remove_all()
        self.people = self.all_people[:accounts]
        self.added, self.per_job = 0, []
        self.add(self.jobs)

    def add(self, count: int) -> None:
        """That many jobs more."""
        waiting.add(self.people, VARIANT, self.added, self.added + count - 1)
        self.added += count

    def measure(self, batch: int) -> None:
        """Claims in batches and fills up again. Raises RuntimeError."""
        self.database.use()
        began = time.perf_counter()
        for _ in range(CLAIMS_OF_ROUND):
            claimed = leases.claim(RUNNER_ID, batch, {})
            if len(claimed) != batch:
                raise RuntimeError(f"{len(claimed)} jobs claimed instead of {batch}")
        self.per_job.append((time.perf_counter() - began) / CLAIMS_OF_ROUND / batch)
        self.add(CLAIMS_OF_ROUND * batch)


def run(scene: Stage, is_quick: bool) -> list[str]:
    """Measures all cases; the table's lines."""
    plan = QUICK if is_quick else FULL
    introduction = INTRODUCTION.format(plan=plan, claims=CLAIMS_OF_ROUND)
    titles = (f"{LONG_JOBS} queued", f"{SHORT_JOBS} queued")
    with scene.database("long") as long, scene.database("short") as short:
        queues = (
            _queue(long, scene.people, plan, LONG_JOBS),
            _queue(short, scene.people, plan, SHORT_JOBS),
        )
        return [
            *table.paragraph(introduction),
            table.row("", *titles, "ratio (min-max)", "target"),
            *[_row(*queues, plan.rounds, *case) for case in CASES],
        ]


def _queue(database: Database, people: list[Customer], plan: Plan, jobs: int) -> Queue:
    database.use()
    customers.offer(VARIANT)
    finished.fill(people, plan.finished)
    return Queue(database, jobs, people)


def _row(long: Queue, short: Queue, rounds: int, accounts: int, batch: int) -> str:
    queues = [long, short]
    for queue in queues:
        queue.begin(accounts)
        # Statements are prepared once.
        queue.measure(batch)
        queue.per_job.clear()
    for _ in range(rounds):
        for queue in queues:
            queue.measure(batch)
        queues.reverse()
    ratios = [mine / other for mine, other in zip(long.per_job, short.per_job, strict=True)]
    is_reached = round(statistics.median(ratios), 2) <= TARGET_RATIO + NOISE_RATIO
    costs = [f"{statistics.median(queue.per_job) * 1e6:.0f} µs" for queue in (long, short)]
    target = f"{TARGET_RATIO:.1f}{table.mark(is_reached)}"
    label = f"{accounts} account{'s' * (accounts > 1)}, {batch} at a time"
    return table.row(label, *costs, table.spread(ratios), target)
