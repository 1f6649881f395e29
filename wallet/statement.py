"""What a customer reads about their money: the summary and the statement's lines.

Reads only; nothing here moves money.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from accounts.models import Account
from wallet.amounts import images, usd
from wallet.models import Book, Transfer, Unit

LINES_PER_PAGE = 30


@dataclass(frozen=True, slots=True)
class Summary:
    """An account's books at one moment, in micro-dollars and images."""

    balance_micros: int
    held_micros: int
    trials_balance: int
    trials_held: int

    @property
    def available_micros(self) -> int:
        return self.balance_micros - self.held_micros

    @property
    def trials_available(self) -> int:
        return self.trials_balance - self.trials_held

    def affords(self, price_micros: int) -> bool:
        """Whether one image at that price can be reserved now."""
        in_debt = self.available_micros < 0
        return not in_debt and (self.trials_available > 0 or self.available_micros >= price_micros)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which lines are wanted: of one kind ("" is all), between two days in UTC, both included."""

    kind: str = ""
    since: date | None = None
    until: date | None = None


class Line(NamedTuple):
    """One transfer as its customer sees it; amounts in micro-dollars or images, by `unit`."""

    id: int
    created_at: datetime
    kind: str
    memo: str
    reference: str
    unit: str
    change: int
    balance_after: int

    @property
    def kind_label(self) -> str:
        return str(Transfer.Kind(self.kind).label)

    @property
    def is_credit(self) -> bool:
        return self.change > 0

    @property
    def amount_label(self) -> str:
        return ("+" if self.is_credit else "−") + self._amount(abs(self.change))

    @property
    def balance_label(self) -> str:
        return self._amount(self.balance_after)

    def _amount(self, amount: int) -> str:
        return images(amount) if self.unit == Unit.IMAGE else usd(amount)


def summary(account: Account) -> Summary:
    """The account's books in one query."""
    books = {book.unit: book for book in Book.objects.filter(account=account)}
    money, trials = books[Unit.USD], books[Unit.IMAGE]
    return Summary(money.balance, money.held, trials.balance, trials.held)


# Newest first, each book's lines come straight from its index, and the balance after a line is
# the present one without what is newer. Lines are chosen only then: those left out moved it too.
LINES = """
WITH leg AS (
    SELECT id, created_at, kind, memo, reference, 'usd' AS unit, amount AS change
    FROM wallet_transfer WHERE credit_id = %(usd)s
    UNION ALL SELECT id, created_at, kind, memo, reference, 'usd', -amount
    FROM wallet_transfer WHERE debit_id = %(usd)s
    UNION ALL SELECT id, created_at, kind, memo, reference, 'image', amount
    FROM wallet_transfer WHERE credit_id = %(image)s
    UNION ALL SELECT id, created_at, kind, memo, reference, 'image', -amount
    FROM wallet_transfer WHERE debit_id = %(image)s
), line AS (
    SELECT *,
        (SELECT balance FROM wallet_book
         WHERE wallet_book.id = CASE leg.unit WHEN 'usd' THEN %(usd)s ELSE %(image)s END)
        + change
        - CASE leg.unit
            WHEN 'usd' THEN sum(change) FILTER (WHERE unit = 'usd') OVER newest
            ELSE sum(change) FILTER (WHERE unit = 'image') OVER newest
          END AS balance_after
    FROM leg
    WINDOW newest AS (ORDER BY id DESC ROWS UNBOUNDED PRECEDING)
)
SELECT id, created_at, kind, memo, reference, unit, change, balance_after::bigint
FROM line
WHERE (%(before)s::bigint IS NULL OR id < %(before)s)
  AND (%(kind)s = '' OR kind = %(kind)s)
  AND (%(since)s::date IS NULL OR created_at >= %(since)s::date)
  AND (%(until)s::date IS NULL OR created_at < %(until)s::date + 1)
ORDER BY id DESC
LIMIT %(limit)s
"""
EVERYTHING = Filters()


def lines(
    account: Account, before: int | None = None, filters: Filters = EVERYTHING
) -> tuple[list[Line], int | None]:
    """One page of the statement, newest first, and the cursor of the next page or None."""
    values = _values(account, filters) | {"before": before, "limit": LINES_PER_PAGE + 1}
    with connection.cursor() as cursor:
        cursor.execute(LINES, values)
        page = [Line(*row) for row in cursor.fetchall()]
    shown = page[:LINES_PER_PAGE]
    return shown, shown[-1].id if len(page) > LINES_PER_PAGE else None


def all_lines(account: Account, filters: Filters) -> Iterator[Line]:
    """The whole statement, newest first, never held in memory at once."""
    with closing(connection.chunked_cursor()) as cursor:
        cursor.execute(LINES, _values(account, filters) | {"before": None, "limit": None})
        while rows := cursor.fetchmany(1000):
            yield from (Line(*row) for row in rows)


def _values(account: Account, filters: Filters) -> dict[str, Any]:
    books = Book.objects.filter(account=account).values_list("unit", "pk")
    chosen = {"kind": filters.kind, "since": filters.since, "until": filters.until}
    return {**dict(books), **chosen}
