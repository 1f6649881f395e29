"""What was asked of a provider's server, and the images that it makes of it.

Owns the pictures and what is wrong with a request: a prompt that says “forbidden” is moderated, one
that says “broken” fails, and a reference that is no picture is refused. It knows no protocol.
"""

import base64
import binascii
import io
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from json import loads
from typing import Any

from PIL import Image

FROM_TEXT = (24, 64, 120)


@dataclass(frozen=True, slots=True)
class Asked:
    """One request that arrived. `step` says what for: submit, poll, result, cancel, list, file."""

    step: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return loads(self.body)


@dataclass(slots=True)
class Work:
    """One image that was taken on. `asked` is the provider's own form of the request."""

    id: str
    prompt: str
    width: int
    height: int
    key: str = ""
    reference: bytes | None = None
    asked: dict[str, Any] = field(default_factory=dict)
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    ready_at: float = field(default_factory=time.monotonic)
    cancelled: bool = False

    @property
    def is_finished(self) -> bool:
        return self.cancelled or time.monotonic() >= self.ready_at

    @property
    def trouble(self) -> str:
        """moderated, invalid_reference, failed, or "" when there is none."""
        if "forbidden" in self.prompt:
            return "moderated"
        if self.reference is not None and not is_picture(self.reference):
            return "invalid_reference"
        return "failed" if "broken" in self.prompt else ""

    @property
    def picture(self) -> bytes:
        """Of one colour: that of the reference's first pixel, where there is one."""
        return png(self.width, self.height, colour_of(self.reference))


@lru_cache(maxsize=32)
def png(width: int, height: int, colour: tuple[int, int, int] = FROM_TEXT) -> bytes:
    """A small file of that size."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "PNG")
    return out.getvalue()


def noise(width: int, height: int) -> bytes:
    """A larger file, of pixels that do not pack."""
    out = io.BytesIO()
    Image.effect_noise((width, height), 80).save(out, "PNG")
    return out.getvalue()


def colour_of(picture: bytes | None) -> tuple[int, int, int]:
    if picture is None:
        return FROM_TEXT
    red, green, blue = Image.open(io.BytesIO(picture)).convert("RGB").tobytes()[:3]
    return red, green, blue


def is_picture(data: bytes) -> bool:
    try:
        Image.open(io.BytesIO(data)).load()
    except (OSError, SyntaxError):
        return False
    return True


def from_data_uri(text: object) -> bytes | None:
    """The bytes of a base64 data URI of an image, or None for anything else."""
    if not isinstance(text, str) or not text.startswith("data:image/"):
        return None
    head, _, data = text.partition(",")
    if not head.endswith(";base64"):
        return None
    try:
        return base64.b64decode(data, validate=True)
    except binascii.Error:
        return None


def data_uri_among(values: Iterable[object]) -> bytes | None:
    """The first image that is one of these values, or in a list that is one of them."""
    texts = [text for value in values for text in (value if isinstance(value, list) else [value])]
    return next((data for text in texts if (data := from_data_uri(text)) is not None), None)


def timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
