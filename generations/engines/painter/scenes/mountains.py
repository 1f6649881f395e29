"""High mountains in real perspective, a lake before them and pines on the near shore."""

import numpy as np

from ..canvas import smooth
from ..noise import clouds, look_up, tile
from ..palette import Array, from_lab, mix, to_lab
from ..sky import paint_mist, paint_sky
from ..stage import Stage
from ..terrain import Slices, View, paint_land, sunlight
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
    palette, brief = stage.palette, stage.brief
    ridges = tile(stage.random, 1024, 2, 9, ridged=True, gain=0.46)
    broad = tile(stage.random, 1024, 2, 1)
    land = (ridges * (0.7 + broad * 0.6) * 0.56).astype(np.float32)
    land -= land.min()
    snowy = bool(brief.weather & {"snow", "snowfall"}) or brief.mood in {"ice", "dawn"}
    snow_line = 0.16 if snowy else 0.3
    detail = tile(stage.random, 512, 16, 5)
    towards = 1.0 if stage.sun[0] > 0.5 else -1.0

    def shade(seen: Slices) -> Array:
        grain = look_up(detail, seen.z * 1500, seen.x * 1500) - 0.5
        light = np.clip(sunlight(seen, towards, 1.2) * 0.85 + 0.12 + grain * 0.34, 0, 1)
        steep = np.hypot(seen.slope_x, seen.slope_z)
        snow = smooth(snow_line, snow_line + 0.07, seen.height + grain * 0.2 - steep * 0.018)
        rock = mixed((palette.ink, palette.ground, mix(palette.far, palette.light, 0.15)), light)
        bright = mix(palette.light, (1.0, 1.0, 1.0), 0.35)
        cold = mix(palette.ground, palette.sky, 0.55)
        white = mixed((cold, mix(bright, palette.far, 0.45), bright, bright), light)
        land_colour = rock + (white - rock) * snow
        haze = smooth(0.25, 1.0, seen.share) * 0.72 + 0 * seen.x
        low = np.exp(-np.maximum(seen.height, 0) * 8) * 0.75
        air = np.asarray(mix(palette.horizon, palette.sky, 0.3), np.float32).reshape(3, 1, 1)
        return np.asarray(land_colour + (air - land_colour) * np.clip(haze + low * (1 - haze), 0, 0.94))

    drift, peak = stage.between(0, 1), stage.between(-0.4, 0.4)

    def rise(x: Array, share: Array) -> Array:
        """One massif stands out; the nearest land stays low, behind the lake."""
        massif = np.exp(-(((x - drift - peak) / 0.42) ** 2)) * np.exp(-(((share - 0.5) / 0.25) ** 2))
        return np.asarray(massif * 0.16 - 0.5 * (1 - smooth(0.02, 0.4, share + 0 * x)))

    paint_land(stage.canvas, land, View(eye=0.1, horizon=shore - 0.035, near=0.75, far=2.6, lift=1.0,
                                        wide=0.4, drift=drift, slices=640), shade, rise)


def mixed(stops: tuple[tuple[float, float, float], ...], at: Array) -> Array:
    """Colours (3, ...) along the stops, run through in OKLab."""
    lab = to_lab(np.array(stops, np.float32).T)
    table = from_lab(np.stack([np.interp(np.linspace(0, 1, 256), np.linspace(0, 1, len(stops)), plane)
                               for plane in lab]))
    index = (np.clip(at, 0, 1) * 255).astype(np.int32)
    return np.stack([row.take(index) for row in table])


def _near_shore(stage: Stage) -> None:
    """The dark bank in front, with whoever stands on it and pines at the sides."""
    canvas, palette = stage.canvas, stage.palette
    low = 0.9
    rough = clouds(stage.random, canvas.width, 64, 1.0, 3)[0] - 0.5
    crest = low + rough * 0.05 + 0.03 * np.cos((canvas.u[0] - 0.5) * 6.28)
    body = canvas.below(crest)
    texture = clouds(stage.random, canvas.width, canvas.height, 30, 4, 2.5)
    bank = canvas.gradient((palette.ink, mix(palette.ink, palette.ground, 0.6)), texture * 0.9)
    canvas.over(bank, body)
    paint_pines(stage, 0.95, 7, 0.42, 0.0, 0.14)
    heroes(stage, (0.5, 0.5), ("ground", "plant"), ground=low + 0.03, shadow=0.25)
