"""A misty wood: rows of trunks one behind the other, shafts of light, ferns in front."""

import math

import numpy as np

from ..canvas import planes_of, smooth
from ..noise import clouds, line
from ..palette import gradient, mix
from ..sky import paint_mist
from ..sprite import Pen
from ..stage import Stage
from .cast import heroes
from .flock import paint_flock
from .pines import draw_pine


def paint_forest(stage: Stage) -> None:
    """The whole forest picture."""
    canvas, palette = stage.canvas, stage.palette
    stage.sun = (stage.between(0.36, 0.64), 0.26)
    away = canvas.distance(stage.sun[0], 0.36, 0.85)
    drift = clouds(stage.random, canvas.width, canvas.height, 2, 4) - 0.5
    pale = mix(palette.horizon, palette.light, 0.6)
    canvas.rgb = gradient(
        (pale, palette.horizon, palette.sky, mix(palette.sky, palette.zenith, 0.7)),
        np.clip(away * 1.05 + drift * 0.22, 0, 1),
    )
    leafy = stage.brief.mood == "autumn" or stage.brief.variant % 2 == 0
    layers = 6
    for at in range(layers):
        near = at / (layers - 1)
        tone = mix(mix(palette.far, palette.horizon, 0.5), palette.ink, near**1.1 * 0.96)
        foot = 0.64 + 0.3 * near**1.3
        if at in (1, 3):
            _firs(stage, foot, near, tone)
        _trunks(stage, foot, near, tone)
        _ground(stage, foot, near, tone)
        if leafy and at >= 2:
            _crown(stage, near, tone)
        if at < layers - 1:
            paint_mist(stage, foot - 0.02, 0.13, 0.5 - 0.25 * near)
        if at == 3:
            _beams(stage, 0.5)
        if at == 4:
            heroes(
                stage, (0.5, 0.5), ("ground", "plant", "surface"), ground=0.87, shadow=0.1, rim=0.75
            )
    heroes(stage, (0.5, 0.4), ("air", "under"), shadow=0.1)
    _beams(stage, 0.2)
    _motes(stage, leafy)
    if not stage.brief.subjects:
        paint_flock(stage, 0.15, 0.3, 5)
    canvas.shade(smooth(0.6, 1.2, canvas.distance(0.5, 0.5)) * 0.5)


def _trunks(stage: Stage, foot: float, near: float, tone: tuple[float, float, float]) -> None:
    """Tall trunks as bands between two edges, thinner and closer when far."""
    canvas = stage.canvas
    count = round(24 - 18 * near)
    for at in range(count):
        u = (at + stage.between(0.1, 0.9)) / count
        if near > 0.55 and abs(u - 0.5) < 0.14 + 0.16 * near:
            continue
        half = (0.004 + 0.024 * near**1.6) * stage.between(0.6, 1.3)
        lean = stage.between(-0.04, 0.04)
        centre = u + lean * (foot - canvas.v) + 0.006 * np.sin(canvas.v * stage.between(4, 9) + at)
        flare = half * (
            1 + 0.9 * np.exp(-np.maximum(foot + 0.02 - canvas.v, 0) * 26) - 0.25 * (foot - canvas.v)
        )
        left = max(0, int((u - half * 5 - 0.06) * canvas.width))
        right = min(canvas.width, int((u + half * 5 + 0.06) * canvas.width) + 2)
        away = np.abs(canvas.u[:, left:right] - centre) * canvas.width
        mask = np.clip(flare * canvas.unit - away + 0.5, 0, 1) * (canvas.v < foot + 0.03)
        part = canvas.rgb[:, :, left:right]
        part += (planes_of(tone) - part) * mask
        # The side towards the light is edged with it.
        side = math.copysign(1, stage.sun[0] - u)
        edge = (
            (canvas.u[:, left:right] - centre)
            * side
            / np.maximum(flare * canvas.unit / canvas.width, 1e-5)
        )
        rim = smooth(0.35, 1.0, edge) * mask * (0.3 - 0.1 * near)
        light = np.asarray(
            mix(stage.palette.light, stage.palette.horizon, 0.4), np.float32
        ).reshape(3, 1, 1)
        part += (light - part) * rim


