"""Reads a prompt into a Brief: scene, subjects, palette, weather and style.

What no word decides, a hash of the prompt decides, so unknown words steer the picture too.
It paints nothing and knows nothing of the job.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass

from . import subjects
from .palette import PALETTES, Colour, Palette, colour
from .vocabulary import COLOURS, MOODS, PHRASES, SCENES, STYLES, SUBJECTS, WEATHER

# Which palettes suit a scene when no word names a mood; the prompt's hash picks one.
USUAL = {
    "deep": ("abyss", "abyss", "biolum"),
    "sea": ("sunset", "dawn", "noon"),
    "mountains": ("dawn", "ice", "sunset", "noon"),
    "forest": ("emerald", "autumn", "golden", "emerald"),
    "city": ("night", "neon", "sunset"),
    "desert": ("golden", "sunset", "vintage", "dawn"),
    "space": ("cosmos", "aurora", "biolum", "ember"),
    "meadow": ("spring", "dawn", "golden", "spring"),
    "emblem": ("vintage", "sunset", "dawn", "emerald", "pastel", "golden"),
    "abstract": tuple(name for name in PALETTES if name not in {"noir", "storm"}),
}
STRONG = {"sunset", "dawn", "neon", "noir", "aurora"}


@dataclass(frozen=True)
class Subject:
    """A figure the prompt asks for; `tint` is its colour when a word names one."""

    name: str
    tint: Colour | None
    several: bool


@dataclass(frozen=True)
class Brief:
    """All a scene painter needs to know about the words."""

    scene: str
    subjects: tuple[Subject, ...]
    palette: Palette
    weather: frozenset[str]
    style: str
    mood: str
    named: bool  # Whether a word chose the palette.
    variant: int  # From the prompt's hash: decides what the words leave open.

    @property
    def orb(self) -> bool:
        """Whether the sun or moon itself is in sight; one prompt in three leaves it out."""
        return self.mood in {"sunset", "neon", "night", "ember"} or self.variant % 3 > 0

    @property
    def orb_size(self) -> float:
        """The radius of the sun or moon, in units."""
        return 0.05 + (self.variant // 7 % 5) * 0.018 + (0.05 if self.mood == "neon" else 0)


def number(*texts: str) -> int:
    """A 64-bit number of some texts."""
    joined = "\0".join(texts).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.sha256(joined).digest()[:8], "big")


def tokens(prompt: str) -> list[str]:
    """The prompt's words in lower case, known phrases joined, plurals cut where that helps."""
    text = unicodedata.normalize("NFKC", prompt).casefold()
    for phrase, word in PHRASES.items():
        text = re.sub(rf"\b{phrase.replace(' ', '[ -]?')}s?\b", word, text)
    words = []
    for word in re.findall(r"[^\W_]+(?:-[^\W_]+)*", text):
        words += _known(word)
    return words


def _known(word: str) -> list[str]:
    """The form of a word that the tables know, else its parts or the word itself."""
    tables = (SCENES, MOODS, STYLES, COLOURS, WEATHER, SUBJECTS)
    forms = [
        word,
        word.removesuffix("s"),
        word.removesuffix("es"),
        word.removesuffix("ies") + "y",
        word.removesuffix("ves") + "f",
        word.removesuffix("ing"),
    ]
    for form in forms:
        if any(form in table for table in tables):
            return [form]
    if "-" in word:
        return [found for part in word.split("-") for found in _known(part)]
    if not word.isascii():  # Scripts without spaces: look for known words inside.
        found = [key for table in tables for key in table if not key.isascii() and key in word]
        return list(dict.fromkeys(found)) or [word]
    return [word]


def read(prompt: str) -> Brief:
    """The brief of a prompt; the same words always give the same brief."""
    words = tokens(prompt)
    chance = number(" ".join(words) or prompt)
    cast, spent = _cast(words, prompt)
    scene = _scene(words, cast)
    style = next((STYLES[word] for word in words if word in STYLES), "")
    weather = frozenset(WEATHER[word] for word in words if word in WEATHER)
    mood, named = _mood(words, scene, chance)
    palette = PALETTES[mood]
    tints = [word for at, word in enumerate(words) if word in COLOURS and at not in spent]
    if tints and not (named and mood == "golden"):
        # A tint bends the scene's first palette: the others have a season of their own.
        base = palette if named or scene == "abstract" else PALETTES[USUAL[scene][0]]
        palette, named = base.towards(colour(COLOURS[tints[0]])), True
    elif not named:
        palette = palette.rotated(
            ((chance >> 20) % 100 - 50) / (150 if scene == "abstract" else 240)
        )
    return Brief(scene, tuple(cast[:3]), palette, weather, style, mood, named, chance >> 8)


def _cast(words: list[str], prompt: str) -> tuple[list[Subject], set[int]]:
    """The subjects in order, and the places of colour words that belong to them."""
    cast: dict[str, Subject] = {}
    spent: set[int] = set()
    for at, word in enumerate(words):
        name = SUBJECTS.get(word)
        if name is None or name in cast:
            continue
        tint = None
        for before in range(at - 1, max(-1, at - 3), -1):
            if words[before] in COLOURS and before not in spent:
                tint = colour(COLOURS[words[before]])
                spent.add(before)
                break
        several = bool(re.search(rf"\b{re.escape(word)}(e?s)\b", prompt.casefold()))
        cast[name] = Subject(name, tint, several or bool({"school", "flock", "many"} & {*words}))
    return list(cast.values()), spent


def _scene(words: list[str], cast: list[Subject]) -> str:
    votes: dict[str, float] = {}
    for word in words:
        for scene, weight in SCENES.get(word, {}).items():
            votes[scene] = votes.get(scene, 0) + weight
    for subject in cast[:2]:
        for scene, weight in subjects.CATALOGUE[subject.name].scenes.items():
            votes[scene] = votes.get(scene, 0) + weight
    if votes:
        return max(votes, key=lambda scene: (votes[scene], scene))
    if cast:
        return "emblem"
    return "abstract"


def _mood(words: list[str], scene: str, chance: int) -> tuple[str, bool]:
    """The palette's name, and whether a word asked for it."""
    asked = [MOODS[word] for word in words if word in MOODS]
    if scene == "deep":  # Under water a general mood word yields to the two blues.
        asked = [mood for mood in asked if mood not in {"night", "ice", "storm", "noon"}]
    if asked:
        # A word for the hour or the colour says more than one for the feeling.
        strong = [mood for mood in asked if mood in STRONG]
        return (strong or asked)[0], True
    usual = USUAL[scene]
    return usual[chance % len(usual)], False
