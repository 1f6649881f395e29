"""A folder of this machine as a store: Django's own storage, with errors that say what they mean.

It knows nothing of what is in the files.
"""

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage

from generations.stores.base import Entry, StoreUnavailable

PAGE_ENTRIES = 1000
# How the name of a file ends that is not whole yet.
PART = ".part"


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StoreUnavailable(str(error)) from error


class FolderStore(FileSystemStorage):
    """The folder MEDIA_ROOT."""

    def put(self, path: str, data: bytes) -> None:
        # Under another name until it is whole, so that nobody reads half a file.
        part = f"{path}.{secrets.token_hex(8)}{PART}"
        try:
            self.save(part, ContentFile(data))
            # Who pays for an image must find it after a power cut, too: the file and its name.
            _make_durable(self.path(part))
            os.replace(self.path(part), self.path(path))
            _make_durable(os.path.dirname(self.path(path)))
        except OSError as error:
            # A full disk keeps what it could take of the file, and would be fuller at each try.
            with suppress(StoreUnavailable):
                self.delete(part)
            raise StoreUnavailable(str(error)) from error

    def open(self, name: str, mode: str = "rb") -> File[Any]:
        with _explained():
            return super().open(name, mode)

    def read(self, path: str) -> bytes:
        with _explained(), self.open(path) as file:
            data: bytes = file.read()
            return data

    def size(self, name: str) -> int:
        with _explained():
            return super().size(name)

    def delete(self, name: str) -> None:
        with _explained():
            super().delete(name)

    def entries(self, folder: str) -> Iterator[list[Entry]]:
        with _explained():
            found = _scan(self.path(folder))
            for inner in found:
                if inner.is_dir():
                    yield from self.entries(f"{folder}/{inner.name}")
            page = [entry for file in found if (entry := _entry(folder, file))]
        for start in range(0, len(page), PAGE_ENTRIES):
            yield page[start : start + PAGE_ENTRIES]

    def discard_parts(self, folder: str, older_than_seconds: float) -> int:
        """Removes files that a power cut kept from becoming whole, so long ago; how many."""
        parts = [
            entry.path
            for page in self.entries(folder)
            for entry in page
            if entry.path.endswith(PART) and entry.age_seconds > older_than_seconds
        ]
        for path in parts:
            self.delete(path)
        return len(parts)

    def public_url(self, path: str) -> str:
        return ""


def _make_durable(place: str) -> None:
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _scan(place: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(place) as found:
            return list(found)
    except FileNotFoundError:
        return []


def _entry(folder: str, found: os.DirEntry[str]) -> Entry | None:
    try:
        status = found.stat()
    except FileNotFoundError:
        # Deleted meanwhile.
        return None
    if not found.is_file():
        return None
    return Entry(f"{folder}/{found.name}", status.st_size, time.time() - status.st_mtime)
