"""Pictures written as text: base64 and data: URIs (RFC 2397), both ways.

What comes out is bytes that nobody has verified yet.
"""

import base64
import binascii

from generations.engines.failures import RESULT_UNUSABLE, EngineFailed


def media_type(picture: bytes) -> str:
    """What the picture's first bytes say. References are JPEG, PNG or WebP, nothing else."""
    if picture.startswith(b"\x89PNG"):
        return "image/png"
    return "image/jpeg" if picture.startswith(b"\xff\xd8") else "image/webp"


def data_uri(picture: bytes) -> str:
    """The picture as a data: URI, for providers that take one instead of an address."""
    return f"data:{media_type(picture)};base64,{base64.b64encode(picture).decode()}"


def decoded(text: str) -> bytes:
    """The bytes behind base64, with or without a data: URI around it.

    Raises EngineFailed for anything else.
    """
    if text.startswith("data:"):
        head, _, text = text.partition(",")
        if not head.endswith(";base64"):
            raise EngineFailed("provider", RESULT_UNUSABLE)
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise EngineFailed("provider", RESULT_UNUSABLE) from None
