"""Under water: shafts of light from the surface, a reef at the bottom, and who swims between."""

import math

import numpy as np

from ..canvas import planes_of, smooth
from ..noise import clouds, line, look_up, tile
from ..palette import Colour, gradient, mix
from ..sprite import Pen, ribbon
from ..stage import Stage
from .cast import heroes


def paint_deep(stage: Stage) -> None:
    """The whole underwater picture."""
    canvas, palette = stage.canvas, stage.palette
    stage.sun = (stage.between(0.3, 0.7), -0.12)
    _water(stage)
    _shafts(stage, 0.55)
    _ridge(stage, 0.8, 0.16, mix(palette.far, palette.sky, 0.5), 0.35)
    _school(stage, stage.between(0.15, 0.85), stage.between(0.25, 0.6), 26, 0.035)
    _ridge(stage, 0.87, 0.13, mix(palette.ground, palette.sky, 0.25), 0.2)
    _kelp(stage, 0.99, 9, 0.4)
    _swimmers(stage)
    _shafts(stage, 0.3)
    _ridge(stage, 0.945, 0.09, palette.ink, 0.0)
    _reef(stage)
    _kelp(stage, 1.03, 7, 0.0)
    _bubbles(stage)
    canvas.shade(smooth(0.75, 1.25, canvas.distance(0.5, 0.42)) * 0.5)


def _water(stage: Stage) -> None:
    canvas, palette = stage.canvas, stage.palette
    away = canvas.distance(stage.sun[0], stage.sun[1], 0.92)
    murk = clouds(stage.random, canvas.width, canvas.height, 2, 4, 1.6) - 0.5
    at = np.clip(away * 0.86 - 0.06 + murk * 0.14, 0, 1)
    pale = mix(palette.horizon, palette.light, 0.45)
    stops = (
        pale,
        palette.horizon,
        palette.far,
        palette.sky,
        mix(palette.sky, palette.zenith, 0.6),
        palette.zenith,
    )
    canvas.rgb = gradient(stops, at)
    # The net of light under the surface: two ridged sheets seen at a flat angle.
    texture = tile(stage.random, 256, 6, 3, ridged=True)
    depth = 0.1 / (canvas.v + 0.05)
    across = (canvas.u - stage.sun[0]) * depth
    net = look_up(texture, depth * 120 + 0 * across, across * 420 + 100)
    net *= look_up(texture, depth * 150 + 40 + 0 * across, across * 500)
    canvas.glow(palette.light, smooth(0.12, 0.5, net) * smooth(0.26, 0.0, canvas.v) * 0.55)


def _shafts(stage: Stage, strength: float) -> None:
    """Rays that fan out from the light above and fade on their way down."""
    canvas = stage.canvas
    u, v = stage.sun[0], -0.35
    angle = np.arctan2((canvas.u - u) * canvas.width, (canvas.v - v) * canvas.height)
    spokes = line(stage.random, 2048, 26, 3)
    place = np.clip((angle / 2.4 + 0.5) * 2047, 0, 2047)
    beam = smooth(0.05, 0.75, np.interp(place, np.arange(2048), spokes).astype(np.float32))
    fade = smooth(1.0, 0.05, canvas.v) * np.exp(-(angle**2) * 2.2)
    canvas.glow(mix(stage.palette.horizon, stage.palette.light, 0.6), beam * fade * strength)


def _ridge(stage: Stage, at: float, tall: float, paint: Colour, glow: float) -> None:
    """A bank of rock across the bottom: lit along its crest, lost in the murk below."""
    canvas, palette = stage.canvas, stage.palette
    rough = line(stage.random, canvas.width, 34, 4, 0.6) * 0.05
    crest = at + line(stage.random, canvas.width, 2.4, 5, 0.55) * tall + rough * tall * 2
    depth = (canvas.v - crest[None, :]) / (tall * 1.6)
    grain = clouds(stage.random, canvas.width, canvas.height, 12, 5, 1.5, 0.6) - 0.5
    lit = mix(paint, palette.far, glow)
    canvas.over(
        gradient((lit, paint, mix(paint, palette.zenith, 0.55)), depth * 0.8 + grain * 0.75),
        canvas.below(crest, 1.5),
    )


