"""Picture filters the styles are made of: flattening, edges, strokes. Planes in, planes out."""

import numpy as np

from .canvas import blurred
from .noise import Random, look_up, moved, tile
from .palette import Array

_LUMA = np.array([0.3, 0.55, 0.15], np.float32).reshape(3, 1, 1)


def luma(rgb: Array) -> Array:
    """Brightness (h, w) of planes (3, h, w)."""
    return np.asarray((rgb * _LUMA).sum(axis=0))


def box_mean(plane: Array, radius: int) -> Array:
    """The mean over a square of 2 * radius + 1 pixels a side, edges repeated."""
    side = 2 * radius + 1
    padded = np.pad(plane, ((radius + 1, radius), (radius + 1, radius)), mode="edge")
    for axis in (0, 1):
        total = np.cumsum(padded, axis=axis, dtype=np.float64)
        upper, lower = (
            (total[side:], total[:-side]) if axis == 0 else (total[:, side:], total[:, :-side])
        )
        padded = ((upper - lower) / side).astype(np.float32)
    return padded


def flattened(rgb: Array, radius: int) -> Array:
    """Kuwahara's filter: flat patches with firm edges, as a loaded brush leaves them.

    Each pixel takes the mean of the calmest of the squares around it (Kuwahara et al., 1976),
    here weighted softly so that no blocks show.
    """
    half = max(1, radius // 2)
    rgb = np.pad(rgb, ((0, 0), (half, half), (half, half)), mode="edge")
    means = np.stack([box_mean(plane, half) for plane in rgb])
    bright = luma(rgb)
    spread = np.maximum(box_mean(bright * bright, half) - luma(means) ** 2, 0)
    weight = 1 / (spread + 2e-4) ** 3
    weight /= weight.max()
    total, norm = np.zeros_like(rgb), np.full_like(bright, 1e-12)
    for down, across in ((half, half), (half, -half), (-half, half), (-half, -half)):
        part = np.roll(weight, (down, across), (0, 1))
        norm += part
        for index in range(3):
            total[index] += np.roll(means[index], (down, across), (0, 1)) * part
    return np.asarray(total / norm)[:, half:-half, half:-half]


def edges(plane: Array, radius: float) -> Array:
    """How strongly brightness changes, 0 to about 1."""
    soft = blurred(plane, radius)
    slope_y, slope_x = np.gradient(soft)
    return np.asarray(np.clip(np.hypot(slope_x, slope_y) * radius * 5, 0, 1))


def wobbled(rgb: Array, random: Random, amount: float) -> Array:
    """The picture with its outlines shaken by `amount` pixels, as by hand."""
    height, width = rgb.shape[1:]
    field = tile(random, 512, 12, 4) - 0.5
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    scale = 512 / min(height, width)
    shift = look_up(field, rows * scale, columns * scale)
    other = look_up(field, rows * scale + 171, columns * scale + 83)
    return moved(rgb, rows + shift * amount * 4, columns + other * amount * 4)


def stroked(rgb: Array, random: Random, reach: int) -> tuple[Array, Array]:
    """Colours smeared along the forms, and the bristle marks (h, w) around 0 that go with them."""
    height, width = rgb.shape[1:]
    scale = min(height, width) / 1024
    bright = luma(rgb)
    slope_y, slope_x = np.gradient(blurred(bright, 2.5 * scale + 0.5))
    wide = 9 * scale + 1
    along = [
        blurred(part * 400 + 0.5, wide) - 0.5
        for part in (slope_x * slope_x - slope_y * slope_y, 2 * slope_x * slope_y)
    ]
    # Where the picture is flat, a slow swirl leads the brush.
    swirl = look_up(
        tile(random, 256, 3, 2), *(np.mgrid[0:height, 0:width] / (4 * scale)).astype(np.float32)
    )
    angle = (
        np.arctan2(along[1] + 0.004 * np.sin(swirl * 9), along[0] + 0.004 * np.cos(swirl * 9)) / 2
    )
    step_x, step_y = -np.sin(angle), np.cos(angle)
    grain: Array = random.standard_normal((height, width), dtype=np.float32)
    grain = blurred(grain * 0.18 + 0.5, 1.1 * scale + 0.3) - 0.5
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    smear: Array = rgb.copy()
    marks: Array = grain.copy()
    count = 5
    for at in range(1, count + 1):
        for sign in (-1, 1):
            away = sign * at * reach * scale / count
            y, x = rows + step_y * away, columns + step_x * away
            smear += moved(rgb, y, x)
            marks += moved(grain[None], y, x)[0]
    return smear / (2 * count + 1), marks
