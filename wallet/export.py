"""The statement as CSV, for spreadsheets and accountants.

Owns its columns and, for every file, how a cell is written. Text that a spreadsheet would run
as a formula is made plain; numbers stay numbers.
"""

import csv
from collections.abc import Iterable, Iterator

from wallet.models import MICROS_PER_USD, Unit
from wallet.statement import Line

COLUMNS = ("time", "kind", "memo", "unit", "amount", "balance after", "reference")
# https://owasp.org/www-community/attacks/CSV_Injection
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


class _Echo:
    """A file that gives back what is written, so that nothing is kept."""

    def write(self, text: str) -> str:
        return text


WRITER = csv.writer(_Echo())


def rows(lines: Iterable[Line]) -> Iterator[str]:
    """The file line by line, its head first."""
    yield line_of(COLUMNS)
    for line in lines:
        yield line_of(
            (
                line.created_at.isoformat(),
                plain(line.kind_label),
                plain(line.memo),
                line.unit,
                decimal(line.change, line.unit),
                decimal(line.balance_after, line.unit),
                plain(line.reference),
            )
        )


def line_of(cells: Iterable[object]) -> str:
    """One line of any file, with its end; text must have been through `plain`."""
    written: str = WRITER.writerow(cells)
    return written


def plain(text: str) -> str:
    """The text, with a quote before what a spreadsheet would take for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def decimal(amount: int, unit: str) -> str:
    """Images as they are, micro-dollars as plain dollars: "-0.03"."""
    if unit == Unit.IMAGE:
        return str(amount)
    dollars, micros = divmod(abs(amount), MICROS_PER_USD)
    fraction = f"{micros:06d}".rstrip("0").ljust(2, "0")
    return f"{'-' if amount < 0 else ''}{dollars}.{fraction}"