def _school(stage: Stage, u: float, v: float, count: int, size: float) -> None:
    flip = stage.either()
    for _ in range(count):
        across, down = stage.random.normal(0, 0.1), stage.random.normal(0, 0.035)
        x = float(u + across)
        stage.figure(
            "fish",
            x,
            float(v + down + across * 0.12),
            size * stage.between(0.6, 1.1),
            tint=mix(stage.palette.sky, stage.palette.ink, 0.4),
            shadow=0.94,
            rim=0.3,
            flip=flip,
            tilt=stage.between(-8, 8),
        )


def _swimmers(stage: Stage) -> None:
    heroes(
        stage,
        centre=(0.5, 0.46),
        habitats=("under", "air", "ground", "surface", "plant"),
        shadow=0.16,
        haze=0.06,
    )
    if not stage.brief.subjects:
        _company(stage)


def _company(stage: Stage) -> None:
    """With nobody named: jellyfish in the dark palettes, a turtle or reef fish otherwise."""
    name = ("jellyfish", "turtle", "fish", "whale")[stage.brief.variant % 4]
    count = {"jellyfish": 4, "turtle": 1, "fish": 5, "whale": 1}[name]
    for at in range(count):
        size = {"jellyfish": 0.36, "turtle": 0.3, "fish": 0.16, "whale": 0.6}[name] * (
            1 - 0.14 * at
        )
        tint = stage.palette.second if at % 2 and name != "turtle" else None
        stage.figure(
            name,
            stage.between(0.18, 0.82),
            0.3 + 0.1 * at + stage.between(-0.08, 0.08),
            size,
            tint=tint,
            shadow=0.2,
            haze=0.08 * at,
            flip=stage.either(),
            tilt=stage.between(-14, 14),
        )


def _kelp(stage: Stage, root: float, count: int, haze: float) -> None:
    """Long leaves that sway from the bottom, thickest at the sides."""
    canvas, palette = stage.canvas, stage.palette
    tone = mix(mix(palette.ink, palette.ground, 0.35), palette.sky, haze)
    for _ in range(count):
        side = stage.between(0.0, 0.3)
        u = side if stage.either() else 1 - side
        tall = stage.between(0.25, 0.62) * (1 - side)
        size = tall * 1.0
        pen = Pen(size * canvas.unit)
        phase, sway = stage.between(0, 6), stage.between(4, 9)
        at = np.linspace(0, 1, 40)
        x = 50 + np.sin(at * 5 + phase) * sway * at
        y = 100 - at * 100
        stem = [(float(a), float(b)) for a, b in zip(x, y, strict=True)]
        pen.fill(ribbon(stem, 1.6, 0.4), tone)
        for leaf in range(3, 38, 2):
            for turn in (-1, 1):
                a, b = stem[leaf]
                long = 9 * (1 - leaf / 60)
                tip = (a + turn * long * 0.8, b - long * 1.1)
                middle = (a + turn * long * 0.7, b - long * 0.2)
                pen.fill([(a, b), middle, tip, (a + turn * long * 0.2, b - long * 0.8)], tone)
        stage.stamp(
            pen.sprite(),
            u * canvas.width,
            (root - size / 2 * canvas.unit / canvas.height) * canvas.height,
            0.0,
        )


def _reef(stage: Stage) -> None:
    """Corals along the lower edge: fans of branches and round heads, some glowing."""
    canvas, palette = stage.canvas, stage.palette
    for at in range(13):
        u = (at + stage.between(0.1, 0.9)) / 13
        size = stage.between(0.07, 0.17) * (0.75 + abs(u - 0.5))
        tone = mix(
            (palette.accent, palette.second, palette.far)[at % 3],
            palette.ink,
            stage.between(0.3, 0.65),
        )
        pen = Pen(size * canvas.unit)
        if at % 4 == 3:
            _head_coral(stage, pen, tone)
        else:
            _branch(stage, pen, (50.0, 100.0), -np.pi / 2, 27, 6.5, 5, tone)
        v = 1.0 - stage.between(-0.01, 0.035) - size * 0.36 * canvas.unit / canvas.height
        stage.stamp(pen.sprite(), u * canvas.width, v * canvas.height, 0.35)


