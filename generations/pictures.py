"""Checks pictures that come from outside: customers' reference images and engines' results.

What passes has been decoded whole and written anew, so nothing rides along: no metadata, no
second file behind the first. Never stores anything.
"""

import io
import threading

from PIL import Image, ImageOps

REFERENCE_MAX_BYTES = 10 * 1024 * 1024
REFERENCE_MAX_PIXELS = 25_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
EXTENSIONS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}

# A 25 megapixel picture takes 100 MB while it is decoded: one after the other.
_decoding = threading.Semaphore(2)

NOT_AN_IMAGE = "The reference image is not a whole JPEG, PNG or WebP file."


class InvalidPicture(Exception):
    """The bytes are not a picture we take; the text is a sentence for whoever sent them."""


def clean_reference(data: bytes) -> tuple[bytes, str]:
    """The picture without metadata and upright, and its file extension.

    Raises InvalidPicture: more than 10 MB or 25 megapixels, or no whole JPEG, PNG or WebP.
    """
    if len(data) > REFERENCE_MAX_BYTES:
        raise InvalidPicture("The reference image is larger than 10 MB.")
    with _decoding:
        try:
            picture = Image.open(io.BytesIO(data), formats=FORMATS)
            if picture.width * picture.height > REFERENCE_MAX_PIXELS:
                raise InvalidPicture("The reference image has more than 25 megapixels.")
            form = picture.format or ""
            picture.load()
            return _encode(ImageOps.exif_transpose(picture), form), EXTENSIONS[form]
        except InvalidPicture:
            raise
        # Pillow raises nearly anything for broken files (OSError, ValueError, SyntaxError,
        # struct.error, IndexError …); to the customer they all mean the same.
        except Exception:  # noqa: BLE001
            raise InvalidPicture(NOT_AN_IMAGE) from None


def clean_result(data: bytes, width: int, height: int) -> bytes:
    """The engine's picture as a PNG. Raises InvalidPicture when it is broken or of another size."""
    try:
        picture = Image.open(io.BytesIO(data), formats=FORMATS)
        if picture.size != (width, height):
            raise InvalidPicture("The image engine answered with an image of the wrong size.")
        picture.load()
    except InvalidPicture:
        raise
    except Exception:  # noqa: BLE001 - as above: Pillow raises nearly anything.
        raise InvalidPicture("The image engine answered with a broken image.") from None
    # A PNG that decodes is kept as it is; encoding it again would cost time for nothing.
    return data if picture.format == "PNG" else _encode(picture, "PNG")


def _encode(picture: Image.Image, form: str) -> bytes:
    has_alpha = picture.has_transparency_data and form != "JPEG"
    pixels = picture.convert("RGBA" if has_alpha else "RGB")
    out = io.BytesIO()
    # A picture made of pixels alone has nothing else to write down.
    clean = Image.new(pixels.mode, pixels.size)
    clean.paste(pixels)
    clean.save(out, form, quality=92)
    return out.getvalue()
