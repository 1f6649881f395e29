"""`python -m tests.bench [--quick]`: the whole bench from top to bottom, and its table.

It measures and prints. A target that is missed is shown, never an error: machines differ. A wrong
answer, or a process that does not start, ends it.
"""

import argparse
import os
import statistics
import textwrap
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import django
import httpx

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()

# Django must be set up before anything that knows a model is imported.
from django.core.management import call_command  # noqa: E402 - as said above.

from sharkweb.up import folder  # noqa: E402
from sharkweb.up.processes import interrupt_on_stop_signals  # noqa: E402
from sharkweb.up.watchdog import Watchdog  # noqa: E402
from tests.bench import customers, stage  # noqa: E402
from tests.bench.customers import Customer  # noqa: E402
from tests.bench.load import Load, Request, drive  # noqa: E402

CONNECTIONS = 16
JOBS_OF_EACH = 625
JOB_TIMEOUT_SECONDS = 20.0


TABLE_WIDTH = 96
INTRODUCTION = """\
SharkAPI beside a bare FastAPI + asyncpg app that runs the same statements, on one machine and one
database: {database}. granian with 2 workers each, the baseline on {loop}. {connections}
connections of {connections} customers, {jobs} finished jobs. Medians of {plan.rounds} rounds of
{plan.round_seconds} s in turn (ABBA); a ratio pairs neighbouring rounds. The load generator shares
the processors."""


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    rounds: int
    round_seconds: float
    starts: int


FULL = Plan(rounds=24, round_seconds=1.0, starts=60)
QUICK = Plan(rounds=6, round_seconds=0.3, starts=12)


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


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="about 20 seconds, less exact")
    plan = QUICK if parser.parse_args().quick else FULL
    os.chdir(folder.CHECKOUT)
    interrupt_on_stop_signals()
    with stage.database() as url, Watchdog() as watchdog:
        processes = stage.Processes(watchdog, url)
        processes.prepare()
        customers.offer_tiny()
        people = [customers.make(number, JOBS_OF_EACH) for number in range(CONNECTIONS)]
        ports = Ports(processes.product(), processes.baseline())
        with processes.workers():
            starts = measure_starts(ports.product, people[0], plan.starts)
        check_alike(ports, people)
        polls = compare(ports, [person.polls() for person in people], plan)
        submissions = compare(ports, [person.submissions() for person in people], plan)
        # Whoever is quick must be right, too.
        call_command("audit_ledger")
        database = stage.describe()
    print(table(plan, database, polls, submissions, starts))


def measure_starts(port: int, customer: Customer, count: int) -> list[float]:
    """Seconds from each accepted POST to the engine's start, one job at a time."""
    headers = {"X-API-Key": customer.token}
    address = f"http://127.0.0.1:{port}"
    asked = {"prompt": customers.PROMPT, "variant": customers.TINY_VARIANT}
    with httpx.Client(base_url=address, headers=headers, trust_env=False) as client:
        # The first starts the runner; it is not counted.
        for _ in range(count + 1):
            accepted = client.post("/api/v1/image", json=asked)
            accepted.raise_for_status()
            _wait_until_completed(client, accepted.json()["poll_url"])
    return customers.latest_starts_seconds(customers.TINY_VARIANT, count)


def _wait_until_completed(client: httpx.Client, path: str) -> None:
    deadline = time.monotonic() + JOB_TIMEOUT_SECONDS
    while (job := client.get(path).raise_for_status().json())["status"] != "completed":
        if job["status"] == "failed" or time.monotonic() > deadline:
            raise RuntimeError(f"the job was not made: {job}")
        time.sleep(0.05)


def check_alike(ports: Ports, people: Sequence[Customer]) -> None:
    """Both must say the same of the same jobs. Raises RuntimeError."""
    # They name the address that was asked for in their answers.
    with httpx.Client(headers={"Host": "localhost"}, trust_env=False) as client:
        for person in people:
            headers = {"X-API-Key": person.token}
            for job_id in person.job_ids[:10]:
                mine, other = (
                    client.get(f"http://127.0.0.1:{port}/api/v1/jobs/{job_id}", headers=headers)
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


def table(
    plan: Plan, database: str, polls: Comparison, submissions: Comparison, starts: list[float]
) -> str:
    """All that was measured, in one table."""
    p50, p95 = _percentiles_ms(starts)
    reached = _mark(p50 < 50 and p95 < 200)
    row = "{:<23} {:>17} {:>17}   {:<17} {}".format
    measured = INTRODUCTION.format(
        database=database,
        loop=stage.event_loop(),
        connections=CONNECTIONS,
        jobs=CONNECTIONS * JOBS_OF_EACH,
        plan=plan,
    )
    lines = [
        "",
        textwrap.fill(measured, TABLE_WIDTH),
        "",
        row("", "SharkAPI", "baseline", "ratio (min-max)", "target"),
        *_rows(row, "GET /api/v1/jobs/:id", polls),
        *_rows(row, "POST /api/v1/image", submissions),
        row("POST to engine's start", f"{p50:.0f} / {p95:.0f} ms", "", "", f"50 / 200 ms{reached}"),
        f"  p50 / p95, {len(starts)} single jobs on an idle system",
        "",
    ]
    return "\n".join(lines)


def _rows(row: Callable[..., str], call: str, comparison: Comparison) -> list[str]:
    ratios = comparison.ratios
    median = statistics.median(ratios)
    speeds, latencies = [], []
    for loads in (comparison.product, comparison.baseline):
        speeds.append(f"{statistics.median(load.per_second for load in loads):.0f} req/s")
        p50, p95 = _percentiles_ms([seconds for load in loads for seconds in load.latencies])
        latencies.append(f"{p50:.1f} / {p95:.1f} ms")
    shown = f"{median:.2f} ({ratios[0]:.2f}-{ratios[-1]:.2f})"
    return [
        row(call, *speeds, shown, f"1.00{_mark(round(median, 2) >= 1)}"),
        row("  p50 / p95", *latencies, "", "").rstrip(),
    ]


def _percentiles_ms(seconds: list[float]) -> tuple[float, float]:
    cuts = statistics.quantiles(seconds, n=20)
    return cuts[9] * 1000, cuts[18] * 1000


def _mark(is_reached: bool) -> str:
    return "" if is_reached else "  MISSED"


if __name__ == "__main__":
    main()
