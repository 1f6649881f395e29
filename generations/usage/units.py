"""What charts count, images and money: how amounts are written in full and, short, at an axis."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import ngettext

from wallet.amounts import grouped, usd
from wallet.models import MICROS_PER_USD


@dataclass(frozen=True, slots=True)
class Unit:
    """What a chart counts: how an amount is written in full and at the axis, the least step."""

    write: Callable[[int], str]
    write_short: Callable[[int], str]
    step_min: int


def _count(images: int) -> str:
    words = ngettext("%(images)s image", "%(images)s images", images)
    return words % {"images": grouped(images)}


def _short(number: float) -> str:
    """The number with a letter for what is beyond a thousand: “12k”, “1.5M”."""
    for size, letter in ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "k")):
        if number >= size:
            return f"{number / size:g}{letter}"
    return f"{number:g}"


def _short_usd(amount_micros: int) -> str:
    if amount_micros % MICROS_PER_USD:
        return usd(amount_micros)
    return f"${_short(amount_micros // MICROS_PER_USD)}"


IMAGES = Unit(_count, _short, 1)
MONEY = Unit(usd, _short_usd, MICROS_PER_USD // 100)
