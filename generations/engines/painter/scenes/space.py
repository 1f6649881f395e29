"""Deep space: nebulae folded through themselves, stars, planets with shade and rings."""

import math

import numpy as np

from ..canvas import smooth
from ..noise import clouds, look_up, resized, tile
from ..palette import Array, Colour, gradient, mix
from ..sky import paint_stars
from ..stage import Stage
from .cast import heroes


def paint_space(stage: Stage) -> None:
    """The whole space picture."""
    canvas, palette, brief = stage.canvas, stage.palette, stage.brief
    left = stage.either()
    stage.sun = (0.12 if left else 0.88, 0.18)
    _nebula(stage)
    paint_stars(stage, 1.0, 1.9)
    if brief.variant % 4 or not brief.subjects:
        big = 0.2 + 0.1 * (brief.variant % 3) if not brief.subjects else 0.15
        place = (
            (0.7 if left else 0.3, 0.68) if not brief.subjects else (0.83 if left else 0.17, 0.78)
        )
        _planet(stage, place, big, palette.accent, brief.variant % 2 == 0)
        _planet(
            stage, (0.2 if left else 0.8, stage.between(0.2, 0.34)), 0.05, palette.second, False
        )
    heroes(stage, (0.5, 0.5), (), scale=1.15, shadow=0.06, rim=0.95)
    canvas.shade(smooth(0.7, 1.25, canvas.distance(0.5, 0.5)) * 0.5)


def _nebula(stage: Stage) -> None:
    canvas, palette, random = stage.canvas, stage.palette, stage.random
    small_w, small_h = max(64, canvas.width // 2), max(64, canvas.height // 2)
    field = tile(random, 512, 3, 7)
    unit = min(small_w, small_h)
    x = np.arange(small_w, dtype=np.float32)[None, :] / unit * 300
    y = np.arange(small_h, dtype=np.float32)[:, None] / unit * 300
    # Noise read through noise, twice, gives the folds and threads of a gas cloud.
    one = look_up(field, y + 0 * x, x + 0 * y)
    two = look_up(field, y + one * 150 + 71, x + one * 110 + 19)
    three = look_up(field, y + two * 190 + 7, x + one * 170 + 133)
    thin, thick = (float(value) for value in np.percentile(three[::5, ::5], (3, 97)))
    three = 0.2 + 0.66 * (three - thin) / max(thick - thin, 0.05)
    gas = np.clip(resized(three, canvas.width, canvas.height), 0, 1)
    fold = np.clip(resized(two, canvas.width, canvas.height), 0, 1)
    angle = stage.between(-0.9, 0.9)
    band = (canvas.v - 0.5) * math.cos(angle) + (canvas.u - 0.5) * math.sin(angle)
    body = np.exp(-((band / 0.34) ** 2)) * 0.9 + 0.1
    dense = smooth(0.28, 0.85, gas) * body
    canvas.rgb = gradient(
        (palette.zenith, mix(palette.zenith, palette.sky, 0.8), palette.sky), body * 0.7 + gas * 0.3
    )
    warm = gradient(
        (palette.sky, palette.horizon, mix(palette.horizon, palette.second, 0.6), palette.light),
        np.clip(dense * 1.1, 0, 1),
    )
    canvas.glow(warm, np.clip(dense * 1.35, 0, 1))
    cool = smooth(0.45, 0.85, fold) * body
    canvas.glow(mix(palette.accent, palette.sky, 0.25), cool * 0.55)
    dust = smooth(0.5, 0.24, gas) * smooth(0.35, 0.6, fold) * body
    canvas.over(mix(palette.zenith, palette.ink, 0.5), dust * 0.7)
    core = canvas.distance(stage.between(0.35, 0.65), stage.between(0.35, 0.65))
    canvas.glow(palette.light, np.exp(-core * 5.5) * (0.3 + 0.5 * gas))


def _planet(
    stage: Stage, place: tuple[float, float], radius: float, tint: Colour, ringed: bool
) -> None:
    """A lit ball with bands or continents, an atmosphere, and a tilted ring when asked."""
    canvas, palette = stage.canvas, stage.palette
    u, v = place[0] + stage.between(-0.04, 0.04), place[1] + stage.between(-0.04, 0.04)
    across = (canvas.u - u) * (canvas.width / canvas.unit) / radius
    down = (canvas.v - v) * (canvas.height / canvas.unit) / radius
    away = np.hypot(across, down)
    sun = np.array([stage.sun[0] - u, stage.sun[1] - v, 0.35], np.float32)
    sun /= np.linalg.norm(sun)
    bulge = np.sqrt(np.clip(1 - away**2, 0, 1))
    light = smooth(-0.15, 0.95, across * sun[0] + down * sun[1] + bulge * sun[2])
    turn = down + across * 0.25
    bend = clouds(stage.random, canvas.width, canvas.height, 0.8 / radius, 5, 2.5) - 0.5
    bands = 0.5 + 0.5 * np.sin(turn * 9 + bend * 6 + np.sin(turn * 4) * 2)
    surface = gradient(
        (mix(tint, palette.ink, 0.35), tint, mix(tint, palette.light, 0.55)),
        bands * 0.7 + bend * 0.6 + 0.15,
    )
    shaded = surface * (0.06 + 1.05 * light)
    canvas.glow(
        mix(tint, palette.light, 0.3),
        np.exp(-np.maximum(away - 1, 0) * 9)
        * 0.3
        * (away > 1)
        * smooth(-0.6, 1.2, across * sun[0] + down * sun[1]),
    )
    disc = np.clip((1 - away) * radius * canvas.unit + 0.5, 0, 1)
    if ringed:
        _ring(stage, across, down, tint, front=False)
    canvas.over(shaded, disc)
    canvas.glow(mix(tint, palette.light, 0.5), disc * smooth(0.72, 1.0, away) * light * 0.7)
    if ringed:
        _ring(stage, across, down, tint, front=True)


def _ring(stage: Stage, across: Array, down: Array, tint: Colour, front: bool) -> None:
    canvas, palette = stage.canvas, stage.palette
    lean = 0.35
    x = across * math.cos(lean) + down * math.sin(lean)
    y = (-across * math.sin(lean) + down * math.cos(lean)) / 0.24
    span = np.hypot(x, y)
    stripes = 0.55 + 0.45 * np.sin(span * 34) * np.sin(span * 11 + 1)
    band = (
        smooth(1.32, 1.38, span)
        * smooth(2.15, 2.05, span)
        * (1 - 0.85 * smooth(0.03, 0.01, np.abs(span - 1.82)))
    )
    half = y > 0 if front else y <= 0
    canvas.over(
        mix(mix(tint, palette.light, 0.55), palette.horizon, 0.25), band * stripes * half * 0.8
    )
