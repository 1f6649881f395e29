"""Finished jobs by the hundred thousand, as rows: with their holds, charges and usage.

They come into empty tables. The wallets agree with them, so that the audit finds nothing.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from generations.models import CatalogueModel, Job
from tests.bench.customers import PROMPT, Customer

# The first account has every tenth job, the others share the rest. Every twentieth failed.
ENDED = """
CREATE TEMPORARY TABLE ended AS
SELECT gen_random_uuid() AS id, account.id AS account_id, key.id AS key_id, book.id AS book_id,
    mod(number, 20) = 1 AS failed, now() - (%(jobs)s - number) * interval '30 seconds' AS at,
    nextval(pg_get_serial_sequence('wallet_hold', 'id')) AS hold_id,
    nextval(pg_get_serial_sequence('wallet_transfer', 'id')) AS transfer_id
FROM generate_series(1, %(jobs)s::integer) AS number
JOIN accounts_account account ON account.id = (%(accounts)s::bigint[])[
    CASE WHEN mod(number, 10) = 0 THEN 1 ELSE 2 + mod(number, %(people)s - 1) END]
JOIN wallet_book book ON book.account_id = account.id AND book.unit = 'usd'
JOIN keys_key key ON key.account_id = account.id
ORDER BY number
"""
TRANSFERS = """
INSERT INTO wallet_transfer (id, debit_id, credit_id, amount, kind, reference, memo, created_at)
SELECT transfer_id, book_id, house.id, 30000, 'charge', 'job:' || ended.id, '', at
FROM ended, wallet_book house
WHERE house.kind = 'revenue' AND house.unit = 'usd' AND NOT failed
"""
HOLDS = """
INSERT INTO wallet_hold
    (id, book_id, amount, status, reference, transfer_id, created_at, resolved_at)
SELECT hold_id, book_id, 30000, CASE WHEN failed THEN 'voided' ELSE 'posted' END, 'job:' || id,
    CASE WHEN NOT failed THEN transfer_id END, at, at + interval '41 seconds'
FROM ended
"""
JOBS = """
INSERT INTO generations_job (
    id, account_id, key_id, model_id, hold_id, prompt, input_name, input_url, price_micros, width,
    height, status, failure_kind, error, image_name, turn, fence, attempts, engine_reference,
    created_at, deadline_at, started_at, engine_started_at, engine_finished_at, finished_at,
    usage_counted
)
SELECT id, account_id, key_id, %(model)s, hold_id, %(prompt)s, '', '', 30000, 1024, 1024,
    CASE WHEN failed THEN 'failed' ELSE 'completed' END,
    CASE WHEN failed THEN 'timeout' ELSE '' END,
    CASE WHEN failed THEN 'Provider request timed out after 180s.' ELSE '' END,
    CASE WHEN failed THEN '' ELSE replace(id::text, '-', '') || '.png' END,
    0, 1, 1, 'reference-' || hold_id, at, at + interval '3 minutes', at, at,
    at + interval '40 seconds', at + interval '41 seconds', true
FROM ended
"""
BOOKS = """
UPDATE wallet_book SET balance = balance - jobs * 30000
FROM (SELECT book_id, count(*) AS jobs FROM ended WHERE NOT failed GROUP BY book_id) AS charged
WHERE wallet_book.id = book_id
"""
USAGE = """
INSERT INTO generations_usage
    (account_id, day, key_id, variant, images, free_images, failures, spent_micros)
SELECT account_id, (at + interval '41 seconds')::date, key_id, '1k',
    count(*) FILTER (WHERE NOT failed), 0, count(*) FILTER (WHERE failed),
    30000 * count(*) FILTER (WHERE NOT failed)
FROM ended GROUP BY account_id, key_id, 2
"""
# Looked after row by row, these take most of the time: they are made again in one go at the end.
PUT_OFF = """
WITH filled AS (
    SELECT unnest('{generations_job, wallet_hold, wallet_transfer}'::regclass[]) AS oid
)
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
    format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s',
        conrelid::regclass, conname, pg_get_constraintdef(pg_constraint.oid))
FROM pg_constraint JOIN filled ON conrelid = filled.oid WHERE contype = 'f'
UNION ALL
SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM pg_index JOIN filled ON indrelid = filled.oid WHERE NOT indisunique
"""


def fill(people: Sequence[Customer], jobs: int) -> None:
    """That many finished jobs, as if one had come every 30 seconds until now.

    PostgreSQL then knows the tables as they are while nothing waits: so it finds them when many
    jobs come at once, since it looks again only after a while.
    """
    values: dict[str, Any] = {
        "accounts": [person.account_id for person in people],
        "people": len(people),
        "model": CatalogueModel.objects.get(variant="1k").pk,
        "prompt": PROMPT,
        "jobs": jobs,
    }
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SET maintenance_work_mem = '256MB'")
        cursor.execute(PUT_OFF, {})
        put_off = cursor.fetchall()
        for drop, _ in put_off:
            cursor.execute(drop)
        for statement in (ENDED, TRANSFERS, HOLDS, JOBS, BOOKS, USAGE, "DROP TABLE ended"):
            cursor.execute(statement, values)
        for _, make in put_off:
            cursor.execute(make)
        cursor.execute("VACUUM ANALYZE")
        # A gigabyte that is still being written down would slow what is measured first.
        cursor.execute("CHECKPOINT")
        cursor.execute("RESET statement_timeout")


def ids_of(person: Customer, most: int) -> list[str]:
    """Ids of the customer's jobs, in a mixed order."""
    jobs = Job.objects.filter(account=person.account_id).order_by("?")
    return [str(job_id) for job_id in jobs.values_list("pk", flat=True)[:most]]
