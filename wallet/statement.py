"""What a customer reads about their money: the summary and the statement's lines.

Reads only; nothing here moves money.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
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


# One side of one of the account's books: what it got, or what it gave.
LEG = """
    SELECT id, created_at, kind, memo, reference, '{unit}' AS unit, {sign}amount AS change
    FROM wallet_transfer WHERE {side}_id = %({unit})s"""
LEGS = [
    LEG.format(unit=unit, side=side, sign=sign)
    for unit in Unit.values
    for side, sign in (("credit", ""), ("debit", "-"))
]
CHOSEN = """
    (%(before)s::bigint IS NULL OR id < %(before)s)
    AND (%(kind)s = '' OR kind = %(kind)s)
    AND (%(since)s::date IS NULL OR created_at >= %(since)s::date)
    AND (%(until)s::date IS NULL OR created_at < %(until)s::date + 1)"""
# The newest that are chosen come straight from each book's index.
NEWEST = "\n    UNION ALL ".join(
    f"({leg} AND {CHOSEN} ORDER BY id DESC LIMIT %(limit)s)" for leg in LEGS
)
# The balance after a line is the present one without what is newer. Lines are chosen only then:
# those left out moved it too. What is older than the page is not looked at.
NOT_OLDER = " AND id >= (SELECT min(id) FROM page)"
LINE = """
WITH page AS (
    SELECT id FROM ({newest}) AS newest ORDER BY id DESC LIMIT %(limit)s
), leg AS ({legs}
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
FROM line WHERE {chosen}
ORDER BY id DESC LIMIT %(limit)s
"""
LINES = LINE.format(
    newest=NEWEST,
    legs="\n    UNION ALL".join(leg + NOT_OLDER for leg in LEGS),
    chosen=CHOSEN,
)
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
    chosen = {"kind": filters.kind, "since": filters.since, "until": filters.until}
    return {**books_of(account.pk), **chosen}


@lru_cache(maxsize=10_000)
def books_of(account_id: int) -> dict[str, int]:
    """The account's books by their unit, which never change.

    Statements name them outright: by a subquery, the planner would take them for average ones.
    """
    books = dict(Book.objects.filter(account=account_id).values_list("unit", "pk"))
    assert books, "an account is opened with its books"
    return books
