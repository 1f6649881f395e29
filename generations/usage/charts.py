"""Bar charts drawn on the server: amounts become places in an SVG, and words for who sees none.

Every measure is a percentage in the SVG's own attributes, since our pages forbid inline styles;
so a chart fits any width, and its text is never stretched. It knows nothing of what it shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from generations.usage import dates
from generations.usage.units import Unit

# More bars are too thin to be told apart on a phone: days become weeks.
BARS_MAX = 92
DAYS_PER_WEEK = 7
FEW_BARS = 14
STEPS_MAX = 4
MARKS_MAX = 4
# What is there at all is seen, however small it is beside the highest.
PART_MIN_PERCENT = 0.8


@dataclass(frozen=True, slots=True)
class Series:
    """One amount for each day, in one of the six colours for charts."""

    label: str
    values: Sequence[int]
    colour: int = 1


@dataclass(frozen=True, slots=True)
class Part:
    """A series' piece of a bar."""

    y: str
    height: str
    colour: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A day or a week: the slot that can be pointed at, the bar in it, and what it says."""

    text: str
    breakdown: str
    slot_x: str
    slot_width: str
    x: str
    width: str
    middle: str
    anchor: str
    parts: list[Part]

    @property
    def svg(self) -> SafeString:
        """The bar as it is drawn: a template would take ten times as long for some hundreds."""
        parts = "".join(
            f'<rect class="chart__part chart__part--{part.colour}" x="{self.x}" y="{part.y}"'
            f' width="{self.width}" height="{part.height}" rx="1.5"/>'
            for part in self.parts
        )
        title = f"<title>{escape(self.breakdown)}</title>" if self.breakdown else ""
        return SafeString(
            f'<g class="chart__bar">{title}<rect class="chart__slot" x="{self.slot_x}"'
            f' width="{self.slot_width}" height="100%"/>{parts}<text class="chart__said"'
            f' x="{self.middle}" y="-9" text-anchor="{self.anchor}">{escape(self.text)}</text></g>'
        )


@dataclass(frozen=True, slots=True)
class Mark:
    """A word at that place of an axis."""

    place: str
    text: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Chart:
    """All that the template draws; `scale` goes from the top down to zero."""

    title: str
    total: str
    summary: str
    scale: list[Mark]
    marks: list[Mark]
    bars: list[Bar]
    legend: list[Series]

    @property
    def is_empty(self) -> bool:
        return not any(bar.parts for bar in self.bars)


def draw(title: str, days: Sequence[date], series: Sequence[Series], unit: Unit) -> Chart:
    """A chart of at least one day and one series, whose values are none below zero."""
    spans = _spans(len(days))
    labels = [_label(days[span]) for span in spans]
    amounts = [[sum(one.values[span]) for one in series] for span in spans]
    totals = [sum(parts) for parts in amounts]
    step = _step(max(totals), unit.step_min)
    steps = max(1, -(-max(totals) // step))
    bars = []
    for number, (label, parts) in enumerate(zip(labels, amounts, strict=True)):
        breakdown = [
            f"{one.label}: {unit.write(part)}"
            for one, part in zip(series, parts, strict=True)
            if part and len(series) > 1
        ]
        text = f"{label}: {unit.write(sum(parts))}"
        place = _Slot(number, len(labels))
        bars.append(_bar(place, text, breakdown, _parts(parts, series, step * steps)))
    return Chart(
        title=title,
        total=unit.write(sum(totals)),
        summary=_summary(title, labels, totals, unit),
        scale=[
            Mark(_percent(1 - line / steps), unit.write_short(line * step))
            for line in range(steps, -1, -1)
        ],
        marks=_marks([days[span][0] for span in spans]),
        bars=bars,
        legend=list(series) if len(series) > 1 else [],
    )


def _spans(days: int) -> list[slice]:
    """Each day, or each week: the last one whole, since a short one would look like a fall."""
    if days <= BARS_MAX:
        return [slice(day, day + 1) for day in range(days)]
    ends = range(days, 0, -DAYS_PER_WEEK)
    return [slice(max(0, end - DAYS_PER_WEEK), end) for end in reversed(ends)]


@dataclass(frozen=True, slots=True)
class _Slot:
    """The share of the width that is one bar's, of as many as there are."""

    number: int
    count: int

    @property
    def middle(self) -> float:
        return (self.number + 0.5) / self.count

    @property
    def anchor(self) -> str:
        """How words at its middle stay within the chart."""
        if self.middle < 0.2:
            return "start"
        return "end" if self.middle > 0.8 else "middle"


def _bar(slot: _Slot, text: str, breakdown: list[str], parts: list[Part]) -> Bar:
    # A few bars would be slabs if they took as much of their slots as many do.
    width = (0.44 if slot.count <= FEW_BARS else 0.72) / slot.count
    return Bar(
        text=text,
        breakdown="\n".join([text, *breakdown]) if breakdown else "",
        slot_x=_percent(slot.number / slot.count),
        slot_width=_percent(1 / slot.count),
        x=_percent(slot.middle - width / 2),
        width=_percent(width),
        middle=_percent(slot.middle),
        anchor=slot.anchor,
        parts=parts,
    )


def _parts(amounts: Sequence[int], series: Sequence[Series], top: int) -> list[Part]:
    """The pieces of one bar, the first at the bottom."""
    found, filled = [], 0.0
    for amount, one in zip(amounts, series, strict=True):
        if amount:
            height = max(amount / top, PART_MIN_PERCENT / 100)
            filled += height
            found.append(Part(_percent(1 - filled), _percent(height), one.colour))
    return found


def _marks(starts: Sequence[date]) -> list[Mark]:
    """A few of the days, evenly apart, the last one always among them."""
    apart = -(-len(starts) // MARKS_MAX)
    numbers = range(len(starts) - 1, -1, -apart)
    slots = [_Slot(number, len(starts)) for number in reversed(numbers)]
    # Only what stands at the very edge, in a slot narrower than itself, is held back from it.
    edges = (0, len(starts) - 1) if len(starts) > FEW_BARS else ()
    return [
        Mark(
            _percent(slot.middle),
            dates.short(starts[slot.number]),
            slot.anchor if slot.number in edges else "middle",
        )
        for slot in slots
    ]


def _label(span: Sequence[date]) -> str:
    first, last = dates.short(span[0]), dates.short(span[-1])
    return first if len(span) == 1 else f"{first} – {last}"


def _summary(title: str, labels: Sequence[str], totals: Sequence[int], unit: Unit) -> str:
    """The chart in a sentence, for who does not see it."""
    words = {
        "title": title,
        "first": labels[0],
        "last": labels[-1],
        "total": unit.write(sum(totals)),
        "most": unit.write(max(totals)),
        "when": labels[totals.index(max(totals))],
    }
    if not max(totals):
        return _("%(title)s, %(first)s to %(last)s: none.") % words
    return (
        _("%(title)s, %(first)s to %(last)s: %(total)s in all, most on %(when)s: %(most)s.") % words
    )


def _step(highest: int, least: int) -> int:
    """1, 2 or 5 of some power of ten of the least, so that few steps reach the highest."""
    while True:
        for factor in (1, 2, 5):
            if least * factor * STEPS_MAX >= highest:
                return least * factor
        least *= 10


def _percent(share: float) -> str:
    return f"{100 * share:.2f}%"
