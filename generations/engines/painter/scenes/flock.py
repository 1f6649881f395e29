"""A loose flock of distant birds: two strokes each, never a subject of its own."""

import numpy as np

from ..palette import mix
from ..sprite import Pen, ribbon
from ..stage import Stage


def paint_flock(stage: Stage, top: float, bottom: float, count: int = 7) -> None:
    """Scatters distant birds between two rows, close together."""
    u = stage.between(0.2, 0.8)
    v = stage.between(top, max(top + 0.01, bottom))
    tone = mix(stage.palette.ink, stage.palette.sky, 0.25)
    for at in range(count):
        size = stage.between(0.014, 0.03)
        pen = Pen(size * stage.canvas.unit, tilt=stage.between(-14, 14))
        lift, along = stage.between(10, 26), np.linspace(0, 1, 14)
        for side in (-1, 1):
            x = 50 + side * along * 50
            y = 55 - np.sin(along * np.pi * 0.8) * lift
            pen.fill(
                ribbon([(float(a), float(b)) for a, b in zip(x, y, strict=True)], 11, 0.15), tone
            )
        away = stage.between(-0.02, 0.02)
        stage.stamp(
            pen.sprite(),
            (u + (at - count / 2) * 0.03 + away) * stage.canvas.width,
            (v + abs(at - count / 2) * 0.008 + away) * stage.canvas.height,
            0.0,
        )
