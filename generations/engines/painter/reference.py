"""A reference picture repainted: cropped to fit, its colours led towards the brief's palette.

The style filter itself comes afterwards, from `styles`; text alone never gets here.
"""

import io

import numpy as np
from PIL import Image, ImageOps

from .canvas import smooth
from .finish import bloomed, graded
from .palette import Array, Palette, from_lab, ramp, to_lab
from .words import Brief


def repaint(reference: bytes, width: int, height: int, brief: Brief) -> Array:
    """The picture as planes (3, height, width), recognisable, in the palette's light.

    Raises PIL.UnidentifiedImageError or OSError for bytes that are no readable image.
    """
    with Image.open(io.BytesIO(reference)) as opened:
        # A JPEG can be read at a fraction of its size, which saves time and memory.
        opened.draft("RGB", (width, height))
        upright = ImageOps.exif_transpose(opened).convert("RGBA")
    scale = max(width / upright.width, height / upright.height)
    if scale < 0.5:
        upright = upright.reduce(int(1 / scale))
    fitted = ImageOps.fit(upright, (width, height), Image.Resampling.BICUBIC)
    ground = Image.new(
        "RGBA", fitted.size, (*(round(part * 255) for part in brief.palette.light), 255)
    )
    flat = Image.alpha_composite(ground, fitted).convert("RGB")
    rgb = np.asarray(flat, np.float32).transpose(2, 0, 1) / np.float32(255)
    toned = _toned(rgb, brief.palette, _share(brief))
    v, u = np.mgrid[0:height, 0:width].astype(np.float32)
    away = np.hypot(u / width - 0.5, v / height - 0.5)
    toned = bloomed(toned, 0.22) * (1 - 0.35 * smooth(0.45, 0.85, away))
    return graded(toned, 0.1, 1.1)


def _share(brief: Brief) -> float:
    """How far the palette takes over: all the way without colour, little when no word asks."""
    if brief.mood == "noir":
        return 1.0
    return 0.65 if brief.named else 0.22


def _toned(rgb: Array, palette: Palette, share: float) -> Array:
    """Each brightness drawn towards the palette's colour of that brightness, by `share`."""
    lab = to_lab(rgb)
    low, high = (float(value) for value in np.percentile(lab[0, ::5, ::5], (1, 99)))
    span = max(high - low, 0.08)
    stretched = np.clip((lab[0] - low) / span, 0, 1)
    lab[0] += (stretched - lab[0]) * 0.4
    table = to_lab(ramp((palette.ink, palette.zenith, palette.sky, palette.horizon, palette.light)))
    table = table[:, np.argsort(table[0])]
    index = np.clip(np.searchsorted(table[0], lab[0].ravel()), 0, table.shape[1] - 1).reshape(
        lab[0].shape
    )
    for plane in (1, 2):
        lab[plane] += (table[plane].take(index) - lab[plane]) * share
    return from_lab(lab)
