"""The stage of one picture: canvas, brief, sun, and how a figure is lit and set into the air.

Figures come from `subjects`; the stage gives them their tones, shadow, rim light and haze.
"""

import math
from dataclasses import dataclass

import numpy as np

from . import subjects
from .canvas import Canvas, blurred, planes_of
from .noise import Random
from .palette import Array, Colour, Palette, mix
from .sprite import Pen, Sprite
from .words import Brief, Subject


@dataclass
class Stage:
    """What every scene painter is given. `sun` is the place of the main light (fractions)."""

    canvas: Canvas
    brief: Brief
    random: Random
    sun: tuple[float, float] = (0.5, 0.3)

    @property
    def palette(self) -> Palette:
        return self.brief.palette

    def between(self, low: float, high: float) -> float:
        """A number the job decides."""
        return float(self.random.uniform(low, high))

    def either(self) -> bool:
        """A coin the job tosses."""
        return bool(self.random.random() < 0.5)

    def cast(self, *habitats: str) -> list[Subject]:
        """The prompt's subjects at home in any of the habitats; none given means all."""
        return [
            subject
            for subject in self.brief.subjects
            if not habitats or subjects.CATALOGUE[subject.name].habitat in habitats
        ]

    def figure(
        self,
        name: str,
        u: float,
        v: float,
        size: float,
        *,
        tint: Colour | None = None,
        shadow: float = 0.25,
        haze: float = 0.0,
        rim: float = 0.6,
        flip: bool = False,
        tilt: float = 0.0,
        standing: bool = False,
    ) -> None:
        """Draws a subject `size` units high, centred on (u, v), or standing on v.

        `shadow` sinks its own colours into the ink, `haze` into the horizon, and `rim` is the
        light on the edge that faces the sun.
        """
        entry, palette = subjects.CATALOGUE[name], self.palette
        tones = entry.tones(tint, palette)
        # The air of the place colours everything in it a little.
        air = 0.24 if palette.dark else 0.1
        tones = [mix(mix(tone, palette.far, air), palette.ink, shadow) for tone in tones]
        tones = [mix(tone, palette.horizon, haze) for tone in tones]
        pen = Pen(size * self.canvas.unit, flip, tilt)
        entry.draw(pen, subjects.Tones(*tones), self.random)
        sprite = pen.sprite()
        centre = v * self.canvas.height
        if standing:
            centre -= size * self.canvas.unit * (entry.foot - 50) / 100
            if entry.habitat == "ground":
                self._ground_shadow(u, v, size)
        self.stamp(sprite, u * self.canvas.width, centre, rim * (1 - haze))

    def _ground_shadow(self, u: float, v: float, size: float) -> None:
        canvas, reach = self.canvas, max(2, int(size * 0.5 * self.canvas.unit))
        left, top = u * canvas.width - reach, v * canvas.height - reach // 5
        rows, columns, *_ = canvas.window(left, top, 2 * reach, 2 * (reach // 5) + 1)
        y = (np.arange(rows.start, rows.stop, dtype=np.float32)[:, None] - v * canvas.height) * 5
        x = np.arange(columns.start, columns.stop, dtype=np.float32)[None, :] - u * canvas.width
        near = np.clip(1 - (x / reach) ** 2 - (y / reach) ** 2, 0, 1) ** 1.5
        part = canvas.rgb[:, rows, columns]
        part += (planes_of(self.palette.ink) - part) * near * 0.6

    def stamp(self, sprite: Sprite, x: float, y: float, rim: float) -> None:
        """Lays a sprite centred on pixel (x, y), lit from the sun; without `rim`, as it is."""
        height, width = sprite.cover.shape
        canvas = self.canvas
        rows, columns, sprite_rows, sprite_columns = canvas.window(
            x - width / 2, y - height / 2, width, height
        )
        shaded = self._lit(sprite, x, y, rim) if rim > 0 else sprite.rgb
        lit = shaded[:, sprite_rows, sprite_columns]
        part = canvas.rgb[:, rows, columns]
        part += (lit - part) * sprite.cover[sprite_rows, sprite_columns]
        lamp = sprite.lamp[:, sprite_rows, sprite_columns]
        part += lamp * np.maximum(1 - part, 0)

    def _lit(self, sprite: Sprite, x: float, y: float, rim: float) -> Array:
        width = sprite.cover.shape[1]
        canvas = self.canvas
        across, down = self.sun[0] * canvas.width - x, self.sun[1] * canvas.height - y
        reach = max(math.hypot(across, down), 1.0)
        towards = (across / reach, down / reach)
        # The blurred cover is read as a swelling surface: its slope faces the light or not.
        swell = blurred(sprite.cover, max(1.0, width * 0.035))
        slope_y, slope_x = np.gradient(swell)
        facing = -(slope_x * towards[0] + slope_y * towards[1]) * (width * 0.05)
        lit: Array = sprite.rgb * np.clip(0.92 + facing * 0.75, 0.5, 1.5)
        step = max(1.0, width * 0.009)
        # The rim is what the figure covers and its copy, pushed away from the sun, does not.
        pushed = (-round(towards[1] * step), -round(towards[0] * step))
        behind = np.roll(sprite.cover, pushed, (0, 1))
        edge = np.clip(sprite.cover - behind, 0, 1)
        soft = np.clip(blurred(edge, step * 1.2) * 0.8 + edge * 0.8, 0, 1) * rim
        return np.asarray(lit + (planes_of(self.palette.light) - lit) * np.clip(soft, 0, 1))
