"""Colour: OKLab arithmetic, the named palettes, and how a colour word bends a palette.

A colour is an sRGB triple of floats in 0..1; mixing happens in OKLab, where equal steps look
equal (Björn Ottosson, https://bottosson.github.io/posts/oklab/). Paints nothing.
"""

from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Colour = tuple[float, float, float]

_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    dtype=np.float32,
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ],
    dtype=np.float32,
)
_FROM_LMS = np.linalg.inv(_TO_LMS).astype(np.float32)
_FROM_LAB = np.linalg.inv(_TO_LAB).astype(np.float32)


def to_lab(rgb: Array) -> Array:
    """OKLab planes (3, ...) of sRGB planes (3, ...)."""
    flat = np.clip(rgb, 0, 1).reshape(3, -1).astype(np.float32)
    linear = np.where(flat <= 0.04045, flat / 12.92, ((flat + 0.055) / 1.055) ** 2.4)
    lab: Array = _TO_LAB @ np.cbrt(_TO_LMS @ linear.astype(np.float32))
    return lab.reshape(rgb.shape)


def from_lab(lab: Array) -> Array:
    """sRGB planes (3, ...), clipped to 0..1, of OKLab planes (3, ...)."""
    flat = lab.reshape(3, -1).astype(np.float32)
    linear = np.clip(_FROM_LMS @ (_FROM_LAB @ flat) ** 3, 0, 1)
    rgb = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return rgb.astype(np.float32).reshape(lab.shape)


def colour(code: str) -> Colour:
    """The colour of six hexadecimal digits."""
    red, green, blue = (int(code[at : at + 2], 16) / 255 for at in (0, 2, 4))
    return red, green, blue


def _triple(values: Array) -> Colour:
    red, green, blue = (float(value) for value in values.reshape(3))
    return red, green, blue


@lru_cache(maxsize=4096)
def mix(first: Colour, second: Colour, share: float) -> Colour:
    """`share` (0..1) of the second colour in the first, mixed in OKLab."""
    pair = to_lab(np.array([first, second], dtype=np.float32).T)
    return _triple(from_lab(pair[:, :1] * (1 - share) + pair[:, 1:] * share))


def turned(base: Colour, hue: float, share: float = 1.0, chroma: float = 1.0) -> Colour:
    """`base` with its OKLCH hue moved by `share` of the way to `hue` (radians)."""
    light, a, b = to_lab(np.array(base, dtype=np.float32).reshape(3, 1)).reshape(3)
    away = (hue - np.arctan2(b, a) + np.pi) % (2 * np.pi) - np.pi
    angle, radius = np.arctan2(b, a) + away * share, np.hypot(a, b) * chroma
    lab = np.array([light, radius * np.cos(angle), radius * np.sin(angle)], dtype=np.float32)
    return _triple(from_lab(lab.reshape(3, 1)))


def hue_of(base: Colour) -> float:
    """The OKLCH hue, in radians."""
    _, a, b = to_lab(np.array(base, dtype=np.float32).reshape(3, 1)).reshape(3)
    return float(np.arctan2(b, a))


def ramp(stops: tuple[Colour, ...], steps: int = 1024) -> Array:
    """A table (3, steps) running evenly through the stops in OKLab."""
    lab = to_lab(np.array(stops, dtype=np.float32).T)
    at, places = np.linspace(0, len(stops) - 1, steps), np.arange(len(stops))
    return from_lab(np.stack([np.interp(at, places, plane) for plane in lab]))


def gradient(stops: tuple[Colour, ...], at: Array) -> Array:
    """Planes (3, ...) coloured by running through the stops with `at` (0..1)."""
    table = ramp(stops)
    index = (np.clip(at, 0, 1) * (table.shape[1] - 1)).astype(np.int32)
    return np.stack([row.take(index) for row in table])


