"""The air of a landscape: gradient, sun or moon, stars, clouds, aurora, mist, rain and snow."""

import numpy as np

from .canvas import blurred, smooth
from .noise import clouds, line, look_up, resized, tile
from .palette import PALETTES, Array, gradient, mix
from .stage import Stage


def paint_sky(stage: Stage, horizon: float, cloud: float = 0.5) -> None:
    """Fills the canvas with sky; `cloud` 0..1 is how much of it is covered."""
    canvas, palette, brief = stage.canvas, stage.palette, stage.brief
    sun_u, sun_v = stage.sun
    near_sun = np.exp(-canvas.distance(sun_u, sun_v, 1.5) * 1.6)
    height = np.clip(canvas.v / horizon, 0, 1.15)
    drift = clouds(stage.random, canvas.width, canvas.height, 1.3, 2, 2.0) - 0.5
    at = np.clip(height**1.15 + drift * 0.12 + near_sun * 0.16 - 0.04, 0, 1)
    middle = mix(palette.sky, palette.horizon, 0.45)
    canvas.rgb = gradient((palette.zenith, palette.sky, middle, palette.horizon), at)
    canvas.glow(palette.light, near_sun**1.6 * (0.42 if palette.dark else 0.5))
    if palette.dark:
        paint_stars(stage, 1 - smooth(0.35, 0.95, height))
    if "aurora" in brief.weather:
        paint_aurora(stage, horizon)
    if "moon" in brief.weather or "sun" in brief.weather or brief.orb:
        paint_orb(stage)
    if cloud > 0:
        paint_clouds(stage, horizon, cloud)


