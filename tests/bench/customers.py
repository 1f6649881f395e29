"""The customers of the bench, with finished jobs to look up, and what their programs send.

Each has a wallet of their own, so that what is measured is not the wait for one wallet's row.
"""

import io
import json
import random
from dataclasses import dataclass

from django.core.management import call_command
from django.db import connection

from generations.models import CatalogueModel, Job
from tests.bench.load import Request, request

PROMPT = "A great white shark in bioluminescent deep ocean, cinematic, 8K"
TINY_VARIANT = "tiny"
TINY_SIZE = 64

# Every tenth failed; the others have an image.
FINISHED_JOBS = """
WITH ended AS (
    SELECT gen_random_uuid() AS id, number, mod(number, 10) = 0 AS failed,
        now() - number * interval '1 minute' AS at
    FROM generate_series(1, %(count)s) AS number
), hold AS (
    INSERT INTO wallet_hold (book_id, amount, status, reference, created_at, resolved_at)
    SELECT book.id, 30000, 'voided', 'job:' || ended.id, at, at
    FROM ended, wallet_book book WHERE book.account_id = %(account)s AND book.unit = 'usd'
    RETURNING id, reference
)
INSERT INTO generations_job (
    id, account_id, model_id, hold_id, prompt, input_name, input_url, price_micros, width, height,
    status, failure_kind, error, image_name, fence, attempts, engine_reference,
    created_at, deadline_at, started_at, finished_at
)
SELECT ended.id, %(account)s, %(model)s, hold.id, %(prompt)s, '', '', 30000, 1024, 1024,
    CASE WHEN failed THEN 'failed' ELSE 'completed' END,
    CASE WHEN failed THEN 'timeout' ELSE '' END,
    CASE WHEN failed THEN 'Provider request timed out after 180s.' ELSE '' END,
    CASE WHEN failed THEN '' ELSE 'image-' || ended.id || '.png' END,
    1, 1, '', at, at + interval '3 minutes', at, at + interval '2 seconds'
FROM ended JOIN hold ON hold.reference = 'job:' || ended.id
RETURNING id
"""


@dataclass(frozen=True)
class Customer:
    """An API token and the ids of the jobs it may look up."""

    token: str
    job_ids: list[str]

    def polls(self) -> list[Request]:
        """Look-ups of all their jobs, in a mixed order."""
        mixed = random.Random(1).sample(self.job_ids, len(self.job_ids))
        return [request("GET", f"/api/v1/jobs/{id}", self.token, 200, id) for id in mixed]

    def submissions(self) -> list[Request]:
        """A new job, text only."""
        body = json.dumps({"prompt": PROMPT}).encode()
        return [request("POST", "/api/v1/image", self.token, 202, '"status":"queued"', body)]


def offer_tiny() -> None:
    """Adds a variant that is painted in a blink, so that the machine is soon idle again."""
    CatalogueModel.objects.create(
        variant=TINY_VARIANT,
        engine="demo",
        price_micros=30_000,
        width=TINY_SIZE,
        height=TINY_SIZE,
        active=True,
    )


def make(number: int, jobs_count: int) -> Customer:
    """A well-funded customer with finished jobs, as `manage.py create_customer` makes them."""
    output = io.StringIO()
    arguments = {"email": f"bench-{number}@example.com", "password": "correct-horse-7"}
    asked = {"credit": "100000", "trials": 0, "token": "bench", "json": True}
    call_command("create_customer", **arguments, **asked, stdout=output)
    made = json.loads(output.getvalue())
    model = CatalogueModel.objects.get(variant="1k")
    values = {"count": jobs_count, "account": made["account"], "model": model.pk, "prompt": PROMPT}
    with connection.cursor() as cursor:
        cursor.execute(FINISHED_JOBS, values)
        return Customer(made["token"], [str(row[0]) for row in cursor.fetchall()])


def latest_starts_seconds(variant: str, count: int) -> list[float]:
    """From accepted POST to the engine's start, for the variant's latest jobs."""
    latest = Job.objects.filter(model__variant=variant, engine_started_at__isnull=False)
    return [
        (job.engine_started_at - job.created_at).total_seconds()
        for job in latest.order_by("-created_at")[:count]
        if job.engine_started_at
    ]