@dataclass(frozen=True)
class Palette:
    """Nine colours with a job each; every scene is painted from these alone."""

    zenith: Colour
    sky: Colour
    horizon: Colour
    light: Colour
    far: Colour
    ground: Colour
    ink: Colour
    accent: Colour
    second: Colour

    @property
    def dark(self) -> bool:
        """Whether the sky calls for stars and lamps."""
        return sum(self.zenith) + sum(self.sky) < 1.5

    def towards(self, tint: Colour, share: float = 0.85) -> "Palette":
        """The palette bent to a tint: the air and the land take its hue, the accents stay."""
        spread = max(tint) - min(tint)
        if spread < 0.08:  # Black, white and grey have no hue: they take colour out instead.
            return self._faded(tint)
        hue = hue_of(tint)
        turn = {
            name: turned(mix(getattr(self, name), tint, 0.14), hue, share, 1.1)
            for name in ("zenith", "sky", "horizon", "far", "ground", "ink")
        }
        return replace(self, **turn, light=mix(self.light, tint, 0.12))

    def _faded(self, tint: Colour) -> "Palette":
        names = ("zenith", "sky", "horizon", "far", "ground")
        return replace(
            self, **{name: mix(turned(getattr(self, name), 0, 0, 0.4), tint, 0.3) for name in names}
        )

    def rotated(self, angle: float) -> "Palette":
        """Every hue moved by `angle` (radians)."""
        moved = {
            field.name: turned(getattr(self, field.name), hue_of(getattr(self, field.name)) + angle)
            for field in fields(self)
        }
        return Palette(**moved)


def _palette(codes: str) -> Palette:
    return Palette(*(colour(code) for code in codes.split()))


# In the order of the fields: zenith sky horizon light far ground ink accent second.
PALETTES: dict[str, Palette] = {
    "noon": _palette("2f6fb5 6fb1e0 d9eef2 fff6d8 8fb4c9 4d7f6a 14303a e4572e f2c14e"),
    "sunset": _palette("2b1b4f 8b2f6e f47c51 ffe29a a4516f 5b2a5c 1a0f2e ff5d3b ffc857"),
    "dawn": _palette("5a6fb0 c59bc9 ffc9b0 fff0d0 a99cc8 5f6a9c 232849 f26b5e ffd38a"),
    "golden": _palette("7a6650 d0a050 ffd98a fff3cf c0955a 73502a 24160c d9462b fff0b8"),
    "night": _palette("060b1f 12244f 3d6a94 e8f1ff 2c4c78 14284a 050a18 ffb84d 6fd6ff"),
    "neon": _palette("0b0524 2d0f63 c31f8c ff8fe0 5b1f8f 22104f 07031a 19e3ff ff2e93"),
    "pastel": _palette("a8c4ea d8c8ee ffdcd8 fffaf0 bfc9e8 a9b8d6 5d6a94 f59bb0 ffd9a0"),
    "noir": _palette("0d0d0f 3a3b3f b9bab8 ffffff 6e6f73 36373b 070708 e8e8e6 9a9a9a"),
    "vintage": _palette("3c6e71 8fb3a4 f0dfb5 fff3d6 8aa79a 4f6f66 22313a d1603d e9b44c"),
    "abyss": _palette("03121f 06405f 3fb6c9 d8fff4 1d7f96 0b3f57 021019 ff7a59 ffd166"),
    "biolum": _palette("020617 0a2a5c 1f7fb8 8ffcff 16508c 0a1f4a 01040f 2ff3e0 b06bff"),
    "autumn": _palette("7d6b6a d0a27c f6dcae fff2d2 c98a5a 8a4a26 2b140c d9481f f2b134"),
    "emerald": _palette("1f5a57 6fae8f dff0c4 fbffe0 7fb79a 2f6b50 08231f e8b04a f26d5b"),
    "ice": _palette("34699f 86b8dc dcecf6 fff7ea a9c9e2 5f8fb8 16304f e4572e 9fe3f2"),
    "cosmos": _palette("070417 1e1147 7a2f8f ffd6f2 5a2a86 28134f 05020f 4fd6ff ff6fb5"),
    "ember": _palette("12060a 4a0f17 d1421f ffd08a 7a1f1c 3a0d12 0c0305 ff7a1a ffd23f"),
    "storm": _palette("1d2731 45576a 9fb0b8 e8eef0 6b7f8d 37474f 0e161c f2a541 8fd3d1"),
    "spring": _palette("5aa9e0 a6d8ee fdf3dc fff8e0 a8d3b0 6fb36a 1f4a35 f2587a ffc93c"),
    "aurora": _palette("04121f 0b2f45 1d6b6b b7ffd8 1d4f5f 0c2a3a 02080f 3ff0a0 a05bff"),
}
