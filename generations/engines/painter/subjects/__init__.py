"""The figures the painter can draw, with their words, tones and where they are at home.

The drawings themselves are in the modules beside this one; where a figure stands is decided by
the scenes.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ..noise import Random
from ..palette import Colour, Palette, colour, mix
from ..sprite import Pen
from . import built, land, sea, sky
from .tones import Tones

Draw = Callable[[Pen, Tones, Random], None]


@dataclass(frozen=True)
class Entry:
    """One figure: `codes` are its body, pale, dark and accent colours, `foot` its lowest row."""

    draw: Draw
    habitat: str  # under, surface, ground, air or plant
    size: float  # Height as a hero, in units.
    codes: str
    words: str
    scenes: dict[str, float]
    foot: float = 95.0

    def tones(self, tint: Colour | None, palette: Palette) -> list[Colour]:
        """The four colours; a tint takes the place of the body, the palette fills in `-`, and `=` as leaves."""
        accents = (palette.accent, mix(palette.light, palette.horizon, 0.2), palette.ink, palette.second)
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
    "shark": Entry(sea.shark, "under", 0.62, "53708a dfe9ee 1c2a38 9fb6c6", "shark hai tiburón tiburon requin サメ 鮫 鲨鱼 hammerhead", {"deep": 3}),
    "whale": Entry(sea.whale, "under", 0.66, "3f5f80 c9d8e2 17273a 8fa8bd", "whale wal ballena baleine orca クジラ", {"deep": 3}),
    "fish": Entry(sea.fish, "under", 0.3, "- - - -", "fish fisch pez poisson goldfish clownfish koi 魚", {"deep": 3}),
    "dolphin": Entry(sea.dolphin, "under", 0.5, "5f7f9b d9e6ee 1e3044 9fb6c6", "dolphin delfin delfín dauphin", {"deep": 2, "sea": 1.6}),
    "turtle": Entry(sea.turtle, "under", 0.42, "6f8f4e d8d5a0 2f3d24 b58a4a", "turtle tortoise schildkröte tortuga tortue", {"deep": 3}),
    "jellyfish": Entry(sea.jellyfish, "under", 0.5, "- - - -", "jellyfish medusa qualle méduse jelly", {"deep": 3}),
    "boat": Entry(sea.boat, "surface", 0.3, "7a3b2a f6ead2 2a1712 -", "boat ship sailboat yacht sail sailing boot schiff barco bateau 船 pirate", {"sea": 3}, 82),
    "lighthouse": Entry(built.lighthouse, "ground", 0.5, "f4efe4 ffffff 2b2f3a c8352f", "lighthouse leuchtturm faro phare 灯台", {"sea": 4}, 98),
    "castle": Entry(built.castle, "ground", 0.42, "8b8490 d6cfd2 2d2a36 b0413e", "castle fortress palace schloss burg castillo château 城", {"mountains": 2}, 98),
    "house": Entry(built.house, "ground", 0.24, "b5683f f3e3c3 33231f 8c3b2e", "house cabin cottage home hut haus casa maison barn 家", {"mountains": 1.2, "meadow": 1}, 92),
    "rocket": Entry(built.rocket, "air", 0.42, "eef0f3 ffffff 39404f d8413a", "rocket spaceship spacecraft rakete cohete fusée shuttle ロケット", {"space": 2}),
    "balloon": Entry(sky.balloon, "air", 0.34, "- - - -", "balloon ballon globo heißluftballon", {"mountains": 1, "desert": 1}),
    "bird": Entry(sky.bird, "air", 0.3, "- - - -", "bird eagle seagull gull hawk falcon raven crow swallow vogel pájaro ave oiseau dove parrot phoenix 鳥", {"sea": 0.8, "mountains": 0.7}),
    "butterfly": Entry(sky.butterfly, "air", 0.3, "- - - -", "butterfly schmetterling mariposa papillon moth 蝶", {"meadow": 2}),
    "astronaut": Entry(sky.astronaut, "air", 0.5, "eceef2 ffffff 2a3040 -", "astronaut cosmonaut spaceman 宇宙飛行士 astronauta", {"space": 3}),
    "fox": Entry(land.fox, "ground", 0.36, "d9642b fff1e0 3a2018 f0a05a", "fox fuchs zorro renard 狐 キツネ", {"forest": 1.5}),
    "wolf": Entry(land.wolf, "ground", 0.38, "6b7280 d5d9de 23262e 9aa2ad", "wolf coyote husky lobo loup オオカミ", {"forest": 1.3, "mountains": 1}),
    "cat": Entry(land.cat, "ground", 0.36, "3b3540 f0dccb 1a171e e5b04c", "cat kitten katze gato chat kitty 猫", {}),
    "dog": Entry(land.dog, "ground", 0.36, "b9814a f3e1c6 3a2618 d94f3d", "dog puppy hund perro chien 犬", {"meadow": 0.6}),
    "deer": Entry(land.deer, "ground", 0.42, "8a5a34 ead4b4 2e1c12 c99a63", "deer stag elk moose reindeer hirsch ciervo cerf antelope 鹿", {"forest": 1.8}),
    "robot": Entry(land.robot, "ground", 0.46, "8fa3b5 e6edf2 27303c -", "robot android mech cyborg roboter ロボット ai machine", {"city": 1.2}),
    "car": Entry(built.car, "ground", 0.3, "- dbe6ee 15171d -", "car auto coche voiture automobile sportscar vehicle ferrari porsche taxi 車", {"city": 1.5}, 72),
    "tree": Entry(land.tree, "plant", 0.5, "= - - -", "tree oak baum árbol arbre sakura willow bonsai 木", {"meadow": 1.6}, 98),
    "flower": Entry(land.flower, "plant", 0.42, "- - - -", "flower rose tulip sunflower daisy lotus blume flor fleur orchid poppy lily blossom 花", {"meadow": 2.5}, 98),
}
WORDS: dict[str, str] = {word: name for name, entry in CATALOGUE.items() for word in entry.words.split()}

__all__ = ["CATALOGUE", "WORDS", "Entry", "Tones"]
