"""The images of chosen jobs as one ZIP, made while it is downloaded.

Owns what the files in it are called. Nothing is held but one piece of one picture; they are
compressed as far as they go, and so are stored as they are.
"""

import re
import threading
import weakref
from collections.abc import Iterator, Sequence
from datetime import UTC
from zipfile import ZIP_STORED

from zipstream import ZipStream  # type: ignore[import-untyped]  # It has no types.

from generations import files
from generations.models import Job

IMAGES_MAX = 200
# Each holds a thread of the web server for as long as its download lasts.
AT_ONCE_MAX = 2
CHUNK_BYTES = 256 * 1024
NAME_MAX_CHARACTERS = 60

_bundling = threading.BoundedSemaphore(AT_ONCE_MAX)


class TooManyBundles(Exception):
    """As many as this process makes at once are being downloaded."""


class Bundle:
    """A ZIP to be read once, piece by piece; then, or when nobody wants it, to be closed."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        """Raises TooManyBundles."""
        if not _bundling.acquire(blocking=False):
            raise TooManyBundles
        # Once, also for a server that forgets to close what its client gave up.
        self.close = weakref.finalize(self, _bundling.release)
        self._pieces = _pieces(jobs)

    def __iter__(self) -> Iterator[bytes]:
        """Raises StoreUnavailable, so that half of it is no whole."""
        return self._pieces


def name_of(job: Job) -> str:
    """What the job's image is called on its customer's disk: when, what, and a bit of its id.

    Letters of any script stay; nothing in it means anything to a file system or a shell.
    """
    words = re.sub(r"[\W_]+", "-", job.prompt.lower())[:NAME_MAX_CHARACTERS].strip("-")
    moment = job.created_at.astimezone(UTC).strftime("%Y-%m-%d-%H%M")
    return "-".join(filter(None, [moment, words, job.pk.hex[:8]])) + ".png"


def _pieces(jobs: Sequence[Job]) -> Iterator[bytes]:
    zipped = ZipStream(compress_type=ZIP_STORED)
    for job in jobs:
        try:
            file = files.open_result(job.image_name)
        except FileNotFoundError:
            # Deleted since the page was looked at.
            continue
        with file:
            zipped.add(file.chunks(CHUNK_BYTES), name_of(job))
            yield from zipped.all_files()
    yield from zipped.finalize()
