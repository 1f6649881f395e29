"""Pictures of nothing in particular; the prompt's hash picks one of six compositions."""

import math

import numpy as np

from ..canvas import smooth
from ..noise import clouds, line, look_up, tile
from ..palette import gradient, mix
from ..stage import Stage
from .cast import heroes


def paint_abstract(stage: Stage) -> None:
    """One of the compositions, then any figures over it."""
    compositions = (_contours, _strata, _orbits, _marble, _discs, _ribbons)
    stage.sun = (0.3, 0.2)
    compositions[stage.brief.variant % len(compositions)](stage)
    heroes(stage, (0.5, 0.5), (), scale=1.2, shadow=0.05, rim=0.8)
    canvas = stage.canvas
    canvas.shade(smooth(0.75, 1.3, canvas.distance(0.5, 0.5)) * 0.35)


def _contours(stage: Stage) -> None:
    """Cut paper in terraces, each sheet casting its shadow on the next one down."""
    canvas, palette = stage.canvas, stage.palette
    field = tile(stage.random, 512, 2, 3)
    x = (canvas.u - 0.5) * canvas.width / canvas.unit * 230 + stage.between(0, 500)
    y = (canvas.v - 0.5) * canvas.height / canvas.unit * 230 + 0 * x
    one = look_up(field, y, x + 0 * y)
    height = look_up(field, y + one * 120, x + one * 90 + 90)
    height = (height - height.min()) / max(float(np.ptp(height)), 1e-3) * 12.98
    slope = np.maximum(np.hypot(*np.gradient(height)), 1e-5)
    level = np.floor(height)
    # How far, in pixels, the next sheets up and down begin.
    up, down = (level + 1 - height) / slope, (height - level) / slope
    stops = (
        palette.ink,
        palette.zenith,
        palette.sky,
        palette.accent,
        palette.horizon,
        palette.light,
    )
    sheets = gradient(stops, level / 12)
    lower = gradient(stops, np.maximum(level - 1, 0) / 12)
    # The pixel on an edge blends into the shadow at its foot, not into bare colour.
    canvas.rgb = lower * 0.4 + (sheets - lower * 0.4) * np.clip(down, 0, 1)
    near = up / canvas.unit
    canvas.shade((np.exp(-near / 0.016) * 0.5 + np.exp(-near / 0.004) * 0.2) * (level < 12))
    canvas.glow(palette.light, np.exp(-(((down - 1.2) / 1.1) ** 2)) * (level > 0) * 0.35)


def _strata(stage: Stage) -> None:
    """Paper-cut waves, one sheet behind the other, each with its soft shadow."""
    canvas, palette = stage.canvas, stage.palette
    drift = clouds(stage.random, canvas.width, canvas.height, 1.5, 2)
    canvas.rgb = gradient((palette.light, palette.horizon), canvas.v * 1.4 + drift * 0.3)
    sun = canvas.distance(stage.between(0.3, 0.7), 0.26)
    canvas.over(
        mix(palette.second, palette.light, 0.3), np.clip((0.14 - sun) * canvas.unit + 0.5, 0, 1)
    )
    canvas.glow(palette.light, np.exp(-sun * 5) * 0.35)
    sheets = 11
    stops = (
        palette.horizon,
        palette.accent,
        palette.sky,
        palette.ground,
        palette.zenith,
        palette.ink,
    )
    for at in range(sheets):
        share = at / (sheets - 1)
        crest = 0.26 + share * 0.68 + line(stage.random, canvas.width, 1.6, 2) * 0.1
        depth = (canvas.v - crest[None, :]) * canvas.height / canvas.unit
        canvas.shade(np.exp(-np.maximum(-depth, 0) * 34) * (depth < 0.01) * 0.4)
        body = canvas.below(crest)
        place = share * (len(stops) - 1.001)
        tone = mix(stops[int(place)], stops[int(place) + 1], place % 1)
        canvas.over(
            gradient(
                (mix(tone, palette.light, 0.28), tone, mix(tone, palette.ink, 0.25)),
                np.clip(depth * 4, 0, 1),
            ),
            body,
        )


def _orbits(stage: Stage) -> None:
    """Thin rings round a core, beads upon them, on a glowing ground."""
    canvas, palette, random = stage.canvas, stage.palette, stage.random
    u, v = stage.between(0.36, 0.64), stage.between(0.36, 0.64)
    away = canvas.distance(u, v)
    drift = clouds(random, canvas.width, canvas.height, 1.6, 4) - 0.5
    canvas.rgb = gradient(
        (palette.horizon, palette.sky, palette.zenith, palette.ink), away * 1.3 + drift * 0.35
    )
    angle = np.arctan2(canvas.v - v, canvas.u - u)
    for at in range(15):
        radius = 0.09 + at * 0.05 + stage.between(-0.012, 0.012)
        wide = stage.between(0.0012, 0.009) if at % 3 else 0.017
        tone = (palette.light, palette.accent, palette.second, palette.horizon)[at % 4]
        start, sweep = stage.between(-3.14, 3.14), stage.between(1.6, 6.2)
        turn = ((angle - start) % 6.283) / sweep
        arc = smooth(1.0, 0.98, turn) * (0.25 + 0.75 * np.clip(turn, 0, 1))
        band = np.clip((wide - np.abs(away - radius)) * canvas.unit + 0.5, 0, 1)
        canvas.over(tone, band * arc * 0.9)
        canvas.glow(tone, np.exp(-(((away - radius) / 0.016) ** 2)) * arc * 0.25)
        head = start + sweep
        place = (
            u + math.cos(head) * radius * canvas.unit / canvas.width,
            v + math.sin(head) * radius * canvas.unit / canvas.height,
        )
        spot = canvas.distance(*place)
        bead = max(0.009, wide * 1.5)
        canvas.glow(tone, np.exp(-spot * 34) * 0.5)
        canvas.over(
            mix(tone, (1.0, 1.0, 1.0), 0.4), np.clip((bead - spot) * canvas.unit + 0.5, 0, 1)
        )
    canvas.glow(palette.light, np.exp(-away * 9) * 0.9)
    canvas.over(
        mix(palette.light, (1.0, 1.0, 1.0), 0.5), np.clip((0.052 - away) * canvas.unit + 0.5, 0, 1)
    )


