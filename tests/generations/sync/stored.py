"""Files in the store, as old as a test needs them."""

import os
import time
from pathlib import Path

from django.conf import settings

from generations import files
from tests.generations.runner.scripted import picture

TWO_DAYS_SECONDS = 172_800


def path_of(folder: files.Folder, name: str) -> Path:
    """Where the file is on this machine."""
    return Path(settings.MEDIA_ROOT) / files.path_of(folder, name)


def grow_old(folder: files.Folder, name: str, seconds: float) -> Path:
    """Makes the file look as if it had been written so long ago."""
    path = path_of(folder, name)
    os.utime(path, (time.time() - seconds,) * 2)
    return path


def result(seconds_old: float = TWO_DAYS_SECONDS) -> tuple[str, Path]:
    """A result that no job refers to, by name and path."""
    name = files.save_result(picture())
    return name, grow_old("images", name, seconds_old)


def reference(seconds_old: float = TWO_DAYS_SECONDS) -> tuple[str, Path]:
    """A reference image that no job refers to, by name and path."""
    name = files.save_input(picture(), "png")
    return name, grow_old("inputs", name, seconds_old)
