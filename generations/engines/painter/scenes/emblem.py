"""A poster for a subject that asks for no place: a great disc, a hill, and the figure on it."""

import numpy as np

from ..canvas import smooth
from ..noise import clouds, line
from ..palette import gradient, mix
from ..sky import paint_clouds, paint_stars
from ..stage import Stage
from .cast import heroes


def paint_emblem(stage: Stage) -> None:
    """The whole poster."""
    canvas, palette = stage.canvas, stage.palette
    stage.sun = (0.5 + stage.between(-0.06, 0.06), 0.4)
    drift = clouds(stage.random, canvas.width, canvas.height, 1.5, 3) - 0.5
    canvas.rgb = gradient(
        (palette.zenith, palette.sky, mix(palette.sky, palette.horizon, 0.6), palette.horizon),
        np.clip(canvas.v * 1.05 + drift * 0.2, 0, 1),
    )
    if palette.dark:
        paint_stars(stage, smooth(0.8, 0.2, canvas.v))
    paint_clouds(stage, 0.72, 0.4)
    away = canvas.distance(*stage.sun)
    radius = 0.31
    canvas.glow(palette.light, np.exp(-np.maximum(away - radius, 0) * 5) * 0.45)
    disc = np.clip((radius - away) * canvas.unit + 0.5, 0, 1)
    face = gradient(
        (mix(palette.light, (1.0, 1.0, 1.0), 0.3), palette.light, palette.second),
        np.clip((canvas.v - 0.1) * 1.5, 0, 1) + 0 * away,
    )
    canvas.over(face, disc)
    for at, low in enumerate((0.74, 0.8, 0.86)):
        crest = low + line(stage.random, canvas.width, 1.8, 4) * 0.04
        tone = mix(mix(palette.far, palette.horizon, 0.35), palette.ink, at * 0.42)
        depth = np.clip((canvas.v - crest[None, :]) / 0.2, 0, 1)
        body = canvas.below(crest)
        canvas.over(
            gradient((mix(tone, palette.light, 0.25), tone, mix(tone, palette.ink, 0.4)), depth),
            body,
        )
    heroes(stage, (stage.sun[0], 0.46), (), ground=0.9, scale=1.5, shadow=0.08, rim=0.8)
    canvas.shade(smooth(0.75, 1.3, canvas.distance(0.5, 0.5)) * 0.4)
