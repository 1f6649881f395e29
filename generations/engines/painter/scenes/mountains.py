"""High mountains in real perspective, a lake before them and pines on the near shore."""

import numpy as np

from ..canvas import planes_of, smooth
from ..noise import clouds, line, look_up, tile
from ..palette import Array, gradient, mix
from ..sky import paint_mist, paint_sky
from ..stage import Stage
from ..terrain import Shader, Slices, View, paint_land, sunlight
from ..water import paint_water
from .cast import heroes
from .flock import paint_flock
from .pines import paint_pines


def paint_mountains(stage: Stage) -> None:
    """The whole mountain picture."""
    canvas, brief = stage.canvas, stage.brief
    shore = 0.68
    stage.sun = (stage.between(0.2, 0.8), 0.2 + 0.12 * (brief.mood in {"sunset", "dawn"}))
    paint_sky(stage, 0.6, 0.7 if "cloud" in brief.weather else 0.4)
    _range(stage, shore)
    paint_mist(stage, shore - 0.03, 0.05, 0.55)
    paint_pines(stage, shore - 0.004, 70, 0.035, 0.35, 0.3)
    paint_water(stage, shore, 0.12, 0.8)
    paint_mist(stage, shore, 0.02, 0.5)
    heroes(stage, (0.5, 0.36), ("air", "under"), shadow=0.12)
    heroes(stage, (0.5, 0.5), ("surface",), ground=shore + 0.06, shadow=0.35)
    _near_shore(stage)
    paint_flock(stage, 0.12, 0.34, 6)
    canvas.shade(smooth(0.8, 1.35, canvas.distance(0.5, 0.45)) * 0.4)


def _range(stage: Stage, shore: float) -> None:
    """The peaks: ridged land with one massif raised, low in front to leave the lake free."""
    side = 1024 if stage.canvas.unit > 600 else 512
    ridges = tile(stage.random, side, 2, 9, ridged=True, gain=0.46)
    land = (ridges * (0.7 + tile(stage.random, side, 2, 1) * 0.6) * 0.56).astype(np.float32)
    land -= land.min()
    drift, peak = stage.between(0, 1), stage.between(-0.4, 0.4)

    def rise(x: Array, share: Array) -> Array:
        beside, beyond = (x - drift - peak) / 0.42, (share - 0.5) / 0.25
        massif = np.exp(-(beside**2)) * np.exp(-(beyond**2))
        return np.asarray(massif * 0.16 - 0.5 * (1 - smooth(0.02, 0.4, share + 0 * x)))

    view = View(eye=0.1, horizon=shore - 0.035, near=0.75, far=2.6, wide=0.4, drift=drift)
    paint_land(stage.canvas, land, view, _rock_and_snow(stage), rise)


def _rock_and_snow(stage: Stage) -> Shader:
    """Rock below and on steep faces, snow above, haze in the distance and the valleys."""
    palette, brief = stage.palette, stage.brief
    snowy = bool(brief.weather & {"snow", "snowfall"}) or brief.mood in {"ice", "dawn"}
    snow_line = 0.16 if snowy else 0.27
    detail = tile(stage.random, 512, 16, 5)
    towards = 1.0 if stage.sun[0] > 0.5 else -1.0
    bright, cold = mix(palette.light, (1.0, 1.0, 1.0), 0.35), mix(palette.ground, palette.sky, 0.55)
    stones = (palette.ink, palette.ground, mix(palette.far, palette.light, 0.15))
    snows = (cold, mix(bright, palette.far, 0.75), mix(bright, palette.far, 0.3), bright)
    air = planes_of(mix(palette.horizon, palette.sky, 0.3))

    def shade(seen: Slices) -> Array:
        grain = look_up(detail, seen.z * 1500, seen.x * 1500) - 0.5
        light = sunlight(seen, towards, 1.2) * 0.85 + 0.12 + grain * 0.34
        steep = np.hypot(seen.slope_x, seen.slope_z)
        snow = smooth(snow_line, snow_line + 0.07, seen.height + grain * 0.2 - steep * 0.018)
        rock = gradient(stones, light)
        land = rock + (gradient(snows, light) - rock) * snow
        haze = smooth(0.25, 1.0, seen.share) * 0.72 + 0 * seen.x
        valley = np.exp(-np.maximum(seen.height, 0) * 8) * 0.75
        return np.asarray(land + (air - land) * np.clip(haze + valley * (1 - haze), 0, 0.94))

    return shade


def _near_shore(stage: Stage) -> None:
    """The dark bank in front, with whoever stands on it and pines at the sides."""
    canvas, palette = stage.canvas, stage.palette
    low = 0.9
    rough = clouds(stage.random, canvas.width, 64, 1.0, 3)[0] - 0.5
    grass = np.abs(line(stage.random, canvas.width, 110, 3, 0.8)) * 0.009
    crest = low + rough * 0.05 + 0.03 * np.cos((canvas.u[0] - 0.5) * 6.28) - grass
    body = canvas.below(crest)
    texture = clouds(stage.random, canvas.width, canvas.height, 60, 4, 0.5, 0.7) - 0.5
    depth = np.clip((canvas.v - crest[None, :]) * 9, 0, 1)
    bank = gradient(
        (
            mix(palette.ground, palette.far, 0.25),
            mix(palette.ground, palette.ink, 0.5),
            mix(palette.ground, palette.ink, 0.85),
        ),
        depth + texture * 0.7,
    )
    canvas.over(bank, body)
    paint_pines(stage, 0.95, 7, 0.42, 0.0, 0.14)
    heroes(stage, (0.5, 0.5), ("ground", "plant"), ground=low + 0.03, scale=1.25, shadow=0.2)
