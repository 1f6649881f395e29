"""Conifers in outline: stands of them, near or lost in haze."""

import numpy as np

from ..palette import mix
from ..sprite import Pen
from ..stage import Stage


def paint_pines(
    stage: Stage, foot: float, count: int, tall: float, haze: float, clear: float
) -> None:
    """Sets `count` pines about `tall` units high on row `foot`.

    With few of them, the middle of the picture stays clear: they keep within `clear` of a side.
    """
    canvas, palette = stage.canvas, stage.palette
    tone = mix(mix(palette.ink, palette.ground, 0.18), palette.horizon, haze)
    for _ in range(count):
        if count > 20:
            u = stage.between(-0.02, 1.02)
            size = tall * stage.between(0.45, 1.0) * (0.7 + 0.9 * abs(u - 0.5))
        else:
            side = stage.between(-0.04, clear)
            u = side if stage.either() else 1 - side
            size = tall * stage.between(0.55, 1.0) * (1 - max(side, 0) * 2)
        pen = Pen(size * canvas.unit, flip=stage.either())
        draw_pine(stage, pen, tone)
        y = foot * canvas.height - size * canvas.unit * 0.5
        stage.stamp(pen.sprite(), u * canvas.width, y, 0.0)


def draw_pine(stage: Stage, pen: Pen, tone: tuple[float, float, float]) -> None:
    """One pine: a spine of drooping, ragged boughs."""
    pen.fill([(49.4, 2), (50.6, 2), (51.6, 101), (48.4, 101)], tone)
    rows = 32 if pen.pixels > 60 else 9
    lighter = mix(tone, stage.palette.far, 0.1)
    for row in range(rows):
        share = (row + 0.5) / rows
        y = 4 + share * 86
        for side in (-1, 1):
            reach = (2 + 25 * share**0.9) * float(stage.random.uniform(0.74, 1.06))
            droop, thick = 4 + 8 * share, 3.6 + 3 * share
            points = [(50.0, y - thick)]
            for tooth in np.linspace(0.3, 1, 5):
                points.append(
                    (50 + side * reach * tooth, y + droop * tooth - thick * (0.75 - 0.7 * tooth))
                )
            for tooth in np.linspace(0.9, 0.1, 5):
                points.append((50 + side * reach * tooth, y + droop * tooth + thick * 0.75))
                points.append((50 + side * reach * (tooth - 0.07), y + droop * tooth - 0.5))
            points.append((50.0, y + thick * 0.6))
            pen.fill(points, lighter if (row + side) % 3 == 0 else tone)
