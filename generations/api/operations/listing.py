"""GET /api/v1/jobs: a page of the account's jobs, newest first.

One statement, the caller's key included, whose plan follows an index in the page's order whatever
the filters are: a page of a million jobs costs what a page of a thousand does.
"""

from datetime import datetime
from typing import Any, NamedTuple

from generations.api import request
from generations.api.operations.calling import Environ, Row, ask, look_up
from generations.api.operations.polling import IS_OVERDUE, JOB_COLUMNS, fail_overdue, fields
from generations.api.schema import PLAYGROUND, JobPage, JobQuery, ListedJob
from generations.history import cursors
from keys.authentication import (
    CALLER_COLUMN_COUNT,
    CALLER_COLUMNS,
    CALLER_MATCHES,
    CALLER_TABLES,
    presented_digest,
)
from keys.envelope import Reply
from keys.errors import ApiError

# A status is written out, so that the partial indexes are known to hold all its jobs. What the
# deadline has failed counts as failed, although nobody has written it down yet. IS TRUE keeps the
# planner from joining a second index, of which it would read every entry.
CONDITIONS_OF_STATUS = {
    None: ["true"],
    "queued": ["job.status = 'queued' AND (job.deadline_at > now()) IS TRUE"],
    "processing": ["job.status = 'processing' AND (job.deadline_at > now()) IS TRUE"],
    "completed": ["job.status = 'completed'"],
    "failed": [
        "job.status = 'failed'",
        "job.status IN ('queued', 'processing') AND (job.deadline_at <= now()) IS TRUE",
    ],
}
OF_ACCOUNT = "job.account_id = account.id"
OF_KEY = "job.key_id = own.id"
# Few jobs of an account fail or have not ended: sooner found among these than among the token's.
FEW = ("queued", "processing", "failed")

SELECTION = """(
    SELECT * FROM generations_job job WHERE {conditions}
    ORDER BY job.created_at DESC, job.id DESC LIMIT {limit}
)"""
PAGE = f"""
SELECT {CALLER_COLUMNS}, job.created_at, {IS_OVERDUE}, model.variant, job.prompt,
    job.idempotency_key, {JOB_COLUMNS}
FROM {CALLER_TABLES}
{{tokens}}
LEFT JOIN LATERAL ({{selections}}) job ON true
LEFT JOIN generations_cataloguemodel model ON model.id = job.model_id
WHERE {CALLER_MATCHES}
ORDER BY job.created_at DESC NULLS LAST, job.id DESC
LIMIT {{limit}}
"""  # noqa: S608 - made of constants.
# Two tokens of an account may begin alike; each has its index.
TOKENS = "LEFT JOIN keys_key own ON own.account_id = account.id AND own.prefix = %(token)s"


class Found(NamedTuple):
    """A row of the page; `job` is what `fields` reads. Without any job there is one of None."""

    created_at: datetime
    is_overdue: bool
    variant: str
    prompt: str
    idempotency_key: str
    job: Row

    @classmethod
    def of(cls, row: Row) -> "Found":
        """The row without the caller's columns."""
        created_at, is_overdue, variant, prompt, idempotency_key, *job = row
        return cls(created_at, is_overdue, variant, prompt, idempotency_key, tuple(job))


def list_jobs(environ: Environ) -> Reply:
    """GET /api/v1/jobs. Raises ApiError."""
    digest = presented_digest(environ)
    wrong: ApiError | None = None
    try:
        asked = request.query(environ)
    except ApiError as error:
        # Whether the key is good comes first, as everywhere.
        wrong, asked = error, JobQuery()
    statement, values = _statement(asked), {"digest": digest, **_values(asked)}
    _, rows = look_up(statement, values)
    if wrong:
        raise wrong
    found = [Found.of(row) for row in rows]
    overdue = [each.job[0] for each in found if each.is_overdue]
    if overdue:
        for job_id in overdue:
            fail_overdue(job_id)
        found = [Found.of(row[CALLER_COLUMN_COUNT:]) for row in ask(statement, values)]
    page = _page(environ, asked, [each for each in found if each.created_at])
    return Reply(200, page.model_dump_json().encode())


def _statement(asked: JobQuery) -> str:
    tokens, window = "", [OF_ACCOUNT]
    if asked.token == PLAYGROUND:
        window.append("job.key_id IS NULL")
    elif asked.token:
        tokens = TOKENS
        window = [OF_ACCOUNT, f"({OF_KEY}) IS TRUE"] if asked.status in FEW else [OF_KEY]
    if asked.created_after:
        window.append("job.created_at >= %(created_after)s")
    if asked.created_before:
        window.append("job.created_at < %(created_before)s")
    if asked.place:
        window.append("(job.created_at, job.id) < (%(place_at)s, %(place_id)s)")
    # One more than is shown tells whether there is a next page. It is written out, because the
    # planner takes a number that it cannot know for a tenth of all, and plans anew each time.
    limit = asked.limit + 1
    selections = [
        SELECTION.format(conditions=" AND ".join([*window, condition]), limit=limit)
        for condition in CONDITIONS_OF_STATUS[asked.status]
    ]
    return PAGE.format(tokens=tokens, selections=" UNION ALL ".join(selections), limit=limit)


def _values(asked: JobQuery) -> dict[str, Any]:
    return {
        "token": asked.token,
        "created_after": asked.created_after,
        "created_before": asked.created_before,
        "place_at": asked.place and asked.place.created_at,
        "place_id": asked.place and asked.place.job_id,
    }


def _page(environ: Environ, asked: JobQuery, found: list[Found]) -> JobPage:
    shown = found[: asked.limit]
    next_cursor = None
    if len(found) > len(shown):
        last = cursors.Place(shown[-1].created_at, shown[-1].job[0])
        next_cursor = cursors.encode(last, asked.scope)
    listed = [
        ListedJob(
            **fields(environ, *each.job),
            variant=each.variant,
            prompt=each.prompt,
            idempotency_key=each.idempotency_key or None,
        )
        for each in shown
    ]
    return JobPage(jobs=listed, next_cursor=next_cursor)
