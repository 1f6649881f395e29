"""Land in perspective: a height map marched from near to far, one column of pixels at a time.

For every slice of depth the land's height is projected to a row; the running maximum says which
slice a pixel sees. No ray is followed one by one: a histogram and a sum find all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from .canvas import Canvas
from .noise import look_up
from .palette import Array

FINE = 2  # Pixels per pixel, each way, so that ridges come out smooth.


@dataclass(frozen=True)
class View:
    """Where the eye stands and how it looks at a height map of side 1 that repeats."""

    eye: float  # Height above the map's zero.
    horizon: float  # Row of the horizon, a fraction of the height.
    near: float
    far: float
    slices: int = 640
    wide: float = 0.9  # Half the width of view at depth 1.
    drift: float = 0.0  # Sideways place on the map.


@dataclass
class Slices:
    """The land as seen: arrays (slices, columns)."""

    height: Array
    slope_x: Array
    slope_z: Array
    depth: Array  # (slices, 1), in map sides.
    share: Array  # (slices, 1), 0 near to 1 far.
    x: Array
    z: Array


def sunlight(seen: Slices, towards: float, lift: float = 1.0) -> Array:
    """How squarely the land faces a low sun to the left (-1) or right (1): about -0.4 to 1."""
    normal = np.sqrt(1 + (seen.slope_x**2 + seen.slope_z**2) * lift**2)
    # The sun stands sideways, a little above and before the land.
    return np.asarray(
        (0.52 - (0.72 * towards * seen.slope_x - 0.46 * seen.slope_z) * lift) / normal
    )


Shader = Callable[[Slices], Array]


def paint_land(
    canvas: Canvas,
    map_: Array,
    view: View,
    shade: Shader,
    raise_by: Callable[[Array, Array], Array] | None = None,
) -> None:
    """Paints the land over the canvas; `shade` returns colours (3, slices, columns)."""
    slope_z, slope_x = np.gradient(map_, 1 / len(map_))
    step = max(64, 512 * 512 // canvas.height)
    for left in range(0, canvas.width, step):
        right = min(canvas.width, left + step)
        columns = (np.arange(left * FINE, right * FINE, dtype=np.float32) + 0.5) / FINE
        seen = _slices(canvas, map_, (slope_x, slope_z), view, columns)
        if raise_by is not None:
            seen.height = seen.height + raise_by(seen.x, seen.share)
        colours, cover = _project(canvas, seen, view, shade(seen))
        part = canvas.rgb[:, :, left:right]
        part += (colours - part) * cover


def _slices(
    canvas: Canvas, map_: Array, slopes: tuple[Array, Array], view: View, columns: Array
) -> Slices:
    share = np.linspace(0, 1, view.slices, dtype=np.float32)[:, None]
    depth = view.near * (view.far / view.near) ** share
    across = (columns / canvas.width - 0.5)[None, :] * (canvas.width / canvas.unit)
    x = across * depth * 2 * view.wide + view.drift
    z = depth + 0 * x
    side = len(map_)
    rows, places = z * side, x * side
    return Slices(
        look_up(map_, rows, places),
        look_up(slopes[0], rows, places),
        look_up(slopes[1], rows, places),
        depth,
        share,
        x,
        z,
    )


def _project(canvas: Canvas, seen: Slices, view: View, paint: Array) -> tuple[Array, Array]:
    rows, columns = canvas.height * FINE, seen.height.shape[1]
    top = view.horizon * rows - (seen.height - view.eye) / seen.depth * rows * (
        canvas.unit / canvas.height
    )
    # Rows counted upwards from the bottom edge; the running maximum hides what lies behind.
    risen = np.maximum.accumulate(np.clip(rows - top, 0, rows), axis=0)
    bins = np.minimum(np.floor(risen), rows).astype(np.int32) * columns + np.arange(
        columns, dtype=np.int32
    )
    counts = np.bincount(bins.ravel(), minlength=(rows + 1) * columns)
    index = np.cumsum(counts.reshape(rows + 1, columns)[:rows], axis=0, dtype=np.int32)[::-1]
    cover = index < view.slices
    slice_ = np.minimum(index, view.slices - 1).astype(np.int32)
    # Between two slices the colour runs on, so that near land shows no steps.
    level = (rows - 0.5 - np.arange(rows, dtype=np.float32))[:, None]
    here = slice_ * columns + np.arange(columns, dtype=np.int32)[None, :]
    before = np.maximum(slice_ - 1, 0) * columns + np.arange(columns, dtype=np.int32)[None, :]
    low, high = risen.ravel().take(before), risen.ravel().take(here)
    mixing = np.clip((level - low) / np.maximum(high - low, 1e-3), 0, 1)
    planes = []
    for plane in paint:
        flat = np.ascontiguousarray(plane, dtype=np.float32).ravel()
        start = flat.take(before)
        planes.append(_halved((start + (flat.take(here) - start) * mixing) * cover))
    share = _halved(cover.astype(np.float32))
    return np.stack(planes) / np.maximum(share, 1e-3), share


def _halved(plane: Array) -> Array:
    image = Image.fromarray(np.ascontiguousarray(plane, dtype=np.float32))
    return np.asarray(image.reduce(FINE))
