"""A PNG file down to its bones: the chunks that make the picture, and nothing else.

It unpacks pixels to count them and never looks at one; `pictures` has seen that they decode.
"""

import struct
import zlib
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# What the pixels are and how their colours are meant, with the most bytes that each may have. Left
# out are texts, times, thumbnails, colour profiles, which are whole files with words of their own,
# and the workflows that some engines write down with the customer's prompt.
# Source: https://www.w3.org/TR/png-3/#11Chunks
KEPT = {
    b"IHDR": 13,
    b"PLTE": 768,
    b"tRNS": 256,
    b"IEND": 0,
    b"sRGB": 1,
    b"gAMA": 4,
    b"cHRM": 32,
    b"cICP": 4,
}
# How many samples a pixel has, by its kind of colour.
SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
# In pieces, so that neither a bomb nor a large picture is in memory whole.
PACKED_BYTES, UNPACKED_BYTES = 64 * 1024, 256 * 1024


def bare(data: bytes) -> bytes | None:
    """The same picture without anything beside it. Raises ValueError when the file is not whole.

    None when its pixels have to be packed anew: they are interlaced, something follows them, or
    what describes them is too long or there twice.
    """
    header = b""
    seen, kept, pixels = set(), [SIGNATURE], []
    for kind, content, chunk in _chunks(data):
        if kind == b"IDAT":
            pixels.append(content)
        elif kind not in KEPT:
            continue
        elif kind in seen or len(content) > KEPT[kind]:
            return None
        elif kind == b"IHDR":
            header = content
        seen.add(kind)
        kept.append(chunk)
    is_plain = _is_exactly(b"".join(pixels), _unpacked_bytes(header))
    return b"".join(kept) if is_plain else None


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Each chunk's kind, its content and the whole of it, to the end of the picture.

    What follows the end is another file's.
    """
    if not data.startswith(SIGNATURE):
        raise ValueError("not a PNG")
    position, kind = len(SIGNATURE), b""
    while kind != b"IEND":
        head = data[position : position + 8]
        if len(head) < 8:
            raise ValueError("the file ends before the picture does")
        length, kind = struct.unpack(">I4s", head)
        chunk = data[position : position + 12 + length]
        if (
            len(chunk) < 12 + length
            or zlib.crc32(chunk[4:-4]) != struct.unpack(">I", chunk[-4:])[0]
        ):
            raise ValueError("a part of the file is damaged")
        yield kind, chunk[8:-4], chunk
        position += len(chunk)


def _unpacked_bytes(header: bytes) -> int:
    """How long the pixels are, with a byte before each row; -1 where they are interlaced."""
    width, height, depth, colour, _, _, is_interlaced = struct.unpack(">IIBBBBB", header)
    row_bytes = 1 + (width * depth * SAMPLES[colour] + 7) // 8
    return -1 if is_interlaced else height * row_bytes


def _is_exactly(packed: bytes, size_bytes: int) -> bool:
    """Whether it is one zlib stream of so many bytes unpacked, and nothing behind it."""
    stream = zlib.decompressobj()
    try:
        for start in range(0, len(packed), PACKED_BYTES):
            if stream.eof:
                return False
            left, unpacked = packed[start : start + PACKED_BYTES], b"more"
            while (left or unpacked) and size_bytes >= 0:
                unpacked = stream.decompress(left, UNPACKED_BYTES)
                left = stream.unconsumed_tail
                size_bytes -= len(unpacked)
    except zlib.error:
        return False
    return stream.eof and not stream.unused_data and size_bytes == 0
