"""The canvas: float32 planes and the few ways paint, light and shadow reach it.

Places are fractions of width and height; sizes are fractions of the shorter side (`unit`).
It knows no scene and no word.
"""

import numpy as np
from PIL import Image, ImageFilter

from .noise import Random
from .palette import Array, Colour

Paint = Colour | Array


def planes_of(paint: Paint) -> Array:
    """A paint as planes that broadcast over (3, h, w)."""
    values = np.asarray(paint, dtype=np.float32)
    return values.reshape(3, 1, 1) if values.ndim == 1 else values


def smooth(low: float, high: float, values: Array) -> Array:
    """The smooth step from 0 at `low` to 1 at `high` (which may be below `low`)."""
    share = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(share * share * (3 - 2 * share), dtype=np.float32)


def blurred(plane: Array, radius: float) -> Array:
    """A plane (h, w) in 0..1 under a Gaussian blur; wide blurs work on a smaller copy."""
    height, width = plane.shape
    shrink = int(np.clip(radius / 2.5, 1, 32))
    if shrink == 1:
        sharp = Image.fromarray((np.clip(plane, 0, 1) * 255).astype(np.uint8))
        soft_bytes = np.asarray(sharp.filter(ImageFilter.GaussianBlur(radius)), np.float32)
        return soft_bytes / np.float32(255)
    # Eight bits would leave steps in a wide blur, and slopes taken from it would show them.
    small_size = (max(1, width // shrink), max(1, height // shrink))
    exact = Image.fromarray(np.ascontiguousarray(plane, dtype=np.float32))
    small = np.asarray(exact.resize(small_size, Image.Resampling.BOX))
    soft = Image.fromarray(_convolved(_convolved(small, radius / shrink).T, radius / shrink).T)
    wide = soft.resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(np.clip(np.asarray(wide), 0, 1))


def _convolved(plane: Array, radius: float) -> Array:
    """Rows under a Gaussian of `radius` pixels, the border repeated."""
    reach = int(3 * radius) + 1
    weights = np.exp(-((np.arange(-reach, reach + 1) / radius) ** 2) / 2)
    weights /= weights.sum()
    padded, width = np.pad(plane, ((0, 0), (reach, reach)), mode="edge"), plane.shape[1]
    total = np.zeros_like(plane)
    for at, weight in enumerate(weights):
        total += padded[:, at : at + width] * np.float32(weight)
    return np.ascontiguousarray(total)


class Canvas:
    """Planes `rgb` (3, height, width), sRGB-encoded, 0..1 with room above for light."""

    def __init__(self, width: int, height: int, random: Random) -> None:
        self.width, self.height, self.unit = width, height, min(width, height)
        self.random = random
        self.rgb: Array = np.zeros((3, height, width), np.float32)
        self.u: Array = ((np.arange(width, dtype=np.float32) + 0.5) / width).reshape(1, width)
        self.v: Array = ((np.arange(height, dtype=np.float32) + 0.5) / height).reshape(height, 1)

    def distance(self, u: float, v: float, squash: float = 1.0) -> Array:
        """Distance of every pixel from a place, in units; `squash` above 1 flattens circles."""
        across = (self.u - u) * (self.width / self.unit)
        down = (self.v - v) * (self.height / self.unit * squash)
        return np.asarray(np.hypot(across, down), dtype=np.float32)

    def over(self, paint: Paint, mask: Array | float) -> None:
        """Covers the canvas with paint where the mask (0..1) says so."""
        self.rgb += (planes_of(paint) - self.rgb) * mask

    def glow(self, paint: Paint, mask: Array | float) -> None:
        """Adds light: a screen that never burns out harshly."""
        self.rgb += planes_of(paint) * mask * np.maximum(1 - self.rgb, 0)

    def shade(self, mask: Array | float) -> None:
        """Takes light away: 0 keeps, 1 blackens."""
        self.rgb *= 1 - np.asarray(mask, dtype=np.float32)

    def below(self, edge: Array, softness: float = 1.0) -> Array:
        """An anti-aliased mask of all that lies under a row of heights (fractions)."""
        depth = (self.v - edge.reshape(1, -1)) * (self.height / softness) + 0.5
        return np.asarray(np.clip(depth, 0, 1), dtype=np.float32)

    def window(
        self, left: float, top: float, width: int, height: int
    ) -> tuple[slice, slice, slice, slice]:
        """Rows and columns of the canvas, then of a stamp, where the two overlap."""
        x, y = round(left), round(top)
        x0, x1 = min(max(x, 0), self.width), max(min(x + width, self.width), 0)
        y0, y1 = min(max(y, 0), self.height), max(min(y + height, self.height), 0)
        x1, y1 = max(x0, x1), max(y0, y1)
        return slice(y0, y1), slice(x0, x1), slice(y0 - y, y1 - y), slice(x0 - x, x1 - x)

    def soft_spot(self, u: float, v: float, radius: float, paint: Paint, strength: float) -> None:
        """A round glow that fades to nothing at `radius` (units); touches only its own window."""
        reach = max(2, int(radius * self.unit))
        left, top = u * self.width - reach, v * self.height - reach
        rows, columns, *_ = self.window(left, top, 2 * reach, 2 * reach)
        y = (np.arange(rows.start, rows.stop, dtype=np.float32) - v * self.height) / reach
        x = (np.arange(columns.start, columns.stop, dtype=np.float32) - u * self.width) / reach
        near = np.clip(1 - x[None, :] ** 2 - y[:, None] ** 2, 0, 1)
        part = self.rgb[:, rows, columns]
        part += planes_of(paint) * (near**3 * strength) * np.maximum(1 - part, 0)
