"""Queued jobs by the thousand, as rows: what there is after a rush, not how it came about.

Nobody works on them. The wallets agree with them, so that the audit finds nothing.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from generations.models import CatalogueModel
from tests.bench.customers import PROMPT, Customer

# Each gets a hold whose number is known ahead: to find it by its name would take as long again.
QUEUED = """
WITH waiting AS MATERIALIZED (
    SELECT number, gen_random_uuid() AS id, book.id AS book_id, book.account_id,
        nextval(pg_get_serial_sequence('wallet_hold', 'id')) AS hold_id
    FROM generate_series(%(first)s::integer, %(last)s::integer) AS number
    JOIN wallet_book book ON unit = 'usd'
        AND account_id = (%(accounts)s::bigint[])[1 + mod(number, %(people)s)]
), hold AS (
    INSERT INTO wallet_hold (id, book_id, amount, status, reference, created_at)
    SELECT hold_id, book_id, 30000, 'held', 'job:' || id, now() FROM waiting
), book AS (
    UPDATE wallet_book SET held = held + jobs * 30000
    FROM (SELECT book_id, count(*) AS jobs FROM waiting GROUP BY book_id) AS reserved
    WHERE wallet_book.id = book_id
)
INSERT INTO generations_job (
    id, account_id, model_id, hold_id, prompt, input_name, input_url, price_micros, width, height,
    status, failure_kind, error, image_name, turn, fence, attempts, engine_reference,
    created_at, deadline_at
)
SELECT id, account_id, %(model)s, hold_id, %(prompt)s, '', '', 30000, 1024, 1024,
    'queued', '', '', '', number / %(people)s, 0, 0, '',
    clock_timestamp(), clock_timestamp() + interval '1 day'
FROM waiting ORDER BY number
"""


def add(people: Sequence[Customer], variant: str, first: int, last: int) -> None:
    """Jobs number `first` to `last`, dealt out to the customers, queued in fair turns."""
    values: dict[str, Any] = {
        "accounts": [person.account_id for person in people],
        "people": len(people),
        "model": CatalogueModel.objects.get(variant=variant).pk,
        "prompt": PROMPT,
        "first": first,
        "last": last,
    }
    with connection.cursor() as cursor:
        cursor.execute(QUEUED, values)


def remove_all() -> None:
    """Nothing waits or is worked on any more, and nothing dead is left behind."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM generations_job WHERE finished_at IS NULL")
        cursor.execute("DELETE FROM wallet_hold WHERE status = 'held'")
        cursor.execute("UPDATE wallet_book SET held = 0")
        cursor.execute("VACUUM ANALYZE")
