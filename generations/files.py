"""Where pictures are kept: results under names nobody can guess, reference images out of sight.

Everything goes through Django's default storage; nothing here knows what a picture is worth.
"""

import re
import secrets
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

RESULT_NAME = re.compile(r"[0-9a-f]{32}\.png")


def save_result(data: bytes) -> str:
    """Stores a result and returns its public name, which has 128 random bits."""
    name = f"{secrets.token_hex(16)}.png"
    default_storage.save(_result_path(name), ContentFile(data))
    return name


def open_result(name: str) -> IO[bytes]:
    """The stored result. Raises FileNotFoundError."""
    if not RESULT_NAME.fullmatch(name):
        raise FileNotFoundError(name)
    file: IO[bytes] = default_storage.open(_result_path(name))
    return file


def delete_result(name: str) -> None:
    """Removes a result that no job points to."""
    default_storage.delete(_result_path(name))


def save_input(data: bytes, extension: str) -> str:
    """Stores a customer's reference image and returns its name, which is never published."""
    name = f"{secrets.token_hex(16)}.{extension}"
    default_storage.save(_input_path(name), ContentFile(data))
    return name


def read_input(name: str) -> bytes:
    """A stored reference image. Raises FileNotFoundError."""
    with default_storage.open(_input_path(name)) as file:
        data: bytes = file.read()
        return data


def delete_input(name: str) -> None:
    """Removes a reference image that no job uses."""
    default_storage.delete(_input_path(name))


# Two letters of folder keep any one of them small.
def _result_path(name: str) -> str:
    return f"images/{name[:2]}/{name}"


def _input_path(name: str) -> str:
    return f"inputs/{name[:2]}/{name}"
