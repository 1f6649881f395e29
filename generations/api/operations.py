"""What the public API's calls do, from a WSGI environment to a Reply.

Django hands the WSGI environment on as `request.META`, so both doors, `routes.py` and `lane.py`,
call the same functions. An operation raises ApiError; `answer` turns whatever happens into a
reply.
"""

import logging
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from generations import files, jobs
from generations.api import request
from generations.api.schema import Accepted, JobStatus
from generations.models import image_path
from keys.authentication import (
    CALLER_COLUMN_COUNT,
    CALLER_COLUMNS,
    CALLER_MATCHES,
    CALLER_TABLES,
    admit,
    presented_digest,
)
from keys.envelope import Reply, internal, refusal
from keys.errors import ApiError
from wallet.amounts import usd
from wallet.ledger import InsufficientBalance
from wallet.models import MICROS_PER_USD

Environ = Mapping[str, Any]

log = logging.getLogger(__name__)

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
DEFAULT_VARIANT = "1k"


def answer(operation: Callable[..., Reply], *arguments: Any) -> Reply:
    """The operation's reply, a refusal included; a fault of ours is logged and answered 500."""
    try:
        return operation(*arguments)
    except ApiError as error:
        return refusal(error)
    except Exception:
        # The promise is JSON on every status; the log gets the traceback, the client a 500.
        log.exception("The API failed")
        connection.close_if_unusable_or_obsolete()
        return internal()


def look_up(statement: str, values: dict[str, Any]) -> tuple[Any, ...] | None:
    """One row, asked for once more on a new connection when the kept one has died."""
    for is_last in (False, True):
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                row: tuple[Any, ...] | None = cursor.fetchone()
                return row
        except (OperationalError, InterfaceError):
            connection.close()
            if is_last:
                raise
    raise AssertionError


# ISO 8601 in UTC to the second, as the reference shows times. Connections speak UTC.
TIMESTAMP = """ 'YYYY-MM-DD"T"HH24:MI:SS"Z"' """

STATUS = f"""
SELECT {CALLER_COLUMNS}, job.id, job.status, job.image_name, job.price_micros, job.error,
    to_char(job.created_at, {TIMESTAMP}), to_char(job.started_at, {TIMESTAMP}),
    to_char(job.finished_at, {TIMESTAMP}),
    job.finished_at IS NULL AND job.deadline_at <= now()
FROM {CALLER_TABLES}
LEFT JOIN generations_job job ON job.account_id = account.id AND job.id = %(job)s::uuid
WHERE {CALLER_MATCHES}
"""  # noqa: S608 - made of constants.


def status(environ: Environ, job_id: str) -> Reply:
    """GET /api/v1/jobs/:id. Raises ApiError."""
    values: dict[str, Any] = {
        "digest": presented_digest(environ),
        # What is no job id finds no job, after the key has been checked.
        "job": job_id if UUID.fullmatch(job_id.lower()) else None,
    }
    row = look_up(STATUS, values)
    admit(row and row[:CALLER_COLUMN_COUNT])
    assert row is not None
    *job, is_overdue = row[CALLER_COLUMN_COUNT:]
    if job[0] is None:
        raise ApiError("NOT_FOUND", "There is no such job in your account.")
    if is_overdue:
        # The deadline holds even while every worker is down.
        jobs.fail(job[0], "timeout", jobs.TIMED_OUT)
        return status(environ, job_id)
    return Reply(200, _render(environ, *job))


def _render(
    environ: Environ,
    job_id: Any,
    state: Any,
    image_name: str,
    price_micros: int,
    error: str,
    created_at: str,
    started_at: str | None,
    finished_at: str | None,
) -> bytes:
    completed = state == "completed"
    body = JobStatus(
        job_id=str(job_id),
        status=state,
        image_url=_origin(environ) + image_path(image_name) if completed else None,
        cost=usd(price_micros) if completed else None,
        error=error if state == "failed" else None,
        queued_at=created_at,
        started_at=started_at,
        # The reference promises null for a failed job: it was never completed.
        completed_at=finished_at if completed else None,
        created_at=created_at,
    )
    return body.model_dump_json().encode()


OFFER = f"""
SELECT {CALLER_COLUMNS}, model.id, model.price_micros, model.width, model.height
FROM {CALLER_TABLES}
LEFT JOIN LATERAL (
    SELECT id, price_micros, width, height FROM generations_cataloguemodel
    WHERE variant = %(variant)s AND active ORDER BY position, id LIMIT 1
) model ON true
WHERE {CALLER_MATCHES}
"""  # noqa: S608 - made of constants.


def submit(environ: Environ) -> Reply:
    """POST /api/v1/image. Raises ApiError."""
    digest = presented_digest(environ)
    wrong: ApiError | None = None
    variant = DEFAULT_VARIANT
    try:
        asked = request.parse(request.read_body(environ))
        variant = DEFAULT_VARIANT if asked.variant is None else asked.variant
    except ApiError as error:
        # Whether the key is good comes first: a stranger learns nothing about bodies.
        wrong = error
    row = look_up(OFFER, {"digest": digest, "variant": variant.replace("\0", "?")})
    caller = admit(row and row[:CALLER_COLUMN_COUNT])
    if wrong:
        raise wrong
    assert row is not None
    model_id, price_micros, width, height = row[CALLER_COLUMN_COUNT:]
    if model_id is None:
        raise ApiError("NO_ACTIVE_MODEL", f"No active model for the variant “{variant[:40]}”.")
    input_name = ""
    # An empty image is one that went missing on its way, not a wish for none.
    if asked.image is not None:
        input_name = files.save_input(*request.decode_image(asked.image))
    submission = jobs.Submission(
        account_id=caller.account_id,
        key_id=caller.key_id,
        model_id=model_id,
        price_micros=price_micros,
        width=width,
        height=height,
        prompt=asked.prompt,
        input_name=input_name,
        input_url=asked.image_url or "",
    )
    return _accepted(_queue(submission))


def _queue(submission: jobs.Submission) -> jobs.Submitted:
    try:
        return jobs.submit(submission)
    except InsufficientBalance:
        if submission.input_name:
            files.delete_input(submission.input_name)
        price = usd(submission.price_micros)
        raise ApiError(
            "INSUFFICIENT_BALANCE",
            f"Insufficient wallet balance: this image costs {price}. Top up and retry.",
        ) from None


def _accepted(job: jobs.Submitted) -> Reply:
    body = Accepted(
        job_id=str(job.id),
        status="queued",
        poll_url=f"/api/v1/jobs/{job.id}",
        price_usd=job.price_micros / MICROS_PER_USD,
        created_at=timestamp(job.created_at),
    )
    return Reply(202, body.model_dump_json().encode())


def timestamp(moment: datetime) -> str:
    """ISO 8601 in UTC to the second, as the reference shows it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _origin(environ: Environ) -> str:
    """The address of this deployment as its clients write it."""
    if settings.PUBLIC_URL:
        return str(settings.PUBLIC_URL)
    host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    return f"{environ['wsgi.url_scheme']}://{host}"
