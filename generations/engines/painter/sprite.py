"""A pen for small figures: splines, discs and strokes, drawn large and shrunk smooth.

A figure is drawn in a box of 100 x 100 (y downwards), facing right. It comes out as a Sprite:
colour, cover and own light. Where it stands and what light falls on it is the stage's affair.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

from .palette import Array, Colour

Points = list[tuple[float, float]]
Box = tuple[int, int, int, int]
MARGIN = 14.0


@dataclass
class Sprite:
    """Planes `rgb` (3, h, w), `cover` (h, w) and `lamp` (3, h, w): light the figure gives off."""

    rgb: Array
    cover: Array
    lamp: Array


@lru_cache(maxsize=512)
def spline(text: str, closed: bool = True, steps: int = 10) -> tuple[tuple[float, float], ...]:
    """A Catmull-Rom curve through "x,y x,y! ..."; an exclamation mark makes a sharp corner."""
    knots = [
        (float(x), float(y), mark == "!")
        for x, y, mark in ((*word.rstrip("!").split(","), word[-1]) for word in text.split())
    ]
    count = len(knots)
    curve: list[tuple[float, float]] = []
    for at in range(count if closed else count - 1):
        first, last = knots[at], knots[(at + 1) % count]
        before = knots[at - 1] if closed or at else first
        after = knots[(at + 2) % count] if closed or at + 2 < count else last
        # At a corner the neighbour beyond it must not pull the curve round.
        before = first if first[2] else before
        after = last if last[2] else after
        for step in range(steps):
            t = step / steps
            curve.append(
                (
                    _hermite(t, 0, before, first, last, after),
                    _hermite(t, 1, before, first, last, after),
                )
            )
    if not closed:
        curve.append(knots[-1][:2])
    return tuple(curve)


def _hermite(
    t: float,
    axis: int,
    before: tuple[float, ...],
    first: tuple[float, ...],
    last: tuple[float, ...],
    after: tuple[float, ...],
) -> float:
    start, end = first[axis], last[axis]
    out, into = (end - before[axis]) / 2, (after[axis] - start) / 2
    cube, square = t**3, t**2
    return (
        (2 * cube - 3 * square + 1) * start
        + (cube - 2 * square + t) * out
        + (3 * square - 2 * cube) * end
        + (cube - square) * into
    )


class Pen:
    """Draws one figure of `size` pixels, mirrored when `flip`, turned by `tilt` degrees."""

    def __init__(self, size: float, flip: bool = False, tilt: float = 0.0) -> None:
        self.pixels = max(6, round(size * (100 + 2 * MARGIN) / 100))
        self.fine = 4 if self.pixels < 160 else 3 if self.pixels < 360 else 2
        side = self.pixels * self.fine
        self._scale = side / (100 + 2 * MARGIN)
        self._flip, self._turn = flip, np.deg2rad(tilt)
        self._ink = Image.new("RGB", (side, side))
        self._cover = Image.new("L", (side, side))
        self._lamp = Image.new("RGB", (side, side))

    def _place(self, points: Points | tuple[tuple[float, float], ...]) -> Points:
        cos, sin = float(np.cos(self._turn)), float(np.sin(self._turn))
        placed = []
        for x, y in points:
            x, y = (50 - x if self._flip else x - 50), y - 50
            x, y = x * cos - y * sin, x * sin + y * cos
            placed.append(((x + 50 + MARGIN) * self._scale, (y + 50 + MARGIN) * self._scale))
        return placed

    def fill(
        self,
        points: Points,
        colour: Colour,
        inside: bool = False,
        soft: float = 0.0,
        strength: float = 1.0,
    ) -> None:
        """A polygon. `inside` keeps it within what is drawn; `soft` blurs its edge (box units)."""
        shape = self._place(points)
        if not inside and not soft and strength == 1:
            ImageDraw.Draw(self._cover).polygon(shape, fill=255)
            ImageDraw.Draw(self._ink).polygon(shape, fill=_bytes(colour))
            return
        mask, box = self._mask(shape, soft, strength)
        covered = self._cover.crop(box)
        if inside:
            mask = ImageChops.multiply(mask, covered)
        else:
            self._cover.paste(ImageChops.lighter(covered, mask), box)
        self._ink.paste(_bytes(colour), box, mask)

    def _mask(self, shape: Points, soft: float, strength: float) -> tuple[Image.Image, Box]:
        """A polygon's mask in its own bounding box, blurred by `soft` box units."""
        reach = 4 * int(soft * self._scale * 0.75 + 1)
        xs, ys = [x for x, _ in shape], [y for _, y in shape]
        side = self._ink.width
        left, top = max(0, int(min(xs)) - reach), max(0, int(min(ys)) - reach)
        right = max(left + 1, min(side, int(max(xs)) + reach))
        bottom = max(top + 1, min(side, int(max(ys)) + reach))
        mask = Image.new("L", (right - left, bottom - top))
        moved = [(x - left, y - top) for x, y in shape]
        ImageDraw.Draw(mask).polygon(moved, fill=round(255 * strength))
        if soft:
            small = mask.reduce(4).filter(ImageFilter.GaussianBlur(soft * self._scale / 4))
            mask = small.resize(mask.size, Image.Resampling.BILINEAR)
        return mask, (left, top, right, bottom)

    def blob(
        self,
        text: str,
        colour: Colour,
        inside: bool = False,
        soft: float = 0.0,
        strength: float = 1.0,
    ) -> None:
        """A filled closed spline; see `spline` and `fill`."""
        self.fill(list(spline(text)), colour, inside, soft, strength)

    def box(
        self,
        left: float,
        top: float,
        right: float,
        bottom: float,
        colour: Colour,
        inside: bool = False,
        soft: float = 0.0,
        strength: float = 1.0,
    ) -> None:
        """A filled rectangle."""
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
        self.fill(corners, colour, inside, soft, strength)

    def disc(
        self,
        x: float,
        y: float,
        rx: float,
        ry: float,
        colour: Colour,
        inside: bool = False,
        soft: float = 0.0,
        strength: float = 1.0,
    ) -> None:
        """A filled ellipse."""
        angles = np.linspace(0, 2 * np.pi, 48, endpoint=False)
        points = [(x + rx * float(np.cos(a)), y + ry * float(np.sin(a))) for a in angles]
        self.fill(points, colour, inside, soft, strength)

    def stroke(
        self, text: str, width: float, colour: Colour, taper: float = 1.0, inside: bool = False
    ) -> None:
        """An open spline drawn as a ribbon that narrows to `taper` of its width."""
        self.fill(ribbon(list(spline(text, closed=False)), width, taper), colour, inside)

    def shine(self, points: Points, colour: Colour, soft: float = 0.0) -> None:
        """A polygon of light, on its own and not part of the cover."""
        mask, box = self._mask(self._place(points), soft, 1.0)
        light = Image.new("RGB", mask.size)
        light.paste(_bytes(colour), (0, 0), mask)
        self._lamp.paste(ImageChops.add(self._lamp.crop(box), light), box)

    def sprite(self) -> Sprite:
        """The figure at its final size."""
        cover = np.asarray(self._cover.reduce(self.fine), dtype=np.float32) / 255
        rgb = _planes(self._ink.reduce(self.fine)) / np.maximum(cover, 1 / 255)
        return Sprite(np.clip(rgb, 0, 1), cover, _planes(self._lamp.reduce(self.fine)))


def ribbon(points: Points, width: float, taper: float = 1.0) -> Points:
    """The outline of a line that is `width` wide and narrows to `taper` of it."""
    track = np.array(points, dtype=np.float32)
    along = np.gradient(track, axis=0)
    along /= np.maximum(np.hypot(along[:, :1], along[:, 1:]), 1e-6)
    half = np.linspace(width / 2, width / 2 * taper, len(track))[:, None]
    side = np.stack([-along[:, 1], along[:, 0]], axis=1) * half
    outline = np.concatenate([track + side, (track - side)[::-1]])
    return [(float(x), float(y)) for x, y in outline]


def _bytes(colour: Colour) -> tuple[int, int, int]:
    red, green, blue = (round(max(0.0, min(1.0, value)) * 255) for value in colour)
    return red, green, blue


def _planes(image: Image.Image) -> Array:
    return np.asarray(image, dtype=np.float32).transpose(2, 0, 1) / np.float32(255)
