"""Deletes jobs at their customer's wish: image, thumbnail, reference image, and what was said.

The row stays, with its price and its times, since the ledger refers to it; so the API can still
tell what became of the job. It is marked before its files go: files that a crash or a store that
is away left behind are swept away by `sync/sweep.py`, and no job promises one that is gone.
"""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from accounts.models import Account
from generations import files

log = logging.getLogger(__name__)

# Each mostly waits for the store.
THREADS = 8

# What has not ended is somebody's work, and keeps what it needs.
DELETE = """
WITH chosen AS (
    SELECT id, image_name, input_name FROM generations_job
    WHERE id = ANY(%(ids)s::uuid[]) AND account_id = %(account)s
      AND finished_at IS NOT NULL AND deleted_at IS NULL
    ORDER BY id
    FOR UPDATE
), deleted AS (
    UPDATE generations_job job SET
        deleted_at = now(), starred_at = NULL, featured_at = NULL, prompt = '',
        input_name = '', input_url = '', input_digest = NULL,
        image_deleted_at =
            CASE WHEN job.image_name <> '' THEN coalesce(job.image_deleted_at, now()) END
    FROM chosen WHERE job.id = chosen.id
)
SELECT id, image_name, input_name FROM chosen
"""


class _Deleted(NamedTuple):
    id: UUID
    image_name: str
    input_name: str


def delete(account: Account, ids: Sequence[UUID]) -> list[UUID]:
    """Deletes those of the account's jobs that have ended; which they were."""
    with connection.cursor() as cursor:
        cursor.execute(DELETE, {"ids": list(ids), "account": account.pk})
        deleted = [_Deleted(*row) for row in cursor.fetchall()]
    images = [job.image_name for job in deleted if job.image_name]
    references = [job.input_name for job in deleted if job.input_name]
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(_remove, repeat(files.delete_result), images))
        list(pool.map(_remove, repeat(files.delete_input), references))
    return [job.id for job in deleted]


def _remove(delete_file: Callable[[str], None], name: str) -> None:
    try:
        delete_file(name)
    except files.StoreUnavailable as error:
        log.warning("%s stays until the next sweep: %s", name, error)
