"""Water that lies flat: it mirrors what is painted above a line, broken by ripples."""

import numpy as np

from .canvas import planes_of, smooth
from .noise import look_up, moved, tile
from .palette import Array, mix
from .stage import Stage


def paint_water(stage: Stage, line: float, rough: float, clear: float = 0.62) -> None:
    """Turns everything under row `line` into water.

    `rough` 0..1 goes from a pond to open sea; `clear` is how much of the mirror shows.
    """
    canvas, palette = stage.canvas, stage.palette
    first = min(canvas.height - 1, max(1, round(line * canvas.height)))
    rows = np.arange(first, canvas.height, dtype=np.float32)[:, None]
    columns = np.arange(canvas.width, dtype=np.float32)[None, :]
    below = (rows - first + 1) / canvas.unit
    depth = 0.1 / (below + 0.012)
    across = columns / canvas.unit - canvas.width / canvas.unit / 2
    texture = tile(stage.random, 512, 8, 5)
    at_row, at_column = depth * 210 + 0 * across, across * depth * 120 + 256
    wave = look_up(texture, at_row, at_column) - 0.5
    fine = look_up(texture, at_row * 3.3 + 97, at_column * 2.6 + 31) - 0.5
    # Ripples are drawn only close by: far off they would be finer than a pixel.
    near = smooth(0.04, 0.3, below)
    ripple = (look_up(texture, at_row * 13 + 41, at_column * 7 + 11) - 0.5) * near
    swell = wave * 0.8 + fine * 0.55 + ripple * (0.25 + 0.35 * rough)
    calm = np.clip(below * 6, 0.15, 1)
    down = swell * calm * (0.05 + 0.5 * rough) * canvas.unit
    side = wave * calm * (0.012 + 0.05 * rough) * canvas.unit
    stretch = first / max(1.0, canvas.height - first) if rough > 0.3 else 1.0
    mirror_rows = first - 1 - (rows - first) * min(stretch, 1.6) - np.abs(down)
    mirror = moved(canvas.rgb, np.abs(mirror_rows), columns + side)
    deep = planes_of(mix(palette.ground, palette.zenith, 0.35))
    share = clear * (1 - 0.45 * smooth(0.0, 0.6, below))
    part = deep + (mirror - deep) * share
    crest = smooth(0.08, 0.32, swell) * calm
    part += (planes_of(palette.horizon) - part) * crest * 0.22
    part *= 1 - smooth(0.05, 0.4, -swell) * calm * 0.35
    canvas.rgb[:, first:] = part
    _glitter(stage, first, swell, below)
    hug = np.exp(-np.abs(canvas.v - line) * canvas.height / canvas.unit * 90)
    canvas.glow(palette.horizon, hug * 0.18)


def _glitter(stage: Stage, first: int, swell: Array, below: Array) -> None:
    """The road of light that runs from the sun towards the eye."""
    canvas = stage.canvas
    away = np.abs(canvas.u - stage.sun[0]) * (canvas.width / canvas.unit)
    road = np.exp(-((away / (0.05 + below * 0.32)) ** 2))
    sparks = smooth(0.02, 0.2, swell) * (0.9 - 0.5 * smooth(0.1, 0.7, below))
    part = canvas.rgb[:, first:]
    light = planes_of(stage.palette.light)
    part += light * (road * sparks * 0.75) * np.maximum(1 - part, 0)
