"""Rolls finished jobs up into the small table that charts read.

Each job is counted once: the statement that marks it adds it. What a customer cancelled and what
was imported counts for nothing. It never reads or changes how a job ended.
"""

import time

from django.db import connection

BATCH_SIZE = 5_000
BUDGET_SECONDS = 30.0

# Two roll-ups at once take different jobs; they add in the same order, so neither waits for the
# other for ever.
ROLL_UP = """
WITH picked AS MATERIALIZED (
    SELECT id FROM generations_job
    WHERE NOT usage_counted AND finished_at IS NOT NULL
    ORDER BY finished_at
    LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED
), counted AS (
    UPDATE generations_job job SET usage_counted = true
    FROM picked WHERE job.id = picked.id
    RETURNING job.account_id, (job.finished_at AT TIME ZONE 'UTC')::date AS day, job.key_id,
        job.model_id, job.status, job.failure_kind, job.price_micros, job.imported_at
), added AS (
    INSERT INTO generations_usage AS usage
        (account_id, day, key_id, variant, images, free_images, failures, spent_micros)
    SELECT account_id, day, key_id, model.variant,
        count(*) FILTER (WHERE status = 'completed' AND counted.price_micros > 0),
        count(*) FILTER (WHERE status = 'completed' AND counted.price_micros = 0),
        count(*) FILTER (WHERE status = 'failed'),
        coalesce(sum(counted.price_micros) FILTER (WHERE status = 'completed'), 0)
    FROM counted JOIN generations_cataloguemodel model ON model.id = model_id
    WHERE imported_at IS NULL AND failure_kind <> 'cancelled'
    GROUP BY account_id, day, key_id, model.variant
    ORDER BY account_id, day, key_id, model.variant
    ON CONFLICT (account_id, day, key_id, variant) DO UPDATE SET
        images = usage.images + excluded.images,
        free_images = usage.free_images + excluded.free_images,
        failures = usage.failures + excluded.failures,
        spent_micros = usage.spent_micros + excluded.spent_micros
)
SELECT count(*) FROM counted
"""


def roll_up(batch_size: int = BATCH_SIZE) -> int:
    """Adds what finished since the last time, as far as time allows; how many jobs it was."""
    deadline = time.monotonic() + BUDGET_SECONDS
    counted = 0
    while time.monotonic() < deadline:
        batch = _roll_up_batch(batch_size)
        counted += batch
        if batch < batch_size:
            break
    return counted


def _roll_up_batch(limit: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(ROLL_UP, {"limit": limit})
        return int(cursor.fetchone()[0])
