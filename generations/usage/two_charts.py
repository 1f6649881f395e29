"""The two charts of usage: images and spending, one bar a day, in one piece or by group."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from generations.usage import OTHERS, Cell, Row
from generations.usage.charts import Chart, Series, draw
from generations.usage.periods import Period
from generations.usage.units import IMAGES, MONEY, Unit

# Each has a colour of its own; the last colour is for all others.
GROUPS_MAX = 5
COLOUR_OF_OTHERS = GROUPS_MAX + 1

Amounts = Mapping[tuple[str, date], int]


def of_days(rows: Sequence[Row], period: Period) -> list[Chart]:
    """Both charts of a table by day."""
    cells = [Cell(row.day, "", *row[-4:]) for row in rows]
    return of_groups(cells, period, {"": ""})


def of_groups(cells: Sequence[Cell], period: Period, labels: Mapping[str, str]) -> list[Chart]:
    """Both charts of the groups with these labels, one upon another, and of all others."""
    names = dict(labels)
    if any(cell.group == OTHERS for cell in cells):
        names[OTHERS] = _("Others")
    images = {(cell.group, cell.day): cell.images for cell in cells}
    money = {(cell.group, cell.day): cell.spent_micros for cell in cells}
    return [
        _chart(_("Images"), images, names, period, IMAGES),
        _chart(_("Spending"), money, names, period, MONEY),
    ]


def _chart(
    title: str, amounts: Amounts, labels: Mapping[str, str], period: Period, unit: Unit
) -> Chart:
    days = period.days
    series = [
        Series(
            label,
            [amounts.get((group, day), 0) for day in days],
            COLOUR_OF_OTHERS if group == OTHERS else number,
        )
        for number, (group, label) in enumerate(labels.items(), start=1)
    ]
    return draw(title, days, series, unit)
