"""Small pictures of results, for lists: made when first asked for, then kept in the store.

They hold nothing that cannot be made again from the result, and go when it goes: `files` removes
both. Nothing here answers requests.
"""

import io
import logging
import threading

from PIL import Image

from generations import files
from generations.models import Job

log = logging.getLogger(__name__)

SIDE_PIXELS = 480
ENCODING = {"quality": 80, "method": 4}
# Each takes a processor for some 40 ms, and an imported picture of 25 megapixels takes 100 MB
# meanwhile: two at a time. Who waits holds a thread of the web server, so nobody does for long.
PATIENCE_SECONDS = 0.5
_making = threading.Semaphore(2)


class NotMade(Exception):
    """There is none now: too many are being made, or the picture is broken. Its image has to do."""


def make(image_name: str) -> bytes:
    """Makes the result's thumbnail, keeps it, and returns it as WebP.

    Raises NotMade, StoreUnavailable, and FileNotFoundError when there is no such result or it has
    been deleted.
    """
    if not _making.acquire(timeout=PATIENCE_SECONDS):
        raise NotMade
    try:
        data = _shrunk(files.read_result(image_name))
    finally:
        _making.release()
    files.save_thumbnail(image_name, data)
    # Who deletes an image says so in its job before removing the files. So either that is seen
    # here, or what has just been kept is removed there.
    if not is_wanted(image_name):
        files.delete_thumbnail(image_name)
        raise FileNotFoundError(image_name)
    return data


def is_wanted(image_name: str) -> bool:
    """Whether a job has that image, and has it still."""
    return Job.objects.filter(image_name=image_name, image_deleted_at=None).exists()


def _shrunk(data: bytes) -> bytes:
    out = io.BytesIO()
    try:
        # What is kept was written by us: in no other format, of no more pixels than were let in.
        picture = Image.open(io.BytesIO(data), formats=("PNG",))
        picture.thumbnail((SIDE_PIXELS, SIDE_PIXELS), reducing_gap=2.0)
        has_alpha = picture.has_transparency_data
        picture.convert("RGBA" if has_alpha else "RGB").save(out, "WEBP", **ENCODING)
    except Exception as error:
        # Pillow raises nearly anything for a file that the disk has damaged.
        log.exception("a stored result cannot be read")
        raise NotMade from error
    return out.getvalue()
