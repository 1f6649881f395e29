"""How long an idle system lets a job wait: from the accepted POST to the engine's start."""

import time

import httpx

from generations.models import Job
from tests.bench import customers, table
from tests.bench.contestants import JOB_TIMEOUT_SECONDS, WARM_UP_VARIANT, Contestant

TARGET_P50_MS = 50
TARGET_P95_MS = 200
FULL_JOBS = 60
QUICK_JOBS = 12


def measure(contestant: Contestant, is_quick: bool) -> list[float]:
    """Seconds from each accepted POST to the engine's start, one job at a time."""
    count = QUICK_JOBS if is_quick else FULL_JOBS
    person = contestant.people[0]
    address = f"http://127.0.0.1:{contestant.port}"
    asked = {"prompt": customers.PROMPT, "variant": WARM_UP_VARIANT}
    with httpx.Client(base_url=address, headers=person.headers, trust_env=False) as client:
        for _ in range(count):
            accepted = client.post("/api/v1/image", json=asked)
            accepted.raise_for_status()
            _wait_until_completed(client, accepted.json()["poll_url"])
    latest = Job.objects.filter(model__variant=WARM_UP_VARIANT).order_by("-created_at")[:count]
    return [
        (job.engine_started_at - job.created_at).total_seconds()
        for job in latest
        if job.engine_started_at
    ]


def _wait_until_completed(client: httpx.Client, path: str) -> None:
    deadline = time.monotonic() + JOB_TIMEOUT_SECONDS
    while (job := client.get(path).raise_for_status().json())["status"] != "completed":
        if job["status"] == "failed" or time.monotonic() > deadline:
            raise RuntimeError(f"the job was not made: {job}")
        time.sleep(0.05)


def rows(own: list[float], plain: list[float]) -> list[str]:
    """The table's lines."""
    p50, p95 = table.percentiles_ms(own)
    reached = table.mark(p50 < TARGET_P50_MS and p95 < TARGET_P95_MS)
    target = f"{TARGET_P50_MS} / {TARGET_P95_MS} ms{reached}"
    return [
        table.row("POST to engine's start", table.pair_ms(own), table.pair_ms(plain), "", target),
        f"  p50 / p95, {len(own)} single jobs on an idle system",
    ]
