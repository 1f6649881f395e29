"""What every store can do, and the one error that all of them raise when they cannot.

A path is relative to the store's own root, such as "images/ab/ab12….png". What a path means is
for `generations/files.py` alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from django.core.files.base import File


class StoreUnavailable(Exception):
    """The store is away or refuses; the same call may succeed later.

    `str()` is for the operator's log: it may name addresses and paths, but never a secret.
    """


@dataclass(frozen=True)
class Entry:
    """One stored file, as a listing shows it."""

    path: str
    size_bytes: int
    age_seconds: float


class Store(Protocol):
    """A place for files. Everything raises StoreUnavailable, besides what is named here."""

    def put(self, path: str, data: bytes) -> None:
        """Stores the bytes, in place of what may be there."""

    def open(self, path: str) -> File[bytes]:
        """The file, with its `size`, for one reader. Raises FileNotFoundError."""

    def read(self, path: str) -> bytes:
        """The whole file. Raises FileNotFoundError."""

    def size(self, path: str) -> int:
        """The file's size in bytes, found without reading it. Raises FileNotFoundError."""

    def delete(self, path: str) -> None:
        """Removes the file; it is no error when there is none."""

    def entries(self, folder: str) -> Iterator[list[Entry]]:
        """All that is stored below the folder, at most 1,000 at a time."""

    def public_url(self, path: str) -> str:
        """Where strangers can read the file, "" where they cannot."""
