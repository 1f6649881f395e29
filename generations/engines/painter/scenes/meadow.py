"""Hills of grass and flowers under a soft sky, large blossoms close to the eye."""

import numpy as np

from ..canvas import smooth
from ..noise import clouds, line
from ..palette import Colour, gradient, mix
from ..sky import paint_mist, paint_sky
from ..sprite import Pen
from ..stage import Stage
from ..subjects import CATALOGUE, Tones
from .cast import heroes
from .flock import paint_flock


def paint_meadow(stage: Stage) -> None:
    """The whole meadow picture."""
    canvas, palette = stage.canvas, stage.palette
    stage.sun = (stage.between(0.25, 0.75), 0.24)
    paint_sky(stage, 0.62, 0.6)
    tones = (
        mix(palette.far, palette.horizon, 0.55),
        mix(palette.far, palette.ground, 0.35),
        mix(palette.ground, palette.far, 0.3),
        palette.ground,
    )
    for at, (low, tone) in enumerate(zip((0.56, 0.61, 0.67, 0.75), tones, strict=True)):
        _hill(stage, low, tone, at)
        if at == 1:
            _copse(stage, 0.62, tone)
        paint_mist(stage, low + 0.03, 0.04, 0.22)
        if at >= 2:
            _dots(stage, low + 0.05)
    heroes(stage, (0.5, 0.5), ("ground", "surface"), ground=0.86, shadow=0.1)
    trees = [subject for subject in stage.cast("plant") if subject.name == "tree"]
    for subject in trees[:1]:
        stage.figure(
            "tree",
            0.5 + stage.between(-0.2, 0.2),
            0.8,
            0.62,
            tint=subject.tint,
            shadow=0.1,
            standing=True,
        )
    _blossoms(stage)
    heroes(stage, (0.5, 0.36), ("air", "under"), shadow=0.05)
    paint_flock(stage, 0.12, 0.34, 5)
    canvas.shade(smooth(0.8, 1.35, canvas.distance(0.5, 0.45)) * 0.32)


def _hill(stage: Stage, low: float, tone: Colour, at: int) -> None:
    canvas, palette = stage.canvas, stage.palette
    crest = low + line(stage.random, canvas.width, 1.3, 2) * 0.045
    if at >= 2:
        crest = crest - np.abs(line(stage.random, canvas.width, 90, 3, 0.8)) * 0.006 * at
    depth = np.clip((canvas.v - crest[None, :]) / 0.22, 0, 1)
    blades = clouds(stage.random, canvas.width, canvas.height, 26 + 10 * at, 4, 0.45) - 0.5
    broad = clouds(stage.random, canvas.width, canvas.height, 3, 3, 3) - 0.5
    bright = mix(mix(tone, palette.light, 0.45), palette.second, 0.15)
    shade = mix(tone, palette.ink, 0.35 + 0.1 * at)
    canvas.over(
        gradient((bright, tone, shade), depth * 0.95 + blades * 0.35 + broad * 0.5),
        canvas.below(crest),
    )


def _copse(stage: Stage, foot: float, tone: Colour) -> None:
    for _ in range(7):
        stage.figure(
            "tree",
            stage.between(0.02, 0.98),
            foot + stage.between(-0.01, 0.015),
            stage.between(0.06, 0.1),
            tint=mix(tone, stage.palette.ink, 0.35),
            shadow=0.2,
            haze=0.25,
            rim=0.3,
            standing=True,
        )


def _dots(stage: Stage, top: float) -> None:
    """Far flowers as specks of colour that grow towards the eye."""
    canvas, palette = stage.canvas, stage.palette
    tones = (palette.accent, palette.second, mix(palette.accent, palette.light, 0.6), palette.light)
    for u, v, pick in stage.random.random((150, 3)):
        row = top + v**1.3 * (1 - top)
        near = (row - 0.6) / 0.4
        size = 0.0016 + 0.0055 * near**1.5
        canvas.soft_spot(u, row, size * 1.4, tones[int(pick * 4)], 0.9)


def _blossoms(stage: Stage) -> None:
    """Flowers in front, in two depths; the near ones large and at the sides."""
    canvas, palette = stage.canvas, stage.palette
    asked = [subject for subject in stage.cast("plant") if subject.name == "flower"]
    tint = asked[0].tint if asked else None
    tones = (palette.accent, palette.second, mix(palette.accent, palette.light, 0.55))
    draw = CATALOGUE["flower"].draw
    for at in range(16):
        near = at / 15
        u = stage.between(0.02, 0.98)
        if near > 0.4:
            u = 0.5 + (u - 0.5) * 0.5 + (0.27 if u > 0.5 else -0.27)
        size = 0.1 + 0.18 * near + stage.between(0, 0.04)
        body = tint or tones[at % 3]
        pen = Pen(size * canvas.unit, stage.either(), stage.between(-14, 14))
        deep = mix(palette.ink, palette.ground, 0.3)
        draw(
            pen,
            Tones(
                body,
                palette.light,
                mix(body, deep, 0.75),
                palette.second if body != palette.second else palette.light,
            ),
            stage.random,
        )
        stage.stamp(
            pen.sprite(),
            u * canvas.width,
            (0.86 + 0.12 * near + stage.between(-0.03, 0.03)) * canvas.height,
            0.35,
        )
    if asked:
        stage.figure(
            "flower",
            0.5 + stage.between(-0.04, 0.04),
            1.0,
            0.5,
            tint=tint or palette.accent,
            shadow=0.05,
            standing=True,
        )
