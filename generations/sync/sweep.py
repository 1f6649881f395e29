"""Removes files that nothing needs: those that no job refers to, and those kept long enough.

One walk through the store does both. What is too old is first marked in its job, whose row stays
with its price; then whatever no job wants is removed. So a crash between leaves a file that the
next walk removes, and never a job that promises one that is gone.
"""

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import connection

from generations import files

log = logging.getLogger(__name__)

# A job ends 180 s after it began, so no job that is under way can refer to an older file yet. That
# is by one clock: a file's time is the store's, and its age is told by this machine's clock, which
# may be hours off, or have jumped. A day costs little; an image that was paid for must not be lost.
SPARED_SECONDS = 86_400

FORGET_IMAGES = """
UPDATE generations_job SET image_deleted_at = now()
WHERE image_name = ANY(%(names)s) AND image_name <> '' AND image_deleted_at IS NULL
  AND finished_at < now() - %(days)s * interval '1 day'
"""
UNWANTED_IMAGES = """
SELECT name FROM unnest(%(names)s::text[]) AS name
WHERE NOT EXISTS (
    SELECT FROM generations_job
    WHERE image_name = name AND image_name <> '' AND image_deleted_at IS NULL)
"""
# By their images' names. They go with these, so what is found was left by a crash.
UNWANTED_THUMBNAILS = """
SELECT image FROM (
    SELECT replace(name, '.webp', '.png') AS image FROM unnest(%(names)s::text[]) AS name
) AS thumbnail
WHERE NOT EXISTS (
    SELECT FROM generations_job
    WHERE image_name = image AND image_name <> '' AND image_deleted_at IS NULL)
"""
FORGET_REFERENCES = """
UPDATE generations_job SET input_name = ''
WHERE input_name = ANY(%(names)s) AND input_name <> ''
  AND finished_at < now() - %(days)s * interval '1 day'
"""
UNWANTED_REFERENCES = """
SELECT name FROM unnest(%(names)s::text[]) AS name
WHERE NOT EXISTS (SELECT FROM generations_job WHERE input_name = name AND input_name <> '')
"""


def images() -> int:
    """Sweeps results; how many it removed. Raises StoreUnavailable."""
    days = settings.KEEP_IMAGES_DAYS
    return _sweep("images", FORGET_IMAGES, UNWANTED_IMAGES, days, files.delete_result)


def thumbnails() -> int:
    """Sweeps thumbnails without an image; how many it removed. Raises StoreUnavailable."""
    return _sweep("thumbnails", "", UNWANTED_THUMBNAILS, None, files.delete_thumbnail)


def references() -> int:
    """Sweeps reference images; how many it removed. Raises StoreUnavailable."""
    days = settings.KEEP_REFERENCES_DAYS
    return _sweep("inputs", FORGET_REFERENCES, UNWANTED_REFERENCES, days, files.delete_input)


def parts() -> int:
    """Sweeps what never became a whole file; how many it removed. Raises StoreUnavailable.

    Only a folder can hold such: a bucket shows a file when all of it is there.
    """
    folder = files.data_folder()
    removed = sum(folder.discard_parts(each, SPARED_SECONDS) for each in files.NAMES)
    log.info("%d unfinished files removed", removed)
    return removed


def _sweep(
    folder: files.Folder,
    forget: str,
    unwanted: str,
    days: int | None,
    delete: Callable[[str], None],
) -> int:
    removed = 0
    for names in files.stored_names(folder, SPARED_SECONDS):
        with connection.cursor() as cursor:
            if days is not None:
                cursor.execute(forget, {"names": names, "days": days})
            cursor.execute(unwanted, {"names": names})
            found = [row[0] for row in cursor.fetchall()]
        for name in found:
            delete(name)
        removed += len(found)
    log.info("%d files removed from %s", removed, folder)
    return removed