def _firs(stage: Stage, foot: float, near: float, tone: tuple[float, float, float]) -> None:
    canvas = stage.canvas
    for at in range(9):
        u = (at + stage.between(0, 1)) / 9
        if abs(u - 0.5) < 0.1 * (1 + near):
            continue
        size = stage.between(0.22, 0.42) * (0.8 + near * 0.7)
        pen = Pen(size * canvas.unit, flip=stage.either())
        draw_pine(stage, pen, tone)
        stage.stamp(
            pen.sprite(), u * canvas.width, foot * canvas.height - size * canvas.unit * 0.48, 0.2
        )


def _ground(stage: Stage, foot: float, near: float, tone: tuple[float, float, float]) -> None:
    """The floor of one layer, its edge ragged with grass and fern."""
    canvas, palette = stage.canvas, stage.palette
    grass = np.abs(line(stage.random, canvas.width, 60, 4, 0.8)) * (0.008 + 0.03 * near)
    crest = foot + line(stage.random, canvas.width, 1.6, 3) * 0.02 - grass
    dip = 0.05 * np.exp(-(((canvas.u[0] - 0.5) / 0.16) ** 2)) * near
    body = canvas.below(crest + dip)
    lit = mix(tone, palette.accent if stage.brief.mood == "autumn" else palette.horizon, 0.3)
    depth = np.clip((canvas.v - crest[None, :]) * (9 - 5 * near), 0, 1)
    speckle = clouds(stage.random, canvas.width, canvas.height, 26, 4, 2)
    canvas.over(
        gradient((lit, tone, mix(tone, palette.ink, 0.5)), depth * 0.8 + (speckle - 0.5) * 0.6),
        body,
    )


def _crown(stage: Stage, near: float, tone: tuple[float, float, float]) -> None:
    """Foliage that hangs into the picture from above, in lit and dark tufts."""
    canvas, palette = stage.canvas, stage.palette
    edge = (0.02 + 0.2 * near) * (0.25 + 1.5 * np.abs(canvas.u - 0.5)) + 0.03
    leaves = clouds(stage.random, canvas.width, canvas.height, 5 + 4 * near, 6, roughness=0.72)
    body = smooth(0.5, 0.56, leaves + (edge - canvas.v) * 2.4)
    light = clouds(stage.random, canvas.width, canvas.height, 24, 4, roughness=0.7)
    leaf = mix(
        tone, palette.accent if stage.brief.mood == "autumn" else palette.ground, 0.7 - 0.25 * near
    )
    canvas.over(gradient((tone, leaf, mix(leaf, palette.light, 0.35)), light * 1.5 - 0.35), body)


def _beams(stage: Stage, strength: float) -> None:
    canvas = stage.canvas
    u, v = stage.sun[0] + 0.12, -0.3
    angle = np.arctan2((canvas.u - u) * canvas.width, (canvas.v - v) * canvas.height)
    spokes = line(stage.random, 2048, 30, 3)
    place = np.clip((angle / 2.6 + 0.5) * 2047, 0, 2047)
    beam = smooth(0.1, 0.8, np.interp(place, np.arange(2048), spokes).astype(np.float32))
    fade = smooth(1.0, 0.1, canvas.v) * np.exp(-((angle + 0.15) ** 2) * 5)
    canvas.glow(mix(stage.palette.light, stage.palette.horizon, 0.25), beam * fade * strength)


def _motes(stage: Stage, leafy: bool) -> None:
    canvas, palette = stage.canvas, stage.palette
    for u, v, size in stage.random.random((70, 3)):
        canvas.soft_spot(u, v, 0.002 + 0.005 * size**2, palette.light, 0.55)
    if leafy and stage.brief.mood == "autumn":
        for _ in range(26):
            pen = Pen(stage.between(0.012, 0.026) * canvas.unit, tilt=stage.between(0, 360))
            pen.blob(
                "0,50! 30,28 70,30 100,50! 70,70 30,72",
                mix(palette.accent, palette.second, stage.between(0, 1)),
            )
            stage.stamp(
                pen.sprite(),
                stage.between(0, canvas.width),
                stage.between(0.1, 0.95) * canvas.height,
                0.3,
            )
