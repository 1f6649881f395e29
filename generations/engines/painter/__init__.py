"""The demo engine's painter: words in, a picture out, always the same one for the same words.

Pure: numpy and Pillow only; it knows no job, no database and no network.
"""

import io

import numpy as np

from .canvas import Canvas
from .finish import bloomed, graded, to_image
from .reference import repaint
from .scenes import PAINTERS
from .sky import paint_weather
from .stage import Stage
from .styles import CLEAN, STYLED
from .words import number, read

__all__ = ["paint"]


def paint(prompt: str, seed: str, width: int, height: int, reference: bytes | None = None) -> bytes:
    """A PNG (RGB, 8 bit) of exactly `width` x `height` pixels.

    The same arguments give the same bytes. The prompt decides what is painted; `seed` decides
    how it is placed. With a `reference` (the bytes of an image Pillow can read) that picture is
    repainted in the prompt's style and palette instead.
    Raises PIL.UnidentifiedImageError or OSError when the reference is no readable image.
    """
    brief = read(prompt)
    random = np.random.default_rng(number(prompt, seed))
    if reference is None:
        stage = Stage(Canvas(width, height, random), brief, random)
        PAINTERS[brief.scene](stage)
        paint_weather(stage)
        rgb = graded(bloomed(stage.canvas.rgb))
    else:
        rgb = repaint(reference, width, height, brief)
    style = _style(brief.style, reference is not None)
    if style:
        rgb = STYLED[style](rgb, brief.palette, random)
    buffer = io.BytesIO()
    image = to_image(rgb, random, 0.0 if style in CLEAN else 1.1)
    image.save(buffer, "PNG", compress_level=6)
    return buffer.getvalue()


def _style(asked: str, repainting: bool) -> str:
    """A scene is painted in neon light already; a reference always takes some style."""
    if repainting:
        return asked or "oil"
    return "" if asked == "neon" else asked
