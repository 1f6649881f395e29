"""What an account used: the figures of a period by day, token or variant. Reads only.

The roll-up counts once a minute what ended. What it has not counted yet is added here, so that
an image shows as soon as it is there. Imports and what was cancelled count for nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date
from typing import Any, Literal, NamedTuple

from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import Account
from generations.usage import dates
from generations.usage.periods import Period

By = Literal["day", "token", "variant"]
# So many of the newest jobs are looked through for what is not counted yet. Who ends more in a
# minute sees the others a minute later.
NEWEST_MAX = 500
# What stands for all groups but the first few; no token or variant is called so.
OTHERS = "*"


class Figures(NamedTuple):
    """Images in all, how many of them were free, failures (never charged), and money."""

    images: int = 0
    free_images: int = 0
    failures: int = 0
    spent_micros: int = 0


class Cell(NamedTuple):
    """The figures of one group on one day."""

    day: date
    group: str
    images: int
    free_images: int
    failures: int
    spent_micros: int


class Row(NamedTuple):
    """The figures of one day ("2026-01-31"), token or variant.

    A token is grouped by its number and has a prefix. What came from the playground has neither
    token nor name: its group is "".
    """

    group: str
    name: str
    prefix: str
    is_revoked: bool
    images: int
    free_images: int
    failures: int
    spent_micros: int

    @property
    def label(self) -> str:
        """What people call it."""
        return self.name or _("Playground")

    @property
    def day(self) -> date:
        """The day, if it is one."""
        return date.fromisoformat(self.group)

    @property
    def written(self) -> str:
        """The day as people read it."""
        return dates.full(self.day)


# One statement sees both tables at one moment: no job is in neither, and none in both.
USED = """
WITH newest AS MATERIALIZED (
    SELECT usage_counted, imported_at, failure_kind, status, price_micros, key_id, model_id,
        (finished_at AT TIME ZONE 'UTC')::date AS day
    FROM generations_job WHERE account_id = %(account)s
    ORDER BY created_at DESC, id DESC
    LIMIT %(newest)s
), used AS (
    SELECT day, key_id, variant, images + free_images AS images, free_images, failures,
        spent_micros
    FROM generations_usage
    WHERE account_id = %(account)s AND day BETWEEN %(since)s AND %(until)s
    UNION ALL
    SELECT day, key_id, model.variant, (status = 'completed')::int,
        (status = 'completed' AND newest.price_micros = 0)::int, (status = 'failed')::int,
        CASE status WHEN 'completed' THEN newest.price_micros ELSE 0 END
    FROM newest JOIN generations_cataloguemodel model ON model.id = model_id
    WHERE NOT usage_counted AND imported_at IS NULL AND failure_kind <> 'cancelled'
        AND day BETWEEN %(since)s AND %(until)s
), grouped AS (
    SELECT day, CASE %(by)s::text WHEN 'day' THEN day::text
        WHEN 'token' THEN coalesce(key_id::text, '') ELSE variant END AS name,
        sum(images)::bigint AS images, sum(free_images)::bigint AS free_images,
        sum(failures)::bigint AS failures, sum(spent_micros)::bigint AS spent_micros
    FROM used GROUP BY 1, 2
)
"""
ROWS = """
SELECT grouped.name, coalesce(key.name, upper(grouped.name)),
    coalesce(key.prefix || '…' || key.last4, ''), key.revoked_at IS NOT NULL,
    sum(images)::bigint AS images, sum(free_images)::bigint, sum(failures)::bigint,
    sum(spent_micros)::bigint AS spent_micros
FROM grouped LEFT JOIN keys_key key
    ON key.id = CASE %(by)s::text WHEN 'token' THEN nullif(grouped.name, '')::bigint END
GROUP BY grouped.name, key.id
ORDER BY CASE %(by)s::text WHEN 'day' THEN grouped.name END DESC, spent_micros DESC, images DESC,
    grouped.name
LIMIT %(limit)s
"""
CELLS = """
SELECT day, CASE WHEN name = ANY(%(groups)s::text[]) THEN name ELSE %(others)s::text END,
    sum(images)::bigint, sum(free_images)::bigint, sum(failures)::bigint,
    sum(spent_micros)::bigint
FROM grouped GROUP BY 1, 2 ORDER BY 1
"""


def rows(account: Account, period: Period, by: By, limit: int | None = None) -> list[Row]:
    """The newest days, or what cost most, at most `limit` of them."""
    with connection.cursor() as cursor:
        cursor.execute(USED + ROWS, _values(account, period, by, limit=limit))
        return [Row(*row) for row in cursor.fetchall()]


def all_rows(account: Account, period: Period, by: By) -> Iterator[Row]:
    """All of them, never held in memory at once."""
    with closing(connection.chunked_cursor()) as cursor:
        cursor.execute(USED + ROWS, _values(account, period, by, limit=None))
        while found := cursor.fetchmany(1000):
            yield from (Row(*row) for row in found)


def cells(account: Account, period: Period, by: By, groups: Sequence[str]) -> list[Cell]:
    """Each of these groups on each day with any use; all other groups are one, OTHERS."""
    values = _values(account, period, by, groups=list(groups), others=OTHERS)
    with connection.cursor() as cursor:
        cursor.execute(USED + CELLS, values)
        return [Cell(*row) for row in cursor.fetchall()]


def total(counted: Iterable[Row | Cell]) -> Figures:
    """The sum of their figures."""
    figures = [one[-4:] for one in counted]
    return Figures(*map(sum, zip(*figures, strict=True))) if figures else Figures()


def _values(account: Account, period: Period, by: By, **others: object) -> dict[str, Any]:
    days = {"since": period.since, "until": period.until}
    return {"account": account.pk, "newest": NEWEST_MAX, **days, "by": by, **others}