def _branch(
    stage: Stage,
    pen: Pen,
    root: tuple[float, float],
    angle: float,
    long: float,
    wide: float,
    level: int,
    tone: Colour,
) -> None:
    tip = (root[0] + long * math.cos(angle), root[1] + long * math.sin(angle))
    pen.fill(ribbon([root, tip], wide, 0.75), tone)
    bright = mix(tone, stage.palette.light, 0.3 if level == 1 else 0.0)
    pen.disc(*tip, wide * 0.42, wide * 0.42, bright)
    if level > 1:
        for turn in (-1, 1):
            spread = stage.between(0.25, 0.6) * turn
            _branch(
                stage,
                pen,
                tip,
                angle + spread,
                long * stage.between(0.68, 0.86),
                wide * 0.74,
                level - 1,
                tone,
            )


def _head_coral(stage: Stage, pen: Pen, tone: Colour) -> None:
    pen.disc(50, 92, 44, 36, tone)
    for _ in range(120):
        angle, radius = stage.between(0, 6.28), stage.between(0, 1) ** 0.5
        x, y = 50 + 42 * radius * math.cos(angle), 92 + 34 * radius * math.sin(angle)
        pen.disc(x, y, 1.8, 1.5, mix(tone, stage.palette.light, 0.22), inside=True, strength=0.6)


def _bubbles(stage: Stage) -> None:
    """Rising bubbles in threads, and motes that drift in the light."""
    canvas, palette = stage.canvas, stage.palette
    for _ in range(6):
        u, low = stage.between(0.06, 0.94), stage.between(0.5, 0.95)
        for at in range(int(stage.between(7, 16))):
            size = 0.002 + 0.0085 * stage.between(0, 1) ** 3
            _bubble(
                stage, u + stage.between(-0.012, 0.012), low - at * stage.between(0.02, 0.034), size
            )
    for u, v, size in stage.random.random((150, 3)):
        canvas.soft_spot(u, v, 0.0015 + 0.004 * size**2, palette.light, 0.25 + 0.4 * size)
    if palette.dark and stage.brief.mood == "biolum":  # Plankton that glows by itself.
        for at, (u, v, size) in enumerate(stage.random.random((130, 3))):
            tint = (palette.accent, palette.second, palette.light)[at % 3]
            canvas.soft_spot(u, 0.3 + 0.7 * v**0.7, 0.003 + 0.012 * size**4, tint, 0.95)
    for u, v, size in stage.random.random((9, 3)):
        canvas.soft_spot(u, v, 0.014 + 0.03 * size, palette.light, 0.1)


def _bubble(stage: Stage, u: float, v: float, radius: float) -> None:
    canvas, light = stage.canvas, stage.palette.light
    reach = int(radius * canvas.unit) + 3
    rows, columns, *_ = canvas.window(
        u * canvas.width - reach, v * canvas.height - reach, 2 * reach, 2 * reach
    )
    y = np.arange(rows.start, rows.stop, dtype=np.float32)[:, None] - v * canvas.height
    x = np.arange(columns.start, columns.stop, dtype=np.float32)[None, :] - u * canvas.width
    away = np.hypot(x, y) / (radius * canvas.unit)
    ring = np.exp(-(((away - 0.85) / 0.22) ** 2)) * (0.45 - 0.25 * y / reach)
    spark = np.exp(-(((x / reach + 0.35) ** 2 + (y / reach + 0.35) ** 2) / 0.03))
    part = canvas.rgb[:, rows, columns]
    tone = planes_of(light)
    part += tone * np.clip(ring + spark * 0.9 + 0.06 * (away < 0.9), 0, 1) * np.maximum(1 - part, 0)
