"""What must be true after every fault, read from the database, the store and the provider."""

import io
from collections import Counter

import httpx
from PIL import Image

from tests.conftest import wait_until
from tests.deployment import Deployment
from tests.faults.load import Client
from tests.generations.engines.servers.server import Server

OVERTIME_SECONDS = 30

UNFINISHED = "SELECT id FROM generations_job WHERE status IN ('queued', 'processing')"
JOBS = f"""
SELECT job.id::text, job.status, hold.status, job.price_micros,
    job.finished_at <= job.deadline_at + interval '{OVERTIME_SECONDS} seconds',
    (SELECT count(*) FROM wallet_transfer WHERE kind = 'charge' AND reference = hold.reference),
    (SELECT sum(amount)::bigint FROM wallet_transfer
     WHERE kind = 'charge' AND reference = hold.reference)
FROM generations_job job JOIN wallet_hold hold ON hold.id = job.hold_id
"""
HELD = "SELECT count(*) FROM wallet_hold WHERE status = 'held'"


def assert_true(
    deployment: Deployment, client: Client, accepted: set[str], timeout_seconds: float = 215
) -> Counter[str]:
    """Every job ended in time and was charged exactly when its image can be fetched.

    Returns how many ended how.
    """
    wait_until(lambda: not deployment.query(UNFINISHED), timeout_seconds)
    jobs = deployment.query(JOBS)
    assert accepted <= {job[0] for job in jobs}
    for job_id, status, hold, price, in_time, charges, charged in jobs:
        assert in_time, f"{job_id} ended late"
        if status == "completed":
            assert (hold, charges, charged) == ("posted", 1, price), job_id
        else:
            assert (status, hold, charges) == ("failed", "voided", 0), job_id
    # Nothing is open, so nothing is held.
    assert deployment.query(HELD) == [(0,)]
    for job_id in accepted & {job[0] for job in jobs if job[1] == "completed"}:
        picture = httpx.get(client.job(job_id)["image_url"], timeout=10)
        assert picture.status_code == 200
        Image.open(io.BytesIO(picture.content)).load()
    assert "adds up" in deployment.manage("audit_ledger")
    return Counter(job[1] for job in jobs if job[0] in accepted)


def assert_nothing_was_sent_twice(provider: Server) -> None:
    """Each prompt is one job, and none of them may be paid for twice."""
    submissions = Counter(asked.json()["input"]["prompt"] for asked in provider.asked_to("submit"))
    assert submissions
    assert {prompt: times for prompt, times in submissions.items() if times > 1} == {}
