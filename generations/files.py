"""Where pictures are kept: results under names nobody can guess, reference images out of sight.

A result's thumbnail is kept beside it, and goes with it. Names and paths are made here; how a
folder or a bucket keeps a file is known in `stores/`. What was kept in the data folder before the
deployment moved to a bucket is still found there. Nothing here knows what a picture is worth.
"""

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Literal, TypeVar, cast

from django.core.files.base import File
from django.core.files.storage import storages

from generations.stores.base import Store, StoreUnavailable
from generations.stores.folder import FolderStore

__all__ = ["StoreUnavailable"]

Folder = Literal["images", "inputs", "thumbnails"]
T = TypeVar("T")

# Names that were made here: nothing else is published, and nothing else is swept away.
NAMES = {
    "images": re.compile(r"[0-9a-f]{32}\.png"),
    "inputs": re.compile(r"[0-9a-f]{32}\.(jpg|png|webp)"),
    "thumbnails": re.compile(r"[0-9a-f]{32}\.webp"),
}


def save_result(data: bytes) -> str:
    """Stores a result and returns its public name, which has 128 random bits.

    Raises StoreUnavailable, as all here do that ask the store.
    """
    name = f"{secrets.token_hex(16)}.png"
    store("images").put(path_of("images", name), data)
    return name


def open_result(name: str) -> File[bytes]:
    """The stored result, with its `size`. Raises FileNotFoundError."""
    return _found("images", name, lambda place, path: place.open(path))


def result_size(name: str) -> int:
    """The stored result's size in bytes. Raises FileNotFoundError."""
    return _found("images", name, lambda place, path: place.size(path))


def read_result(name: str) -> bytes:
    """The stored result as a whole. Raises FileNotFoundError."""
    return _found("images", name, lambda place, path: place.read(path))


def public_url(name: str) -> str:
    """Where strangers can fetch the result themselves, "" when it has to go through us.

    It says nothing about whether there is such a result, and holds only until the operator moves
    the files. Raises FileNotFoundError for a name that was never ours.
    """
    return _public_url("images", name)


def delete_result(name: str) -> None:
    """Removes a result that no job points to, and its thumbnail; it is no error when there is
    none."""
    _delete("images", name)
    delete_thumbnail(name)


def save_thumbnail(image_name: str, data: bytes) -> None:
    """Stores the thumbnail of that result. Raises FileNotFoundError for a name never ours."""
    name = _thumbnail_name(image_name)
    store("thumbnails").put(path_of("thumbnails", name), data)


def open_thumbnail(image_name: str) -> File[bytes]:
    """The stored thumbnail of that result, with its `size`. Raises FileNotFoundError."""
    name = _thumbnail_name(image_name)
    return _found("thumbnails", name, lambda place, path: place.open(path))


def thumbnail_size(image_name: str) -> int:
    """The stored thumbnail's size in bytes. Raises FileNotFoundError."""
    name = _thumbnail_name(image_name)
    return _found("thumbnails", name, lambda place, path: place.size(path))


def public_thumbnail_url(image_name: str) -> str:
    """As `public_url`, of that result's thumbnail."""
    return _public_url("thumbnails", _thumbnail_name(image_name))


def delete_thumbnail(image_name: str) -> None:
    """Removes that result's thumbnail; it is no error when there is none."""
    with suppress(FileNotFoundError):
        _delete("thumbnails", _thumbnail_name(image_name))


def save_input(data: bytes, extension: str) -> str:
    """Stores a customer's reference image and returns its name, which is never published."""
    name = f"{secrets.token_hex(16)}.{extension}"
    store("inputs").put(path_of("inputs", name), data)
    return name


def open_input(name: str) -> File[bytes]:
    """A stored reference image, with its `size`. Raises FileNotFoundError."""
    return _found("inputs", name, lambda place, path: place.open(path))


def read_input(name: str) -> bytes:
    """A stored reference image. Raises FileNotFoundError."""
    return _found("inputs", name, lambda place, path: place.read(path))


def delete_input(name: str) -> None:
    """Removes a reference image that no job uses; it is no error when there is none."""
    _delete("inputs", name)


def stored_names(folder: Folder, older_than_seconds: float) -> Iterator[list[str]]:
    """The names in the store that were written longer ago than that, at most 1,000 at a time.

    A bucket is asked once for each page. What others keep there is left out.
    """
    for page in store(folder).entries(folder):
        old = [entry.path for entry in page if entry.age_seconds > older_than_seconds]
        names = [path.rpartition("/")[2] for path in old]
        ours = [
            name
            for name, path in zip(names, old, strict=True)
            if NAMES[folder].fullmatch(name) and path == path_of(folder, name)
        ]
        if ours:
            yield ours


def store(folder: Folder) -> Store:
    """Where this deployment keeps such files."""
    return cast(Store, storages["inputs" if folder == "inputs" else "default"])


def data_folder() -> FolderStore:
    """The data folder: the store itself, or what was the store before there was a bucket."""
    return cast(FolderStore, storages["data_folder"])


def path_of(folder: Folder, name: str) -> str:
    """Where the file is in its store. Raises FileNotFoundError for a name that was never ours."""
    if not NAMES[folder].fullmatch(name):
        raise FileNotFoundError(name)
    # Two letters of folder keep any one of them small.
    return f"{folder}/{name[:2]}/{name}"


def _thumbnail_name(image_name: str) -> str:
    if not NAMES["images"].fullmatch(image_name):
        raise FileNotFoundError(image_name)
    return image_name.replace(".png", ".webp")


def _public_url(folder: Folder, name: str) -> str:
    path = path_of(folder, name)
    address = store(folder).public_url(path)
    return "" if address and data_folder().exists(path) else address


def _found(folder: Folder, name: str, read: Callable[[Store, str], T]) -> T:
    path = path_of(folder, name)
    # A folder that nobody needs any more may be gone, or be unreadable: the store decides.
    with suppress(FileNotFoundError, StoreUnavailable):
        return read(data_folder(), path)
    return read(store(folder), path)


def _delete(folder: Folder, name: str) -> None:
    with suppress(FileNotFoundError):
        path = path_of(folder, name)
        store(folder).delete(path)
        data_folder().delete(path)
