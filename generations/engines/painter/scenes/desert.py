"""Dunes in perspective under a wide sky; pyramids or rocks far off."""

import numpy as np

from ..canvas import planes_of, smooth
from ..noise import line, look_up, tile
from ..palette import Array, gradient, mix
from ..sky import paint_mist, paint_sky
from ..stage import Stage
from ..terrain import Shader, Slices, View, paint_land, sunlight
from .cast import heroes
from .flock import paint_flock


def paint_desert(stage: Stage) -> None:
    """The whole desert picture."""
    canvas, brief = stage.canvas, stage.brief
    stage.sun = (stage.between(0.25, 0.75), 0.33)
    paint_sky(stage, 0.58, 0.3)
    air = mix(stage.palette.horizon, stage.palette.light, 0.2)
    plain = mix(stage.palette.ground, mix(stage.palette.accent, stage.palette.horizon, 0.55), 0.6)
    _mesas(stage)
    canvas.over(
        gradient((air, mix(air, plain, 0.6)), (canvas.v - 0.57) * 8),
        canvas.below(0.57 + 0 * canvas.u),
    )
    paint_mist(stage, 0.57, 0.025, 0.7)
    _dunes(stage)
    heroes(stage, (0.5, 0.3), ("air", "under"), shadow=0.08)
    heroes(stage, (0.5, 0.5), ("ground", "plant", "surface"), ground=0.86, scale=0.9, shadow=0.15)
    if not brief.subjects:
        paint_flock(stage, 0.12, 0.3, 5)
    canvas.shade(smooth(0.8, 1.35, canvas.distance(0.5, 0.45)) * 0.4)


def _mesas(stage: Stage) -> None:
    """Worn buttes on the horizon, or pyramids for one prompt in three."""
    canvas, palette = stage.canvas, stage.palette
    pyramids = stage.brief.variant % 3 == 0
    for _ in range(3 if pyramids else 4):
        u, half, tall = (
            stage.between(0.05, 0.95),
            stage.between(0.05, 0.12),
            stage.between(0.03, 0.07),
        )
        away = np.abs(canvas.u[0] - u) / half
        if pyramids:
            shape = np.clip(1 - away, 0, 1) * 1.4
        else:
            worn = away + line(stage.random, canvas.width, 26, 4, 0.6) * 0.16
            shape = (
                smooth(1.0, 0.74, worn) * 0.8
                + smooth(0.6, 0.5, worn) * 0.25
                + smooth(1.7, 0.6, worn) * 0.16
            )
        crest = 0.575 - shape * tall
        tone = mix(mix(palette.far, palette.ground, 0.5), palette.horizon, stage.between(0.4, 0.6))
        canvas.over(tone, canvas.below(crest))
        if pyramids:
            lit = (canvas.u > u) == (stage.sun[0] > u)
            canvas.over(mix(tone, palette.light, 0.35), canvas.below(crest) * lit * 0.5)


def _dunes(stage: Stage) -> None:
    """Long crests across the wind: a slow rise, a sharp edge, a short lee side."""
    side = 1024 if stage.canvas.unit > 600 else 512
    warp, swell = tile(stage.random, side, 2, 3) - 0.5, tile(stage.random, side, 3, 2)
    z, x = np.mgrid[0:side, 0:side].astype(np.float32) / side
    phase = (z * 3 + x + warp * 1.5) % 1.0
    rise = np.where(phase < 0.68, (phase / 0.68) ** 1.3, ((1 - phase) / 0.32) ** 1.1)
    land: Array = (rise * (0.35 + swell * 0.9) * 0.2).astype(np.float32)
    for axis in (0, 1):  # Crests are a little rounded, or single pixels of shade would dot them.
        land = sum((np.roll(land, step, axis) for step in range(-4, 5)), 0 * land) / 9
    view = View(eye=0.3, horizon=0.57, near=0.3, far=2.6, wide=0.42, drift=stage.between(0, 1))
    paint_land(stage.canvas, land, view, _sand(stage))


def _sand(stage: Stage) -> Shader:
    """Sand in sun and shadow, rippled close by, pale far off."""
    palette = stage.palette
    ripples = tile(stage.random, 512, 24, 4)
    towards = 1.0 if stage.sun[0] > 0.5 else -1.0
    warm = mix(palette.accent, palette.horizon, 0.55)
    sands = (
        mix(palette.ink, palette.ground, 0.55),
        palette.ground,
        mix(palette.ground, warm, 0.65),
        mix(warm, palette.light, 0.3),
        mix(warm, palette.light, 0.75),
    )
    air = planes_of(mix(palette.horizon, palette.light, 0.2))

    def shade(seen: Slices) -> Array:
        bend = look_up(ripples, seen.z * 500, seen.x * 500)
        ripple = np.sin((seen.z * 3 + seen.x * 1.2) * 420 + bend * 9)
        fine = ripple * 0.07 * smooth(0.5, 0.0, seen.share) + (bend - 0.5) * 0.1
        sand = gradient(sands, sunlight(seen, towards, 1.5) * 0.95 - 0.02 + fine)
        return np.asarray(sand + (air - sand) * np.clip(seen.share**2.4 * 0.85, 0, 0.9))

    return shade