def paint_stars(stage: Stage, mask: Array | float = 1.0, density: float = 1.0) -> None:
    """Scattered stars of three sizes, a few with a halo."""
    canvas, random = stage.canvas, stage.random
    layer = np.zeros((canvas.height, canvas.width), np.float32)
    for count, low, high in ((900, 0.1, 0.4), (320, 0.3, 0.8), (70, 0.7, 1.0)):
        count = int(count * density)
        rows = (random.random(count) * canvas.height).astype(np.int32)
        columns = (random.random(count) * canvas.width).astype(np.int32)
        layer[rows, columns] = random.uniform(low, high, count)
        if high >= 1:  # The brightest ones bleed into their neighbours.
            reach = max(1, canvas.unit // 700)
            for step in range(1, reach + 1):
                for down, across in ((step, 0), (-step, 0), (0, step), (0, -step)):
                    near = (
                        np.clip(rows + down, 0, canvas.height - 1),
                        np.clip(columns + across, 0, canvas.width - 1),
                    )
                    layer[near] = np.maximum(layer[near], 0.5 / step)
    if canvas.unit > 1400:
        layer = np.clip(blurred(layer, 0.7) * 2.2, 0, 1)
    canvas.glow((1.0, 0.98, 0.94), layer * mask)
    for _ in range(int(7 * density)):
        u, v = random.random(), random.random() * 0.6
        keep = mask if isinstance(mask, float) else float(mask[int(v * (len(mask) - 1)), 0])
        tint = mix(stage.palette.light, stage.palette.second, float(random.random()) * 0.6)
        canvas.soft_spot(u, v, stage.between(0.004, 0.009), tint, 0.9 * keep)


def paint_orb(stage: Stage) -> None:
    """The disc of the sun, or at night of the moon with its seas, inside a wide halo."""
    canvas, palette, (u, v) = stage.canvas, stage.palette, stage.sun
    moon = "moon" in stage.brief.weather or (palette.dark and "sun" not in stage.brief.weather)
    radius = stage.brief.orb_size
    away = canvas.distance(u, v)
    canvas.glow(palette.light, np.exp(-np.maximum(away - radius, 0) * 7) * 0.5)
    canvas.glow(palette.light, np.exp(-np.maximum(away - radius, 0) * 28) * 0.45)
    disc = np.clip((radius - away) * canvas.unit + 0.5, 0, 1)
    face = mix(palette.light, (1.0, 1.0, 1.0), 0.35)
    canvas.over(face, disc)
    if moon:
        seas = clouds(stage.random, canvas.width, canvas.height, 0.55 / radius, 4)
        canvas.over(mix(palette.light, palette.sky, 0.45), disc * smooth(0.5, 0.72, seas) * 0.75)
        shade = canvas.distance(u + radius * 0.28, v + radius * 0.2)
        canvas.over(palette.sky, disc * smooth(radius * 0.75, radius * 1.6, shade) * 0.8)
    else:
        canvas.over(
            mix(palette.light, palette.horizon, 0.35),
            disc * smooth(v - radius, v + radius * 1.2, canvas.v + 0 * away) * 0.7,
        )


def paint_clouds(stage: Stage, horizon: float, cover: float) -> None:
    """Banks of cloud that shrink towards the horizon, lit from the sun's side."""
    canvas, palette = stage.canvas, stage.palette
    texture = tile(stage.random, 512, 4, 6)
    # Perspective: the sheet of cloud lies flat above, so rows crowd near the horizon.
    rise = np.maximum(horizon + 0.07 - canvas.v, 0.02)
    depth = 0.16 / rise
    across = (canvas.u - 0.5) * (canvas.width / canvas.unit)
    columns = across * (0.35 + depth) * 300 + stage.between(0, 512)
    rows = depth * 300 + 0 * across + stage.between(0, 512)
    field = look_up(texture, rows, columns)
    towards = 1.0 if stage.sun[0] >= 0.5 else -1.0
    lit_side = look_up(texture, rows - 9, columns + towards * 9)
    edge = 0.74 - cover * 0.32
    body = smooth(edge, edge + 0.26, field) * smooth(0.0, 0.25, horizon - canvas.v + 0.1)
    near_sun = np.exp(-canvas.distance(*stage.sun) * 1.5)
    bright = np.clip((field - lit_side) * 3.2 + 0.42 + near_sun * 0.35, 0, 1)
    shadow = mix(palette.sky, palette.zenith if palette.dark else palette.far, 0.45)
    paint = gradient((shadow, mix(palette.sky, palette.horizon, 0.6), palette.light), bright)
    canvas.over(paint, body * (0.62 if palette.dark else 0.78))


def paint_aurora(stage: Stage, horizon: float) -> None:
    """Curtains of light: folded lines that fade upwards in fine rays."""
    canvas, random = stage.canvas, stage.random
    glow = PALETTES["aurora"]
    for band in range(4):
        base = horizon * stage.between(0.42, 0.86)
        path = base + line(random, canvas.width, stage.between(1.2, 2.4), 3) * 0.1
        tall = stage.between(0.28, 0.55) * horizon
        rays = np.clip(0.65 + line(random, canvas.width, 30, 3) * 0.9, 0.1, 1.3)
        strength = np.clip(0.6 + line(random, canvas.width, 2, 2) * 0.9, 0, 1.2) * rays
        above = (path[None, :] - canvas.v) / (tall * (0.75 + 0.4 * rays[None, :]))
        veil = np.exp(-np.maximum(above, 0) * 2.6) * smooth(-0.05, 0.05, above)
        veil *= smooth(1.25, 0.3, above) * strength[None, :]
        green, violet = glow.accent, glow.second
        paint = gradient((green, mix(green, violet, 0.35), violet), np.clip(above, 0, 1))
        canvas.glow(paint, veil * (0.5 if band else 0.7))
    canvas.glow(glow.accent, smooth(0.0, 1.0, canvas.v / horizon) * 0.12)


def paint_mist(stage: Stage, at: float, depth: float, strength: float) -> None:
    """A bank of mist centred on row `at`, `depth` high, torn by noise."""
    canvas, palette = stage.canvas, stage.palette
    veil = np.exp(-(((canvas.v - at) / depth) ** 2))
    torn = clouds(stage.random, canvas.width, canvas.height, 2.2, 4, 3.5)
    canvas.over(
        mix(palette.horizon, palette.light, 0.2), veil * smooth(0.25, 0.75, torn) * strength
    )


def paint_weather(stage: Stage) -> None:
    """What falls in front of everything: fog, rain or snow."""
    weather = stage.brief.weather
    if "fog" in weather:
        paint_mist(stage, 0.72, 0.3, 0.75)
    if "rain" in weather:
        _rain(stage)
    if "snowfall" in weather:
        _snow(stage)


def _rain(stage: Stage) -> None:
    canvas, palette, random = stage.canvas, stage.palette, stage.random
    grid = random.random((canvas.height // 28 + 2, canvas.width // max(1, canvas.unit // 500) + 2))
    streaks = resized(np.where(grid > 0.9, grid, 0).astype(np.float32), canvas.width, canvas.height)
    lean = np.arange(canvas.height)[:, None] * 0.16
    columns = ((np.arange(canvas.width)[None, :] + lean).astype(np.int32)) % canvas.width
    slanted = np.take_along_axis(streaks, columns, axis=1)
    canvas.glow(mix(palette.light, palette.horizon, 0.4), np.clip(slanted, 0, 1) * 0.3)


def _snow(stage: Stage) -> None:
    canvas, random = stage.canvas, stage.random
    for count, radius, strength in ((260, 0.004, 0.9), (90, 0.008, 0.7), (16, 0.026, 0.35)):
        for u, v, size in random.random((count, 3)):
            canvas.soft_spot(u, v, radius * (0.6 + 0.8 * size), (1.0, 1.0, 1.0), strength)