def _marble(stage: Stage) -> None:
    """Poured paint: noise read through noise, with veins of light between the colours."""
    canvas, palette = stage.canvas, stage.palette
    field = tile(stage.random, 512, 3, 6)
    x = canvas.u * canvas.width / canvas.unit * 230 + stage.between(0, 500)
    y = canvas.v * canvas.height / canvas.unit * 230 + 0 * x
    one = look_up(field, y, x + 0 * y)
    two = look_up(field, y + one * 190 + 40, x + one * 220)
    three = look_up(field, y + two * 230, x + two * 120 + 77)
    canvas.rgb = gradient(
        (
            palette.ink,
            palette.zenith,
            palette.sky,
            palette.accent,
            palette.horizon,
            palette.second,
            palette.light,
        ),
        (three - 0.12) * 1.35,
    )
    slope_y, slope_x = np.gradient(three)
    canvas.glow(palette.light, smooth(0.35, 1.0, (slope_x - slope_y) * canvas.unit / 7) * 0.6)
    canvas.shade(smooth(0.2, 1.0, (slope_y - slope_x) * canvas.unit / 7) * 0.5)
    vein = np.exp(-((np.abs(two - 0.5) / 0.012) ** 2))
    canvas.glow(mix(palette.light, palette.second, 0.4), vein * 0.5)


def _discs(stage: Stage) -> None:
    """A composition of great discs and half discs that show through one another."""
    canvas, palette, random = stage.canvas, stage.palette, stage.random
    paper = clouds(random, canvas.width, canvas.height, 2, 3) - 0.5
    canvas.rgb = gradient(
        (mix(palette.light, palette.horizon, 0.25), palette.horizon, palette.sky),
        canvas.v * 0.8 + paper * 0.4,
    )
    tones = (
        palette.accent,
        palette.sky,
        palette.second,
        palette.ground,
        palette.ink,
        palette.far,
        palette.zenith,
    )
    for at in range(12):
        u, v = stage.between(0.08, 0.92), stage.between(0.08, 0.92)
        radius = stage.between(0.05, 0.13) if at > 4 else stage.between(0.16, 0.34)
        away = canvas.distance(u, v)
        mask = np.clip((radius - away) * canvas.unit + 0.5, 0, 1)
        lean = stage.between(0, 6.283)
        across = (
            (canvas.u - u) * math.cos(lean) * canvas.width
            + (canvas.v - v) * math.sin(lean) * canvas.height
        ) / canvas.unit
        if at % 3 == 1:
            mask = mask * np.clip(across * canvas.unit + 0.5, 0, 1)
        if at % 4 == 2:
            mask = mask - np.clip((radius * 0.72 - away) * canvas.unit + 0.5, 0, 1)
        tone = tones[at % len(tones)]
        canvas.shade(
            np.exp(-np.maximum(canvas.distance(u + 0.008, v + 0.012) - radius, 0) * 36)
            * (away > radius)
            * 0.22
        )
        paint = gradient(
            (mix(tone, palette.light, 0.35), tone, mix(tone, palette.ink, 0.25)),
            across / radius * 0.5 + 0.5,
        )
        canvas.over(paint, np.clip(mask, 0, 1) * 0.92)
    for _ in range(2):
        lean, offset = stage.between(-0.8, 0.8), stage.between(0.2, 0.8)
        away = np.abs(canvas.v - offset - (canvas.u - 0.5) * lean) * canvas.height
        canvas.over(palette.ink, np.clip(canvas.unit * 0.0016 - away + 0.5, 0, 1) * 0.8)


def _ribbons(stage: Stage) -> None:
    """Bundles of bright threads that swing across a dark ground."""
    canvas, palette = stage.canvas, stage.palette
    drift = clouds(stage.random, canvas.width, canvas.height, 1.4, 3) - 0.5
    canvas.rgb = gradient(
        (palette.ink, palette.zenith, palette.sky, palette.zenith),
        canvas.v * 0.9 + drift * 0.8 + 0.1,
    )
    for bundle in range(3):
        base, width = 0.24 + 0.26 * bundle, canvas.width
        low = line(stage.random, width, 1.4, 2) * 0.2
        spread = 0.04 + np.abs(line(stage.random, width, 1.1, 1)) * 0.16
        pair = (
            (palette.accent, palette.second),
            (palette.second, palette.light),
            (palette.horizon, palette.accent),
        )[bundle]
        for at in range(18):
            share = at / 17
            path = base + low + (share - 0.5) * spread
            away = np.abs(canvas.v - path[None, :]) * canvas.height / canvas.unit
            slope = np.sqrt(1 + np.gradient(path * canvas.height) ** 2)[None, :]
            away = away / slope
            tone = mix(pair[0], pair[1], round(share, 2))
            canvas.glow(tone, np.exp(-((away / 0.0018) ** 2)) * 0.75 + np.exp(-away * 60) * 0.05)
