"""GET /api/v1/jobs/:id, and how a job is shown wherever the API shows one."""

import re
import uuid
from typing import Any

from django.conf import settings

from generations import jobs
from generations.api.operations.calling import Environ, Row, ask, look_up
from generations.api.schema import JobStatus
from generations.models import Job, image_path
from keys.authentication import CALLER_COLUMNS, CALLER_MATCHES, CALLER_TABLES, presented_digest
from keys.envelope import Reply
from keys.errors import ApiError
from wallet.amounts import usd

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

# ISO 8601 in UTC to the second, as the reference shows times. Connections speak UTC.
TIMESTAMP = """ 'YYYY-MM-DD"T"HH24:MI:SS"Z"' """

# What `fields` reads, in its order.
JOB_COLUMNS = f"""
    job.id, job.status, CASE WHEN job.image_deleted_at IS NULL THEN job.image_name END,
    job.price_micros, job.error, to_char(job.created_at, {TIMESTAMP}),
    to_char(job.started_at, {TIMESTAMP}), to_char(job.finished_at, {TIMESTAMP})
"""
# The deadline holds even while every worker is down: who looks at such a job fails it.
IS_OVERDUE = "job.finished_at IS NULL AND job.deadline_at <= now()"

STATUS = f"""
SELECT {CALLER_COLUMNS}, {JOB_COLUMNS}, {IS_OVERDUE}
FROM {CALLER_TABLES}
LEFT JOIN generations_job job ON job.account_id = account.id AND job.id = %(job)s::uuid
WHERE {CALLER_MATCHES}
"""  # noqa: S608 - made of constants.

# For a caller who was admitted in this very call.
AGAIN = f"SELECT {JOB_COLUMNS} FROM generations_job job WHERE job.id = %(job)s"  # noqa: S608 - too.


def status(environ: Environ, job_id: str) -> Reply:
    """GET /api/v1/jobs/:id. Raises ApiError."""
    return reply(environ, find(environ, job_id))


def find(environ: Environ, job_id: str) -> Row:
    """The caller's job as it is now, its id first. Raises ApiError."""
    values: dict[str, Any] = {
        "digest": presented_digest(environ),
        # What is no job id finds no job, after the key has been checked.
        "job": job_id if UUID.fullmatch(job_id.lower()) else None,
    }
    _, (row,) = look_up(STATUS, values)
    *job, is_overdue = row
    if job[0] is None:
        raise ApiError("NOT_FOUND", "There is no such job in your account.")
    if is_overdue:
        fail_overdue(job[0])
        return again(job[0])
    return tuple(job)


def fail_overdue(job_id: uuid.UUID) -> None:
    """What the deadline has decided is written down."""
    jobs.fail(job_id, Job.FailureKind.TIMEOUT, jobs.TIMED_OUT)


def again(job_id: uuid.UUID) -> Row:
    """The job, once more."""
    return ask(AGAIN, {"job": job_id})[0]


def reply(environ: Environ, job: Row) -> Reply:
    """200 with the job."""
    return Reply(200, JobStatus(**fields(environ, *job)).model_dump_json().encode())


def fields(
    environ: Environ,
    job_id: uuid.UUID,
    state: str,
    image_name: str | None,
    price_micros: int,
    error: str,
    created_at: str,
    started_at: str | None,
    finished_at: str | None,
) -> dict[str, Any]:
    """The fields of a JobStatus."""
    completed = state == "completed"
    return {
        "job_id": str(job_id),
        "status": state,
        # A deleted image has no name any more.
        "image_url": _origin(environ) + image_path(image_name)
        if completed and image_name
        else None,
        "cost": usd(price_micros) if completed else None,
        "error": error if state == "failed" else None,
        "queued_at": created_at,
        "started_at": started_at,
        # The reference promises null for a failed job: it was never completed.
        "completed_at": finished_at if completed else None,
        "created_at": created_at,
    }


def _origin(environ: Environ) -> str:
    """The address of this deployment as its clients write it."""
    if settings.PUBLIC_URL:
        return str(settings.PUBLIC_URL)
    host = environ.get("HTTP_HOST") or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    return f"{environ['wsgi.url_scheme']}://{host}"
