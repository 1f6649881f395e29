"""The open sea: sky and sun over a horizon, islands, and boats or a lighthouse on it."""

import numpy as np

from ..canvas import smooth
from ..noise import line
from ..palette import mix
from ..sky import paint_mist, paint_sky
from ..stage import Stage
from ..subjects import CATALOGUE
from ..water import paint_water
from .cast import heroes
from .flock import paint_flock


def paint_sea(stage: Stage) -> None:
    """The whole seascape."""
    canvas, brief = stage.canvas, stage.brief
    horizon = 0.56 + (brief.variant % 3) * 0.03
    low = brief.mood in {"sunset", "dawn", "golden", "neon"}
    stage.sun = (stage.between(0.32, 0.68), horizon - (0.1 if low else 0.3))
    paint_sky(stage, horizon, 0.75 if "cloud" in brief.weather else 0.45)
    _islands(stage, horizon)
    tower = stage.cast("ground", "plant")
    side = 0.27 if stage.sun[0] > 0.5 else 0.73
    if tower:
        _headland(stage, horizon, side)
        for at, subject in enumerate(tower):
            stage.figure(
                subject.name,
                side + (at * 0.2 if side < 0.5 else at * -0.2),
                horizon - 0.015,
                CATALOGUE[subject.name].size * 0.92,
                tint=subject.tint,
                shadow=0.22,
                standing=True,
                flip=side > 0.5,
            )
        if any(subject.name == "lighthouse" for subject in tower):
            _beam(stage, side, horizon)
    boats = stage.cast("surface")
    for boat in boats:
        stage.figure(
            "boat",
            1 - side if tower else 0.5 + stage.between(-0.16, 0.16),
            horizon + 0.035,
            0.36,
            tint=boat.tint,
            shadow=0.08,
            standing=True,
            flip=stage.either(),
        )
    paint_water(stage, horizon + (0.035 if boats else 0.0), 0.75 if not boats else 0.4)
    paint_mist(stage, horizon, 0.035, 0.3)
    if not boats and not brief.subjects:
        stage.figure(
            "boat", stage.sun[0] + 0.12, horizon + 0.02, 0.085, shadow=0.8, rim=0.4, standing=True
        )
    heroes(stage, (0.5, 0.34), ("air",), shadow=0.2)
    heroes(stage, (0.5, horizon - 0.02), ("under",), shadow=0.3, scale=0.8)
    paint_flock(stage, 0.14, horizon - 0.16)
    canvas.shade(smooth(0.8, 1.3, canvas.distance(0.5, 0.45)) * 0.4)


def _islands(stage: Stage, horizon: float) -> None:
    canvas, palette = stage.canvas, stage.palette
    for haze, tall in ((0.62, 0.05), (0.35, 0.035)):
        shape = line(stage.random, canvas.width, 3.5, 6, 0.52)
        lump = line(stage.random, canvas.width, 1.1, 1)
        crest = horizon + 0.012 - (shape * 0.5 + lump * 1.5) * tall
        paint = mix(mix(palette.far, palette.ink, 0.35), palette.horizon, haze)
        canvas.over(paint, canvas.below(crest) * (canvas.v < horizon + 0.004))


def _beam(stage: Stage, side: float, horizon: float) -> None:
    """Two cones of light from the lamp, plainer by night."""
    canvas = stage.canvas
    lamp = horizon - 0.015 - CATALOGUE["lighthouse"].size * 0.92 * 0.8 * canvas.unit / canvas.height
    across = (canvas.u - side) * canvas.width / canvas.unit
    down = (canvas.v - lamp) * canvas.height / canvas.unit
    spread = np.abs(down + 0.06 * across) / (np.abs(across) * 0.11 + 0.006)
    cone = np.exp(-(spread**2)) * np.exp(-np.abs(across) * 2.4) * smooth(0.0, 0.05, np.abs(across))
    canvas.glow((1.0, 0.9, 0.66), cone * (0.75 if stage.palette.dark else 0.28))


def _headland(stage: Stage, horizon: float, side: float) -> None:
    """A dark point of rock that carries a tower."""
    canvas, palette = stage.canvas, stage.palette
    rough = line(stage.random, canvas.width, 14, 5, 0.55) * 0.016
    hump = smooth(0.3, 0.02, abs(canvas.u[0] - side)) * 0.055
    crest = horizon + 0.02 - hump + rough * (hump > 0.002)
    paint = mix(palette.ink, palette.ground, 0.25)
    canvas.over(paint, canvas.below(crest) * (canvas.v < horizon + 0.006))
