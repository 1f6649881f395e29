"""A skyline by night or dusk: towers in depth, lit windows, and the wet street or bay below."""

import math

import numpy as np

from ..canvas import planes_of, smooth
from ..palette import Array, Colour, mix
from ..sky import paint_mist, paint_sky
from ..stage import Stage
from ..water import paint_water
from .cast import heroes
from .flock import paint_flock


def paint_city(stage: Stage) -> None:
    """The whole city picture."""
    canvas, palette, brief = stage.canvas, stage.palette, stage.brief
    base = 0.72
    stage.sun = (stage.between(0.3, 0.7), 0.3 + 0.12 * (brief.mood in {"neon", "sunset"}))
    paint_sky(stage, base, 0.5)
    for at, (haze, wide, tall) in enumerate(
        ((0.72, 0.05, 0.3), (0.45, 0.065, 0.36), (0.12, 0.085, 0.33))
    ):
        _row(stage, base, haze, wide, tall, lights=at > 0)
        paint_mist(stage, base, 0.13, 0.4 - 0.1 * at)
    canvas.glow(palette.horizon, np.exp(-np.abs(canvas.v - base) * 14) * 0.4)
    heroes(stage, (0.5, 0.34), ("air", "under"), shadow=0.2)
    paint_water(stage, base, 0.34, 0.85)
    _lamps(stage, base)
    heroes(
        stage,
        (0.5, 0.5),
        ("ground", "plant", "surface"),
        ground=0.93,
        scale=1.1,
        shadow=0.18,
        rim=0.9,
    )
    if not palette.dark:
        paint_flock(stage, 0.1, 0.3, 6)
    canvas.shade(smooth(0.75, 1.3, canvas.distance(0.5, 0.5)) * 0.45)


def _row(stage: Stage, base: float, haze: float, wide: float, tall: float, lights: bool) -> None:
    """One row of towers from side to side; the tallest stand off the middle."""
    palette = stage.palette
    centre = stage.between(0.25, 0.75)
    u = -0.03
    while u < 1.02:
        width = wide * stage.between(0.55, 1.35)
        mass = np.exp(-(((u - centre) / 0.3) ** 2))
        height = tall * stage.between(0.35, 0.75) + tall * 0.75 * mass * stage.between(0.5, 1.1)
        tone = mix(
            mix(palette.ink, palette.ground, stage.between(0.1, 0.5)), palette.horizon, haze * 0.55
        )
        _tower(stage, (u, base - height, width, height), tone, haze, lights)
        u += width * stage.between(0.8, 1.15)


def _tower(
    stage: Stage, box: tuple[float, float, float, float], tone: Colour, haze: float, lights: bool
) -> None:
    canvas, palette, random = stage.canvas, stage.palette, stage.random
    u, v, width, height = box
    x, y = round(u * canvas.width), round(v * canvas.height)
    wide, tall = max(3, round(width * canvas.width)), max(3, round(height * canvas.height))
    _crownwork(stage, x, y, wide, tone)
    rows, columns, box_rows, box_columns = canvas.window(x, y, wide, tall)
    part = canvas.rgb[:, rows, columns]
    if part.size == 0:
        return
    fade = np.linspace(0, 1, tall, dtype=np.float32)[box_rows, None]
    across = np.linspace(-1, 1, wide, dtype=np.float32)[None, box_columns]
    side = math.copysign(1, stage.sun[0] - u - width / 2)
    face = planes_of(tone) * (1 + 0.22 * (across * side > 0.25))
    air = planes_of(palette.horizon)
    part[:] = face + (air - face) * (fade**2 * (0.25 + 0.35 * haze))
    edge = np.clip(1 - np.abs(across * side - 1) * wide / max(2.0, canvas.unit / 420), 0, 1)
    part += (planes_of(palette.light) - part) * edge * 0.35 * (1 - haze)
    if lights:
        window = _windows(stage, wide, tall)[:, box_rows, box_columns]
        part += window * (1 - haze * 0.7) * np.maximum(1 - part, 0)
    if lights and palette.dark and random.random() < 0.3 and wide > 20:
        _sign(stage, x, y, wide, tall)


