"""Smooth random fields: clouds, ridges, textures, and sampling one field through another.

Every field is float32 and comes from the generator it is given, so the same seed repeats it.
"""

import numpy as np
from PIL import Image

from .palette import Array

Random = np.random.Generator


def resized(field: Array, width: int, height: int) -> Array:
    """A 2-D field stretched smoothly to (height, width)."""
    image = Image.fromarray(np.ascontiguousarray(field, dtype=np.float32))
    return np.asarray(image.resize((width, height), Image.Resampling.BICUBIC))


def clouds(
    random: Random,
    width: int,
    height: int,
    cells: float,
    octaves: int = 5,
    stretch: float = 1.0,
    roughness: float = 0.5,
) -> Array:
    """Fractal noise (height, width), about 0..1 around 0.5.

    `cells` counts the features along the shorter side; `stretch` above 1 draws them out
    sideways.
    """
    unit = min(width, height)
    total: Array = np.zeros((height, width), np.float32)
    weight, norm, cells = 1.0, 0.0, min(cells, unit / 3)
    for octave in range(octaves):
        count = cells * 2**octave
        rows, columns = int(count * height / unit) + 2, int(count * width / unit / stretch) + 2
        if octave and min(rows, columns) > unit:
            break
        total += weight * resized(random.standard_normal((rows, columns)), width, height)
        norm += weight**2
        weight *= roughness
    return np.asarray(np.clip(0.5 + total * np.float32(0.24 / norm**0.5), 0, 1))


def tile(
    random: Random, size: int, cells: int, octaves: int = 5, ridged: bool = False, gain: float = 0.5
) -> Array:
    """Fractal noise (size, size) that repeats without a seam; ridged has sharp crests."""
    total: Array = np.zeros((size, size), np.float32)
    weight, norm = 1.0, 0.0
    carve: Array | float = 1.0
    for octave in range(octaves):
        count = cells * 2**octave
        if count > size // 2:
            break
        grid = np.pad(random.standard_normal((count, count)), 2, mode="wrap")
        step = size // count
        layer = resized(grid, (count + 4) * step, (count + 4) * step)
        layer = resized(layer[2 * step : -2 * step, 2 * step : -2 * step], size, size)
        if ridged:
            layer = (1 - np.minimum(np.abs(layer) * 0.9, 1)) ** 2 * carve
            carve = np.clip(layer * 1.6, 0.15, 1)
        total, norm, weight = total + weight * layer, norm + weight, weight * gain
    return np.asarray(total / norm if ridged else 0.5 + total * np.float32(0.28 / norm**0.5))


def look_up(field: Array, rows: Array, columns: Array) -> Array:
    """`field` at fractional, wrapping places: bilinear, the shape of `rows`."""
    height, width = field.shape
    top, left = np.floor(rows).astype(np.int32), np.floor(columns).astype(np.int32)
    down, across = (rows - top).astype(np.float32), (columns - left).astype(np.float32)
    top, left = top % height, left % width
    below, right = (top + 1) % height * width, (left + 1) % width
    top *= width
    flat = field.ravel()
    upper = flat.take(top + left) * (1 - across) + flat.take(top + right) * across
    lower = flat.take(below + left) * (1 - across) + flat.take(below + right) * across
    return np.asarray(upper + (lower - upper) * down)


def moved(planes: Array, rows: Array, columns: Array) -> Array:
    """Planes (3, h, w) read at other whole places, held at the borders."""
    height, width = planes.shape[1:]
    at = np.clip(rows, 0, height - 1).astype(np.int32) * width
    at = at + np.clip(columns, 0, width - 1).astype(np.int32)
    return np.stack([plane.ravel().take(at) for plane in planes])


def line(
    random: Random, width: int, cells: float, octaves: int = 5, roughness: float = 0.5
) -> Array:
    """One row of fractal noise (width,), about -1..1."""
    total = np.zeros(width, np.float32)
    weight, norm, at = 1.0, 0.0, np.linspace(0, 1, width)
    for octave in range(octaves):
        count = int(cells * 2**octave) + 3
        knots = resized(random.standard_normal((1, count)).repeat(2, 0), count * 16, 2)[0]
        total += weight * np.interp(at, np.linspace(0, 1, count * 16), knots)
        norm, weight = norm + weight, weight * roughness
    return np.asarray(total / norm, dtype=np.float32)
