"""Dunes in perspective under a wide sky; pyramids or rocks far off."""

import numpy as np

from ..canvas import smooth
from ..noise import look_up, tile
from ..palette import Array, mix
from ..sky import paint_mist, paint_sky
from ..stage import Stage
from ..terrain import Slices, View, paint_land, sunlight
from .cast import heroes
from .flock import paint_flock
from .mountains import mixed


def paint_desert(stage: Stage) -> None:
    """The whole desert picture."""
    canvas, brief = stage.canvas, stage.brief
    stage.sun = (stage.between(0.25, 0.75), 0.33)
    paint_sky(stage, 0.58, 0.3)
    air = mix(stage.palette.horizon, stage.palette.light, 0.2)
    plain = mix(stage.palette.ground, mix(stage.palette.accent, stage.palette.horizon, 0.55), 0.6)
    _mesas(stage)
    canvas.over(canvas.gradient((air, mix(air, plain, 0.6)), (canvas.v - 0.57) * 8), canvas.below(0.57 + 0 * canvas.u))
    paint_mist(stage, 0.57, 0.025, 0.7)
    _dunes(stage)
    heroes(stage, (0.5, 0.3), ("air", "under"), shadow=0.08)
    heroes(stage, (0.5, 0.5), ("ground", "plant", "surface"), ground=0.86, scale=0.9, shadow=0.15)
    if not brief.subjects:
        paint_flock(stage, 0.12, 0.3, 5)
    canvas.shade(smooth(0.8, 1.35, canvas.distance(0.5, 0.45)) * 0.4)


def _mesas(stage: Stage) -> None:
    """Flat-topped rocks on the horizon, or pyramids for one prompt in three."""
    canvas, palette = stage.canvas, stage.palette
    for _ in range(3):
        u, half, tall = stage.between(0.05, 0.95), stage.between(0.05, 0.12), stage.between(0.03, 0.075)
        away = np.abs(canvas.u[0] - u) / half
        if stage.brief.variant % 3 == 0:
            shape = np.clip(1 - away, 0, 1) * 1.4
        else:
            shape = np.clip((1 - away) * 5, 0, 1) * (0.85 + 0.15 * (away < 0.5))
        crest = 0.57 - shape * tall
        tone = mix(mix(palette.far, palette.ground, 0.4), palette.horizon, stage.between(0.4, 0.65))
        canvas.over(tone, canvas.below(crest))
        lit = (canvas.u > u) == (stage.sun[0] > u)
        canvas.over(mix(tone, palette.light, 0.35), canvas.below(crest) * lit * 0.45)


def _dunes(stage: Stage) -> None:
    palette = stage.palette
    side = 1024
    warp, swell = tile(stage.random, side, 2, 3) - 0.5, tile(stage.random, side, 3, 2)
    x, z = np.meshgrid(np.arange(side, dtype=np.float32) / side, np.arange(side, dtype=np.float32) / side)
    # Long crests across the wind: a slow rise, a sharp edge, a short lee side.
    phase = (z * 3 + x * 1 + warp * 1.5) % 1.0
    rise = np.where(phase < 0.68, (phase / 0.68) ** 1.3, ((1 - phase) / 0.32) ** 1.1)
    land: Array = (rise * (0.35 + swell * 0.9) * 0.2).astype(np.float32)
    for axis in (0, 1):  # Crests are a little rounded, or single pixels of shade would dot them.
        land = sum((np.roll(land, step, axis) for step in range(-4, 5)), 0 * land) / 9
    ripples = tile(stage.random, 512, 24, 4)
    towards = 1.0 if stage.sun[0] > 0.5 else -1.0

    def shade(seen: Slices) -> Array:
        bend = look_up(ripples, seen.z * 500, seen.x * 500)
        ripple = np.sin((seen.z * 3 + seen.x * 1.2) * 420 + bend * 9)
        fine = ripple * 0.07 * smooth(0.5, 0.0, seen.share) + (bend - 0.5) * 0.1
        light = sunlight(seen, towards, 1.5) * 0.95 - 0.02 + fine
        warm = mix(palette.accent, palette.horizon, 0.55)
        paint = mixed((mix(palette.ink, palette.ground, 0.55), palette.ground, mix(palette.ground, warm, 0.65),
                       mix(warm, palette.light, 0.3), mix(warm, palette.light, 0.75)), light)
        haze = np.clip(seen.share**2.4 * 0.85 + 0 * seen.x, 0, 0.9)
        air = np.asarray(mix(palette.horizon, palette.light, 0.2), np.float32).reshape(3, 1, 1)
        return np.asarray(paint + (air - paint) * haze)

    paint_land(stage.canvas, land, View(eye=0.3, horizon=0.57, near=0.3, far=2.6, lift=1.0, wide=0.42, slices=640,
                                        drift=stage.between(0, 1)), shade)
