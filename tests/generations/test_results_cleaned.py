"""What an engine answers becomes a bare, whole PNG, or nothing."""

import io

import pytest
from PIL import Image, PngImagePlugin

from generations.pictures import InvalidPicture, clean_result

SIDE = 32


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
