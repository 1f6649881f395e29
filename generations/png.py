"""A PNG file down to its bones: the chunks that make the picture, and nothing else.

It never decodes pixels; `pictures.py` has seen before that they can be.
"""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# What the pixels are and how their colours are meant. Left out are texts, times, thumbnails and
# the workflows that some engines write down with the customer's prompt.
# Source: https://www.w3.org/TR/png-3/#11Chunks
KEPT = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"sRGB", b"gAMA", b"cHRM", b"iCCP", b"cICP"}


def bare(data: bytes) -> bytes:
    """The same picture without anything beside it. Raises ValueError when the file is not whole."""
    if not data.startswith(SIGNATURE):
        raise ValueError("not a PNG")
    kept = [SIGNATURE]
    position = len(SIGNATURE)
    while True:
        head = data[position : position + 8]
        if len(head) < 8:
            raise ValueError("the file ends before the picture does")
        length, kind = struct.unpack(">I4s", head)
        end = position + 12 + length
        chunk = data[position:end]
        if (
            len(chunk) < 12 + length
            or zlib.crc32(chunk[4:-4]) != struct.unpack(">I", chunk[-4:])[0]
        ):
            raise ValueError("a part of the file is damaged")
        if kind in KEPT:
            kept.append(chunk)
        if kind == b"IEND":
            # What follows the end is another file's.
            return b"".join(kept)
        position = end
