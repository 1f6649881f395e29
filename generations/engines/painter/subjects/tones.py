"""The four colours a figure is drawn with. Nothing else."""

from typing import NamedTuple

from ..palette import Colour


class Tones(NamedTuple):
    """`body` is the main colour, `pale` its light side, `dark` its lines, `accent` the rest."""

    body: Colour
    pale: Colour
    dark: Colour
    accent: Colour
