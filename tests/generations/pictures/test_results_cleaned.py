"""What an engine answers becomes a bare, whole PNG, or nothing."""

import io
import struct
import zlib

import pytest
from PIL import Image, PngImagePlugin

from generations.pictures import InvalidPicture, clean_result
from tests.generations.pictures.jpegs import jpeg_of_scans

SIDE = 32
SECRET = b"a secret prompt"


@pytest.fixture(scope="session", autouse=True)
def database() -> None:
    """Bytes are all that these tests need."""


def png(**options: object) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((SIDE, SIDE)).convert("RGB").save(out, "PNG", **options)
    return out.getvalue()


def test_a_plain_png_stays_as_it_is() -> None:
    assert clean_result(png(), SIDE, SIDE) == png()


def test_words_inside_are_left_out() -> None:
    words = PngImagePlugin.PngInfo()
    words.add_text("workflow", "a secret prompt")
    words.add_itxt("prompt", "another one")
    marked = png(pnginfo=words)
    assert b"secret" in marked
    assert clean_result(marked, SIDE, SIDE) == png()


def test_what_follows_the_picture_is_left_out() -> None:
    assert clean_result(png() + b"PK\x03\x04 a second file", SIDE, SIDE) == png()


def chunk(kind: bytes, content: bytes) -> bytes:
    body = kind + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))


def chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    """Kinds and contents."""
    found, position = [], 8
    while position < len(data):
        length, kind = struct.unpack(">I4s", data[position : position + 8])
        found.append((kind, data[position + 8 : position + 8 + length]))
        position += 12 + length
    return found


def rebuilt(*parts: tuple[bytes, bytes]) -> bytes:
    return png()[:8] + b"".join(chunk(kind, content) for kind, content in parts)


HEADER, PIXELS, END = chunks(png())
STOWAWAYS = {
    "behind the packed pixels": [HEADER, (b"IDAT", PIXELS[1] + SECRET), END],
    "in a part of its own": [HEADER, PIXELS, (b"IDAT", SECRET), END],
    "packed behind the last row": [
        HEADER,
        (b"IDAT", zlib.compress(zlib.decompress(PIXELS[1]) + SECRET, level=0)),
        END,
    ],
    "in the end": [HEADER, PIXELS, (b"IEND", SECRET)],
    "in a profile": [HEADER, (b"iCCP", SECRET + b"\0\0" + zlib.compress(SECRET)), PIXELS, END],
    "in what is short": [HEADER, (b"gAMA", b"\0\0\xb1\x8f" + SECRET), PIXELS, END],
    "there twice": [HEADER, *[(b"cHRM", SECRET + bytes(17))] * 2, PIXELS, END],
}


@pytest.mark.parametrize("parts", STOWAWAYS.values(), ids=STOWAWAYS)
def test_nothing_rides_along(parts: list[tuple[bytes, bytes]]) -> None:
    stuffed = rebuilt(*parts)
    assert SECRET in stuffed
    cleaned = clean_result(stuffed, SIDE, SIDE)
    assert SECRET not in cleaned
    before, after = (Image.open(io.BytesIO(data)).convert("RGB") for data in (png(), cleaned))
    assert after.tobytes() == before.tobytes()


def test_pixels_in_many_parts_stay_as_they_are() -> None:
    packed = PIXELS[1]
    parts = [(b"IDAT", packed[start : start + 7]) for start in range(0, len(packed), 7)]
    many = rebuilt(HEADER, *parts, END)
    assert clean_result(many, SIDE, SIDE) == many


def test_interlaced_pixels_are_packed_anew() -> None:
    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 1)
    only = zlib.compress(b"\0\x18\x40\x78")
    cleaned = clean_result(rebuilt((b"IHDR", header), (b"IDAT", only), END), 1, 1)
    assert Image.open(io.BytesIO(cleaned)).getpixel((0, 0)) == (0x18, 0x40, 0x78)
    assert chunks(cleaned)[0][1][-1] == 0


def test_a_jpeg_that_takes_for_ever_to_decode_is_refused() -> None:
    assert clean_result(jpeg_of_scans(100, SIDE), SIDE, SIDE)
    with pytest.raises(InvalidPicture):
        clean_result(jpeg_of_scans(101, SIDE), SIDE, SIDE)


@pytest.mark.parametrize("missing", [1, 4, 12, 20, 60])
def test_a_truncated_one_is_refused(missing: int) -> None:
    with pytest.raises(InvalidPicture):
        clean_result(png()[:-missing], SIDE, SIDE)


def test_a_damaged_one_is_refused() -> None:
    data = bytearray(png())
    data[-20] ^= 1
    with pytest.raises(InvalidPicture):
        clean_result(bytes(data), SIDE, SIDE)


@pytest.mark.parametrize("form", ["JPEG", "WEBP"])
def test_other_forms_become_png(form: str) -> None:
    out = io.BytesIO()
    Image.new("RGB", (SIDE, SIDE), "teal").save(out, form)
    cleaned = Image.open(io.BytesIO(clean_result(out.getvalue(), SIDE, SIDE)))
    assert (cleaned.format, cleaned.size) == ("PNG", (SIDE, SIDE))
