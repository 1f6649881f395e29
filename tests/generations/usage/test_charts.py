"""Charts: bars stand where their amounts are, and words say the same."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from generations.usage.charts import Chart, Series, draw
from generations.usage.units import IMAGES, MONEY, Unit

FIRST = date(2026, 1, 1)


@pytest.fixture(scope="session", autouse=True)
def database() -> None:
    """Numbers are all that these tests need."""


def days(count: int) -> list[date]:
    return [FIRST + timedelta(days=number) for number in range(count)]


def chart(*values: list[int], unit: Unit = IMAGES) -> Chart:
    series = [Series(f"s{place}", amounts, place) for place, amounts in enumerate(values, start=1)]
    return draw("Images", days(len(values[0])), series, unit)


def percent(text: str) -> float:
    assert text.endswith("%")
    return float(text[:-1])


@pytest.mark.parametrize(
    ("highest", "scale"),
    [
        (0, ["1", "0"]),
        (1, ["1", "0"]),
        (3, ["3", "2", "1", "0"]),
        (5, ["6", "4", "2", "0"]),
        (1_001, ["1.5k", "1k", "500", "0"]),
        (7_000_000, ["8M", "6M", "4M", "2M", "0"]),
        (123_456_789_012, ["150B", "100B", "50B", "0"]),
    ],
)
def test_the_scale_is_round_and_reaches_the_highest(highest: int, scale: list[str]) -> None:
    drawn = chart([0, highest])
    assert [mark.text for mark in drawn.scale] == scale
    places = [percent(mark.place) for mark in drawn.scale]
    assert (places[0], places[-1]) == (0, 100)
    apart = 100 / (len(places) - 1)
    assert places == pytest.approx([apart * place for place in range(len(places))], abs=0.01)


@pytest.mark.parametrize(
    ("highest", "scale"),
    [
        (10_000, ["$0.01", "$0"]),
        (240_000, ["$0.30", "$0.20", "$0.10", "$0"]),
        (1_500_000, ["$1.50", "$1", "$0.50", "$0"]),
        (14_000_000_000, ["$15k", "$10k", "$5k", "$0"]),
    ],
)
def test_money_has_a_scale_of_its_own(highest: int, scale: list[str]) -> None:
    assert [mark.text for mark in chart([highest], unit=MONEY).scale] == scale


def test_bars_stand_side_by_side_and_on_the_ground() -> None:
    drawn = chart([0, 2, 4])
    assert [len(bar.parts) for bar in drawn.bars] == [0, 1, 1]
    half, full = (bar.parts[0] for bar in drawn.bars[1:])
    assert (half.y, half.height) == ("50.00%", "50.00%")
    assert (full.y, full.height) == ("0.00%", "100.00%")
    for bar, start in zip(drawn.bars, (0, 100 / 3, 200 / 3), strict=True):
        assert percent(bar.slot_x) == pytest.approx(start, abs=0.01)
        assert percent(bar.x) > percent(bar.slot_x)
        right = percent(bar.x) + percent(bar.width)
        assert right < percent(bar.slot_x) + percent(bar.slot_width)
    assert [bar.anchor for bar in drawn.bars] == ["start", "middle", "end"]


def test_series_stand_upon_one_another() -> None:
    drawn = chart([1, 0], [3, 2])
    lower, upper = drawn.bars[0].parts
    assert (lower.colour, lower.y, lower.height) == (1, "75.00%", "25.00%")
    assert (upper.colour, upper.y, upper.height) == (2, "0.00%", "75.00%")
    assert drawn.bars[0].breakdown == "1 Jan: 4 images\ns1: 1 image\ns2: 3 images"
    assert [series.label for series in drawn.legend] == ["s1", "s2"]
    assert chart([1]).legend == []


def test_the_least_is_still_seen() -> None:
    assert percent(chart([1, 1_000_000]).bars[0].parts[0].height) > 0.5


def test_words_say_what_the_bars_show() -> None:
    drawn = chart([0, 1, 12_345])
    assert drawn.total == "12,346 images"
    assert drawn.bars[1].text == "2 Jan: 1 image"
    assert drawn.summary == (
        "Images, 1 Jan to 3 Jan: 12,346 images in all, most on 3 Jan: 12,345 images."
    )
    empty = chart([0, 0])
    assert empty.is_empty
    assert empty.summary == "Images, 1 Jan to 2 Jan: none."


@pytest.mark.parametrize(("count", "marks"), [(1, 1), (2, 2), (7, 4), (30, 4), (90, 4)])
def test_a_few_days_are_named_always_the_last(count: int, marks: int) -> None:
    drawn = chart([1] * count)
    assert len(drawn.bars) == count
    assert len(drawn.marks) == marks
    assert drawn.marks[-1].text == f"{days(count)[-1]:%-d %b}"
    assert drawn.marks[-1].place == drawn.bars[-1].middle


def test_many_days_become_weeks_of_which_the_last_is_whole() -> None:
    drawn = chart(list(range(366)))
    assert len(drawn.bars) == 53
    assert drawn.bars[0].text == "1 Jan – 2 Jan: 1 image"
    assert drawn.bars[-1].text.endswith(": 2,534 images")
    assert drawn.total == f"{sum(range(366)):,} images"


def test_measures_are_the_same_in_every_language() -> None:
    with translation.override("de"):
        drawn = chart([1, 2, 3])
    assert drawn.bars[0].slot_width == "33.33%"
