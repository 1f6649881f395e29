"""The figures the painter can draw, with their tones and where they are at home.

The drawings themselves are in the modules beside this one; where a figure stands is decided by
the scenes.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ..noise import Random
from ..palette import Colour, Palette, colour, mix
from ..sprite import Pen
from . import animals, built, machines, plants, sea, sky
from .tones import Tones

Draw = Callable[[Pen, Tones, Random], None]


@dataclass(frozen=True)
class Entry:
    """One figure: `codes` are its body, pale, dark and accent colours, `foot` its lowest row."""

    draw: Draw
    habitat: str  # under, surface, ground, air or plant
    size: float  # Height as a hero, in units.
    codes: str
    scenes: dict[str, float]
    foot: float = 95.0

    def tones(self, tint: Colour | None, palette: Palette) -> list[Colour]:
        """The four colours: a tint replaces the body, the palette fills in `-`, `=` is foliage."""
        accents = (
            palette.accent,
            mix(palette.light, palette.horizon, 0.2),
            palette.ink,
            palette.second,
        )
        codes = self.codes.split()
        leaf = mix(palette.ground, palette.far, 0.35)
        tones = [
            accents[at] if code == "-" else leaf if code == "=" else colour(code)
            for at, code in enumerate(codes)
        ]
        if tint is not None:
            tones[0] = tint
        return tones


CATALOGUE: dict[str, Entry] = {
    "shark": Entry(sea.shark, "under", 0.62, "53708a dfe9ee 1c2a38 9fb6c6", {"deep": 3}),
    "whale": Entry(sea.whale, "under", 0.66, "3f5f80 c9d8e2 17273a 8fa8bd", {"deep": 3}),
    "fish": Entry(sea.fish, "under", 0.3, "- - - -", {"deep": 3}),
    "dolphin": Entry(
        sea.dolphin, "under", 0.5, "5f7f9b d9e6ee 1e3044 9fb6c6", {"deep": 2, "sea": 1.6}
    ),
    "turtle": Entry(sea.turtle, "under", 0.42, "6f8f4e d8d5a0 2f3d24 b58a4a", {"deep": 3}),
    "jellyfish": Entry(sea.jellyfish, "under", 0.5, "- - - -", {"deep": 3}),
    "boat": Entry(sea.boat, "surface", 0.3, "7a3b2a f6ead2 2a1712 -", {"sea": 3}, 82),
    "lighthouse": Entry(
        built.lighthouse, "ground", 0.5, "f4efe4 ffffff 2b2f3a c8352f", {"sea": 4}, 98
    ),
    "castle": Entry(
        built.castle, "ground", 0.42, "8b8490 d6cfd2 2d2a36 b0413e", {"mountains": 2}, 98
    ),
    "house": Entry(
        built.house,
        "ground",
        0.24,
        "b5683f f3e3c3 33231f 8c3b2e",
        {"mountains": 1.2, "meadow": 1},
        92,
    ),
    "rocket": Entry(machines.rocket, "air", 0.42, "eef0f3 ffffff 39404f d8413a", {"space": 2}),
    "balloon": Entry(sky.balloon, "air", 0.34, "- - - -", {"mountains": 1, "desert": 1}),
    "bird": Entry(sky.bird, "air", 0.3, "- - - -", {"sea": 0.8, "mountains": 0.7}),
    "butterfly": Entry(sky.butterfly, "air", 0.3, "- - - -", {"meadow": 2}),
    "astronaut": Entry(sky.astronaut, "air", 0.5, "eceef2 ffffff 2a3040 -", {"space": 3}),
    "fox": Entry(animals.fox, "ground", 0.36, "d9642b fff1e0 3a2018 f0a05a", {"forest": 1.5}),
    "wolf": Entry(
        animals.wolf, "ground", 0.38, "6b7280 d5d9de 23262e 9aa2ad", {"forest": 1.3, "mountains": 1}
    ),
    "cat": Entry(animals.cat, "ground", 0.36, "3b3540 f0dccb 1a171e e5b04c", {}),
    "dog": Entry(animals.dog, "ground", 0.36, "b9814a f3e1c6 3a2618 d94f3d", {"meadow": 0.6}),
    "deer": Entry(animals.deer, "ground", 0.42, "8a5a34 ead4b4 2e1c12 c99a63", {"forest": 1.8}),
    "robot": Entry(machines.robot, "ground", 0.46, "8fa3b5 e6edf2 27303c -", {"city": 1.2}),
    "car": Entry(machines.car, "ground", 0.44, "- dbe6ee 15171d -", {"city": 1.5}, 72),
    "tree": Entry(plants.tree, "plant", 0.5, "= - - -", {"meadow": 1.6}, 98),
    "flower": Entry(plants.flower, "plant", 0.42, "- - - -", {"meadow": 2.5}, 98),
}

__all__ = ["CATALOGUE", "Entry", "Tones"]
