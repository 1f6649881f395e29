"""The bench's output: a paragraph, then rows of what was measured beside what it is held against.

It writes figures and marks those that miss their target; it judges nothing else.
"""

import statistics
import textwrap
from collections.abc import Sequence

WIDTH = 100
ROW = "{:<30} {:>18} {:>18}   {:<16} {}"


def paragraph(text: str) -> list[str]:
    """The text in lines, with an empty one before and after."""
    return ["", *textwrap.wrap(text, WIDTH), ""]


def row(label: str, *cells: str) -> str:
    """One line of a table: our figure, the other's, their ratio and the target, as far as given."""
    return ROW.format(label, *cells, *[""] * (4 - len(cells))).rstrip()


def mark(is_reached: bool) -> str:
    """What stands behind a target."""
    return "" if is_reached else "  MISSED"


def percentiles_ms(seconds: Sequence[float]) -> tuple[float, float]:
    """p50 and p95 in milliseconds."""
    cuts = statistics.quantiles(seconds, n=20)
    return cuts[9] * 1000, cuts[18] * 1000


def pair_ms(seconds: Sequence[float]) -> str:
    """p50 and p95 as they are shown."""
    p50, p95 = percentiles_ms(seconds)
    digits = 1 if p50 < 10 else 0
    return f"{p50:.{digits}f} / {p95:.{digits}f} ms"


def spread(ratios: Sequence[float]) -> str:
    """The median of the rounds' ratios, the least and the greatest."""
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"
