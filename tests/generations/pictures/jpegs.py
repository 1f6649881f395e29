"""JPEGs as no camera makes them, for those who decode what strangers send."""

import io

from PIL import Image

SCAN = b"\xff\xda"
END = b"\xff\xd9"


def jpeg_of_scans(count: int, side: int) -> bytes:
    """A progressive one whose last scan comes again and again, until there are so many."""
    out = io.BytesIO()
    noise = Image.effect_noise((side, side), 80).convert("RGB")
    noise.save(out, "JPEG", progressive=True)
    data = out.getvalue()
    body, last = data.removesuffix(END), data[data.rindex(SCAN) :].removesuffix(END)
    return body + last * (count - data.count(SCAN)) + END
