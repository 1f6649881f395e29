"""Throughput from end to end: jobs submitted over HTTP, run, stored and charged in one burst.

The engine talks to a provider on this machine that answers at once, so that what is left is the
work around it. Two cores carry all: client, site, workers, provider, PostgreSQL.
"""

from dataclasses import dataclass

from django.db.models import Max, Min

from generations import files
from generations.models import Job
from tests.bench import contestants, customers, load, table
from tests.bench.contestants import Contestant
from tests.generations.engines.servers.openai import MODEL
from wallet.models import Transfer

VARIANT = "instant"
TARGET_PER_SECOND = 100
FULL_JOBS = 1500
QUICK_JOBS = 150


@dataclass(frozen=True)
class Burst:
    """So many jobs; both times begin with the first POST that was accepted."""

    jobs: int
    posted_seconds: float
    charged_seconds: float

    @property
    def per_second(self) -> float:
        return self.jobs / self.charged_seconds


def measure(contestant: Contestant, is_quick: bool) -> Burst:
    """Sends a burst of jobs and waits for the last. Raises RuntimeError unless all is right."""
    count = QUICK_JOBS if is_quick else FULL_JOBS
    with contestant.processes.providers("openai", 0) as (origin,):
        customers.offer(VARIANT, "openai", base_url=f"{origin}/v1", model=MODEL)
        sent = load.send(contestant.port, customers.shares(contestant.people, count, VARIANT))
        contestants.wait_until_completed(VARIANT)
    _check(count)
    jobs = Job.objects.filter(model__variant=VARIANT)
    span = jobs.aggregate(first=Min("created_at"), last=Max("finished_at"))
    return Burst(count, sent.seconds, (span["last"] - span["first"]).total_seconds())


def _check(count: int) -> None:
    jobs = Job.objects.filter(model__variant=VARIANT)
    references = [f"job:{job.pk}" for job in jobs]
    charges = Transfer.objects.filter(kind="charge", reference__in=references).count()
    if not len(references) == charges == count:
        raise RuntimeError(f"{count} submitted, {len(references)} jobs, {charges} charges")
    for job in jobs:
        files.open_result(job.image_name).close()


def rows(own: Burst, plain: Burst) -> list[str]:
    """The table's lines."""
    target = f"{TARGET_PER_SECOND}/s{table.mark(own.per_second >= TARGET_PER_SECOND)}"
    shown = [f"{burst.per_second:.0f} jobs/s" for burst in (own, plain)]
    posted = [f"{burst.jobs / burst.posted_seconds:.0f} req/s" for burst in (own, plain)]
    ratio = f"{own.per_second / plain.per_second:.2f}"
    return [
        table.row("POST to stored and charged", *shown, ratio, target),
        table.row(f"  {own.jobs} jobs, accepted at", *posted),
    ]