def _windows(stage: Stage, wide: int, tall: int) -> Array:
    """Lit panes (3, tall, wide): whole floors dark or bright, single rooms between."""
    canvas, palette, random = stage.canvas, stage.palette, stage.random
    pitch = max(3, round(canvas.unit * stage.between(0.0085, 0.0135)))
    high = max(3, round(pitch * stage.between(0.9, 1.5)))
    floors, rooms = tall // high + 1, wide // pitch + 1
    lit = (random.random((floors, rooms)) < stage.between(0.2, 0.55)) * random.uniform(
        0.35, 1.0, (floors, rooms)
    )
    lit *= random.random((floors, 1)) < 0.86
    pane = np.zeros((high, pitch), np.float32)
    pane[max(1, high // 3) :, max(1, pitch // 3) :] = 1
    warm, cool = (
        mix(palette.accent, (1.0, 0.86, 0.6), 0.5),
        mix(palette.second, palette.light, 0.35),
    )
    if palette.dark and stage.brief.mood != "neon":
        cool = mix((1.0, 0.9, 0.7), palette.light, 0.4)
    pick = random.random((floors, rooms)) < 0.72
    planes = [np.kron(lit * np.where(pick, a, b), pane) for a, b in zip(warm, cool, strict=True)]
    start = (wide - (rooms - 1) * pitch) // 2
    grid = np.roll(np.stack(planes), (high, start), (1, 2))[:, :tall, :wide].astype(np.float32)
    grid[:, :, : max(1, pitch // 2)] = 0
    grid[:, :, wide - max(1, pitch // 2) :] = 0
    return grid * (0.95 if palette.dark else 0.3)


def _crownwork(stage: Stage, x: int, y: int, wide: int, tone: Colour) -> None:
    """Setbacks and a mast on top of a tower, with a red lamp at times."""
    canvas = stage.canvas
    colour = planes_of(tone)
    top, kind = y, int(stage.random.integers(0, 4))
    for share in ((0.66, 0.4), (0.5,), (), (0.8, 0.55, 0.3))[kind]:
        step, part = max(2, round(canvas.unit * stage.between(0.012, 0.028))), round(wide * share)
        rows, columns, *_ = canvas.window(x + (wide - part) // 2, top - step, part, step + 1)
        canvas.rgb[:, rows, columns] = colour
        top -= step
    if kind in (0, 3):
        mast, thin = round(canvas.unit * stage.between(0.03, 0.08)), max(1, canvas.unit // 500)
        rows, columns, *_ = canvas.window(x + wide // 2, top - mast, thin, mast)
        canvas.rgb[:, rows, columns] = colour
        canvas.soft_spot(
            (x + wide / 2) / canvas.width,
            (top - mast) / canvas.height,
            0.012,
            (1.0, 0.25, 0.2),
            0.9,
        )


def _sign(stage: Stage, x: int, y: int, wide: int, tall: int) -> None:
    """An upright bar of coloured light with its glow, as on neon streets."""
    canvas, palette = stage.canvas, stage.palette
    tint = palette.accent if stage.either() else palette.second
    bar, high = max(2, canvas.unit // 220), round(tall * stage.between(0.2, 0.4))
    left, top = (
        x + round(wide * stage.between(0.2, 0.75)),
        y + round(tall * stage.between(0.1, 0.4)),
    )
    for spot in np.linspace(0, 1, 7):
        canvas.soft_spot(left / canvas.width, (top + high * spot) / canvas.height, 0.035, tint, 0.2)
    rows, columns, *_ = canvas.window(left, top, bar, high)
    canvas.rgb[:, rows, columns] = planes_of(mix(tint, (1.0, 1.0, 1.0), 0.35))


def _lamps(stage: Stage, base: float) -> None:
    """A string of lamps along the waterfront and their long reflections."""
    canvas, palette = stage.canvas, stage.palette
    power = 1.0 if palette.dark else 0.3
    for at in range(22):
        u = (at + stage.between(0.2, 0.8)) / 22
        tint = (palette.accent, mix(palette.light, palette.accent, 0.4), palette.second)[at % 3]
        canvas.soft_spot(u, base - 0.004, stage.between(0.012, 0.026), tint, 0.9 * power)
        streak = np.exp(-(((canvas.u - u) * canvas.width / canvas.unit / 0.005) ** 2))
        below = smooth(base, base + 0.01, canvas.v) * np.exp(
            -np.maximum(canvas.v - base, 0) * stage.between(9, 22)
        )
        left, right = max(0, int((u - 0.03) * canvas.width)), int((u + 0.03) * canvas.width) + 1
        part = canvas.rgb[:, :, left:right]
        part += (
            planes_of(tint)
            * (below * streak[:, left:right])
            * (0.5 * power)
            * np.maximum(1 - part, 0)
        )
