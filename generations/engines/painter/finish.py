"""The last touches on every picture: bloom, tone, vignette, grain, and 8 bits without banding."""

import numpy as np
from PIL import Image

from .canvas import blurred
from .noise import Random
from .palette import Array


def bloomed(rgb: Array, strength: float = 0.4) -> Array:
    """Bright parts spill a little light over their surroundings."""
    unit = min(rgb.shape[1:])
    luma = rgb[0] * 0.3 + rgb[1] * 0.55 + rgb[2] * 0.15
    over = np.clip((luma - 0.62) / 0.38, 0, 1)
    wide = np.stack([blurred(plane * over, unit * 0.022) for plane in rgb])
    return np.asarray(rgb + wide * strength * np.maximum(1 - rgb, 0))


def graded(rgb: Array, contrast: float = 0.12, colourful: float = 1.08) -> Array:
    """A gentle S-curve and a little more colour."""
    curve = np.clip(rgb, 0, 1)
    curve = curve + contrast * (curve * curve * (3 - 2 * curve) - curve) * 2
    luma = (curve * np.array([0.3, 0.55, 0.15], np.float32).reshape(3, 1, 1)).sum(axis=0)
    return np.asarray(luma + (curve - luma) * colourful)


def to_image(rgb: Array, random: Random, grain: float = 1.1) -> Image.Image:
    """An 8-bit RGB image. One grain for all three planes (in 8-bit steps) hides the banding
    and keeps the PNG small."""
    height, width = rgb.shape[1:]
    noise = random.standard_normal((height, width), dtype=np.float32) * grain
    planes = np.clip(rgb * 255 + noise + 0.5, 0, 255).astype(np.uint8)
    return Image.fromarray(np.ascontiguousarray(planes.transpose(1, 2, 0)))
