"""Finds the jobs of one page of the history: the newest that match, by their ids.

Every filter but words and variants has an index in the page's order, along which the page is
read. Words and variants are looked for twice: among the newest jobs, by reading them, where
whatever is common is found at once; then, if the page is not full, in the index of the words that
the migration 0004 describes, one fortnight after the other. So a page costs the same for common
words and rare ones, in an account of a hundred jobs and of a million.
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from accounts.models import Account
from generations.history.cursors import Place
from generations.history.filters import IMPORTED, PLAYGROUND, Filters
from generations.models import CatalogueModel

# Enough for a full page of whatever is in every fortieth job.
READ_MAX = 1000
# Where the migration cuts words.
WORD_MAX_CHARACTERS = 40
# Sixteen years. An import may claim to be of any time.
FORTNIGHTS_MAX = 400

PAGE = """
SELECT id FROM generations_job WHERE {conditions} AND deleted_at IS NULL
ORDER BY created_at DESC, id DESC LIMIT {limit}
"""

# The last word may be the beginning of one, and so may one that was cut. Words are letters and
# digits only, so nothing in them means something to a regular expression or a text search query;
# “@” stands for account and fortnight. Behind OFFSET 0 the planner sees one condition, for which
# there is one index: it must not read all of an account's jobs in the hope of a few.
SEARCH = """
WITH cut AS (
    SELECT word, place, coalesce(lag(length(word)) OVER (ORDER BY place), 0) AS length_before
    FROM unnest(string_to_array(generations_words(%(words)s), ' '))
        WITH ORDINALITY AS cut (word, place)
    WHERE word <> ''
), word AS (
    SELECT word, length(word) = {longest} OR place = max(place) OVER () AS is_open
    FROM cut WHERE length_before < {longest}
), asked AS MATERIALIZED (
    SELECT
        coalesce(array_agg(
            '(^|[^[:alnum:]])' || word || CASE WHEN is_open THEN '' ELSE '([^[:alnum:]]|$)' END
        ), '{{}}') AS patterns,
        concat_ws(
            ' & ',
            string_agg('''@:' || word || CASE WHEN is_open THEN ''':*' ELSE '''' END, ' & '),
            (SELECT '(' || string_agg('''@#' || model || '''', ' | ') || ')'
             FROM unnest(%(models)s::bigint[]) AS model)
        ) AS lexemes
    FROM word
), newest AS MATERIALIZED (
    SELECT id, created_at, prompt, model_id, deleted_at FROM generations_job WHERE {conditions}
    ORDER BY created_at DESC, id DESC LIMIT {read}
), near AS MATERIALIZED (
    SELECT id, created_at FROM newest
    WHERE deleted_at IS NULL AND lower(prompt) ~ ALL ((SELECT patterns FROM asked)::text[])
      AND (%(models)s::bigint[] IS NULL OR model_id = ANY(%(models)s::bigint[]))
    LIMIT {limit}
), far AS (
    SELECT found.id, found.created_at
    FROM generate_series(
        generations_fortnight(%(before)s),
        greatest(
            (SELECT generations_fortnight(min(created_at)) FROM generations_job
             WHERE account_id = %(account)s),
            generations_fortnight(%(since)s),
            generations_fortnight(%(before)s) - {fortnights}
        ),
        -1
    ) AS fortnight
    CROSS JOIN LATERAL (
        SELECT id, created_at FROM (
            SELECT * FROM generations_job
            WHERE generations_lexemes(prompt, account_id, model_id, created_at)
                    @@ replace(
                        (SELECT lexemes FROM asked), '@', %(account)s::text || '.' || fortnight
                    )::tsquery
              AND usage_counted AND deleted_at IS NULL
            OFFSET 0
        ) AS generations_job
        WHERE {conditions}
        ORDER BY created_at DESC, id DESC LIMIT {limit}
    ) AS found
    WHERE (SELECT count(*) FROM near) < {limit} AND (SELECT count(*) FROM newest) = {read}
    LIMIT {limit}
)
SELECT id FROM (SELECT * FROM near UNION SELECT * FROM far) AS found
ORDER BY created_at DESC, id DESC LIMIT {limit}
"""


STARRED = "starred_at IS NOT NULL"
COMPLETED = "status = 'completed'"
FEW = {"running": "status IN ('queued', 'processing')", "failed": "status = 'failed'"}
OF_ACCOUNT = "account_id = %(account)s"
OF_KEY = "key_id = %(key)s"
SOURCES = {
    PLAYGROUND: "key_id IS NULL AND imported_at IS NULL",
    IMPORTED: "key_id IS NULL AND imported_at IS NOT NULL",
}


def newest(account: Account, filters: Filters, place: Place | None, limit: int) -> list[UUID]:
    """The ids of the newest jobs behind that place that match, the newest first."""
    values = {"account": account.pk, **_values(filters, place)}
    statement = PAGE
    # Signs alone are no words.
    if filters.variant or any(each.isalnum() for each in filters.words):
        statement = SEARCH
        values |= {"words": filters.words, "models": _models(filters.variant)}
        if values["models"] == []:
            return []
    statement = statement.format(
        conditions=" AND ".join(_conditions(filters, place)),
        limit=limit,
        read=READ_MAX,
        fortnights=FORTNIGHTS_MAX,
        longest=WORD_MAX_CHARACTERS,
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [row[0] for row in cursor.fetchall()]


def _models(variant: str) -> list[int] | None:
    if not variant:
        return None
    return list(CatalogueModel.objects.filter(variant=variant).values_list("pk", flat=True))


def _conditions(filters: Filters, place: Place | None) -> list[str]:
    # The first one has the index that is to be read: what few jobs meet comes before what many do.
    chosen = [STARRED] if filters.is_starred else []
    chosen += [FEW[filters.status]] if filters.status in FEW else []
    chosen += [SOURCES.get(filters.source, OF_KEY)] if filters.source else []
    chosen += [COMPLETED] if filters.status == "completed" else []
    # A token's index needs no account, every other begins with it.
    chosen.insert(1 if chosen[:1] == [OF_KEY] else 0, OF_ACCOUNT)
    shown = 1 if chosen[0] == OF_KEY else 2
    # IS TRUE hides the others from the planner, which would now and then read all of another index.
    conditions = [*chosen[:shown], *(f"({each}) IS TRUE" for each in chosen[shown:])]
    if filters.since:
        conditions.append("created_at >= %(since)s")
    if filters.until:
        conditions.append("created_at < %(before)s")
    if place:
        conditions.append("(created_at, id) < (%(place_at)s, %(place_id)s)")
    return conditions


def _values(filters: Filters, place: Place | None) -> dict[str, Any]:
    # Tomorrow is as good as the end of time, and can be reckoned with.
    last = min(filters.until or date.max, timezone.now().date() + timedelta(days=1))
    values: dict[str, Any] = {
        "since": filters.since and _midnight(filters.since),
        "before": _midnight(last) + timedelta(days=1),
    }
    if filters.source.isdecimal():
        values["key"] = int(filters.source)
    if place:
        values |= {"place_at": place.created_at, "place_id": place.job_id}
        values["before"] = min(values["before"], place.created_at)
    return values


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
