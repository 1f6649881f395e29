"""Checks pictures that come from outside: customers' reference images and engines' results.

What passes has been decoded whole and written anew, so nothing rides along: no metadata, no
second file behind the first. Never stores anything.
"""

import io
import re
import threading

from django.utils.translation import gettext_noop
from PIL import Image, ImageOps

from generations.pictures import png

REFERENCE_MAX_BYTES = 10 * 1024 * 1024
REFERENCE_MAX_PIXELS = 25_000_000
# What is larger is shrunk: no variant is larger either, and writing 25 megapixels anew takes
# seconds and hundreds of megabytes, for which a file of one kilobyte can ask.
REFERENCE_SIDE_PIXELS = 2048
JPEG_SCANS_MAX = 100
# The head of a scan: its length and the number of its components fit each other. The marker alone
# also turns up by chance, in the video behind a phone's photo. Source: ITU-T T.81, B.2.3.
JPEG_SCAN = re.compile(rb"\xff\xda\x00(?:\x06\x00|\x08\x01|\x0a\x02|\x0c\x03|\x0e\x04)")
FORMATS = ("JPEG", "PNG", "WEBP")
EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
# Quick rather than small, since a program waits for the answer.
ENCODING = {
    "JPEG": {"quality": 92},
    "PNG": {"compress_level": 1},
    "WEBP": {"quality": 92, "method": 0},
}

# A 25 megapixel picture takes 100 MB while it is decoded, and a second: two at a time.
_decoding = threading.Semaphore(2)
# A web server has few threads: one that waits for its turn keeps others from theirs.
PATIENCE_SECONDS = 3.0
RETRY_SECONDS = 2

NOT_AN_IMAGE = gettext_noop("The reference image is not a whole JPEG, PNG or WebP file.")
TOO_MANY_AT_ONCE = gettext_noop(
    "Too many reference images at once. Nothing was charged: retry in a moment."
)
TOO_MANY_BYTES = gettext_noop("The reference image is larger than 10 MB.")
TOO_MANY_PIXELS = gettext_noop("The reference image has more than 25 megapixels.")
BROKEN_RESULT = gettext_noop("The image engine answered with a broken image.")
WRONG_SIZE = gettext_noop("The image engine answered with an image of the wrong size.")


class InvalidPicture(Exception):
    """The bytes are not a picture we take; the text is a sentence for whoever sent them."""


class TooManyPictures(Exception):
    """As many pictures as fit in memory are being decoded, and that for longer than one waits."""


def clean_reference(
    data: bytes,
    patience_seconds: float | None = None,
    limit_bytes: int = REFERENCE_MAX_BYTES,
) -> tuple[bytes, str]:
    """The picture without metadata, upright and at most 2048 pixels wide and high, and its file
    extension.

    Raises InvalidPicture: more than 10 MB or 25 megapixels, or no whole JPEG, PNG or WebP; and
    TooManyPictures, unless it waits without end, as only threads may that nobody else needs.
    Our own results may be larger than what is taken from others.
    """
    if len(data) > limit_bytes:
        raise InvalidPicture(TOO_MANY_BYTES)
    if not _decoding.acquire(timeout=patience_seconds):
        raise TooManyPictures
    try:
        return _clean_reference(data)
    except InvalidPicture:
        raise
    except Image.DecompressionBombError:
        raise InvalidPicture(TOO_MANY_PIXELS) from None
    # Pillow raises nearly anything for broken files (OSError, ValueError, SyntaxError,
    # struct.error, IndexError …); to the customer they all mean the same.
    except Exception:  # noqa: BLE001 - as said above.
        raise InvalidPicture(NOT_AN_IMAGE) from None
    finally:
        _decoding.release()


def _clean_reference(data: bytes) -> tuple[bytes, str]:
    picture = Image.open(io.BytesIO(data), formats=FORMATS)
    if picture.width * picture.height > REFERENCE_MAX_PIXELS:
        raise InvalidPicture(TOO_MANY_PIXELS)
    # A phone's photo with a second one inside, such as a gain map, is a JPEG like others.
    form = "JPEG" if picture.format == "MPO" else picture.format or ""
    _check_scans(data, form)
    picture.load()
    picture.thumbnail((REFERENCE_SIDE_PIXELS, REFERENCE_SIDE_PIXELS))
    return _encode(ImageOps.exif_transpose(picture), form), EXTENSIONS[form]


def clean_result(data: bytes, width: int, height: int) -> bytes:
    """The engine's picture as a PNG. Raises InvalidPicture when it is broken or of another size."""
    picture = _opened_result(data)
    if picture.size != (width, height):
        raise InvalidPicture(WRONG_SIZE)
    return _result_png(picture, data)


def clean_import(data: bytes) -> tuple[bytes, int, int]:
    """A picture that nobody ordered, as a PNG, its width and height. Raises InvalidPicture."""
    picture = _opened_result(data)
    if picture.width * picture.height > REFERENCE_MAX_PIXELS:
        raise InvalidPicture("The image has more than 25 megapixels.")
    return _result_png(picture, data), picture.width, picture.height


def _check_scans(data: bytes, form: str) -> None:
    # Each scan of a progressive JPEG goes over the whole picture again, for 42 bytes. A real file
    # has about ten.
    if form in ("JPEG", "MPO") and len(JPEG_SCAN.findall(data)) > JPEG_SCANS_MAX:
        raise InvalidPicture(NOT_AN_IMAGE)


def _opened_result(data: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data), formats=FORMATS)
    except Exception:  # noqa: BLE001 - as above: Pillow raises nearly anything.
        raise InvalidPicture(BROKEN_RESULT) from None


def _result_png(picture: Image.Image, data: bytes) -> bytes:
    try:
        _check_scans(data, picture.format or "")
        picture.load()
        # The pixels of a plain PNG stay as they are; packing them again would take long.
        bare = png.bare(data) if picture.format == "PNG" else None
        return bare or _encode(picture, "PNG")
    except Exception:  # noqa: BLE001 - as above.
        raise InvalidPicture(BROKEN_RESULT) from None


def _encode(picture: Image.Image, form: str) -> bytes:
    if picture.mode == "I;16":
        # Converting would cut off all but the darkest 256 of the 65,536 shades of grey.
        picture = picture.point(lambda shade: shade * (1 / 256)).convert("L")
    has_alpha = picture.has_transparency_data and form != "JPEG"
    pixels = picture.convert("RGBA" if has_alpha else "RGB")
    out = io.BytesIO()
    # A picture made of pixels alone has nothing else to write down.
    clean = Image.new(pixels.mode, pixels.size)
    clean.paste(pixels)
    clean.save(out, form, **ENCODING[form])
    return out.getvalue()
