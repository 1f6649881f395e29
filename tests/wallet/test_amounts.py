"""Amounts are read strictly and written the way people read them, without a float on the way."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wallet.amounts import images, parse_usd, usd


@pytest.mark.parametrize(
    ("text", "micros"),
    [
        ("0", 0),
        ("10", 10_000_000),
        ("10.5", 10_500_000),
        ("10.50", 10_500_000),
        ("0.03", 30_000),
        ("0.30", 300_000),
        ("007.01", 7_010_000),
        ("999999999.99", 999_999_999_990_000),
    ],
)
def test_dollars_are_read(text: str, micros: int) -> None:
    assert parse_usd(text) == micros


BAD = ["", " ", "-1", "+1", "1e1", "1E1", "NaN", "nan", "inf", "Infinity", "0x10", "1_000", "1,000"]
BAD += ["1,50", "10.", ".5", "10.505", "1 0", " 10", "10 ", "10\n", "$10", "10 USD", "１０", "١٠"]
BAD += ["1０", "10.５", "²", "1\x00", "10..5", "1.2.3", "1000000000", "9" * 5000, "−1", "½"]


@pytest.mark.parametrize("text", BAD)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"Write dollars as 10 or 10\.50"):
        parse_usd(text)


@pytest.mark.parametrize(
    ("micros", "text"),
    [
        (0, "$0.00"),
        (30_000, "$0.03"),
        (1_000_000, "$1.00"),
        (1_234_567_890_000, "$1,234,567.89"),
        (1, "$0.000001"),
        (35_500, "$0.0355"),
        (-30_000, "−$0.03"),
        (-1_000_001, "−$1.000001"),
        (9_007_199_254_740_993, "$9,007,199,254.740993"),
    ],
)
def test_dollars_are_written(micros: int, text: str) -> None:
    assert usd(micros) == text


@settings(deadline=None)
@given(st.integers(0, 99_999_999_999))
def test_every_cent_survives_writing_and_reading(cents: int) -> None:
    assert parse_usd(usd(cents * 10_000).removeprefix("$").replace(",", "")) == cents * 10_000


def test_images_are_counted() -> None:
    assert [images(0), images(1), images(3)] == ["0 images", "1 image", "3 images"]
