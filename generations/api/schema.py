"""The shapes of the public API, field by field in the documented order.

The OpenAPI document and the code that answers are both made from these. They are pydantic's own
models: ninja's `Schema` reads every field through a wrapper, which takes five times as long.
"""

import hashlib
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic.json_schema import SkipJsonSchema

from generations.history.cursors import Place, decode
from keys.errors import STATUS_OF_CODE
from keys.tokens import PREFIX

PROMPT_MAX_CHARACTERS = 2000
PLAYGROUND = "playground"
PAGE_JOBS_MAX = 100

Timestamp = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
State = Literal["queued", "processing", "completed", "failed"]


def _moment(text: str) -> datetime:
    """A time with its zone, or a date, which begins at midnight UTC. Raises ValueError."""
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "anyOf": [{"format": "date-time"}, {"format": "date"}]}),
]
# A token as the list of tokens shows it, or none.
TokenName = Annotated[str, Field(pattern=f"^({PLAYGROUND}|{PREFIX}[0-9A-Za-z]{{4}})$")]
# A parameter of a query is left out; it cannot be null.
LeftOut = SkipJsonSchema[None]


class ImageSubmission(BaseModel):
    """What to generate. Fields that are not listed here are ignored."""

    model_config = ConfigDict(strict=True, extra="ignore")

    prompt: str = Field(
        description="Text description of the image to generate. Maximum 2000 characters.",
        json_schema_extra={"minLength": 1, "maxLength": PROMPT_MAX_CHARACTERS},
        examples=["A great white shark in bioluminescent deep ocean, cinematic, 8K"],
    )
    variant: str | None = Field(
        default="1k", description='Resolution variant. Defaults to "1k" (1024×1024).'
    )
    image: str | None = Field(
        default=None,
        description="Base64-encoded reference image, raw or as a data URI. JPEG, PNG or WebP, "
        "at most 10 MB. Cannot be combined with image_url.",
    )
    image_url: str | None = Field(
        default=None,
        description="Publicly accessible URL of a reference image, at most 10 MB. "
        "Cannot be combined with image.",
    )


class Accepted(BaseModel):
    """A job that is in the queue."""

    job_id: str = Field(description="Unique job ID. Use this to poll for the result.")
    status: Literal["queued"] = Field(description='Always "queued" on creation.')
    poll_url: str = Field(description="Relative URL to poll.")
    price_usd: float = Field(description="Cost of this job in USD. Charged only on success.")
    created_at: Timestamp = Field(description="ISO 8601 creation timestamp.")


class JobStatus(BaseModel):
    """A job as it is now."""

    job_id: str = Field(description="Unique job identifier.")
    status: State
    image_url: str | None = Field(
        description='Permanent URL of the image. Set only when status is "completed", and null '
        "again once the image has been deleted."
    )
    cost: str | None = Field(
        description='Final cost, e.g. "$0.03". Set only when status is "completed".'
    )
    error: str | None = Field(description='Why it failed. Set only when status is "failed".')
    queued_at: Timestamp = Field(description="When the job entered the queue.")
    started_at: Timestamp | None = Field(description="When the worker began.")
    completed_at: Timestamp | None = Field(description="When the image was completed.")
    created_at: Timestamp = Field(description="When the job was created.")


class JobQuery(BaseModel):
    """Which of the account's jobs are wanted. Parameters that are not listed here are ignored."""

    model_config = ConfigDict(extra="ignore")

    status: State | LeftOut = Field(default=None, description="Only jobs in this state.")
    token: TokenName | LeftOut = Field(
        default=None,
        description="Only jobs submitted with this API token: its beginning, as your list of "
        f'tokens shows it, never the whole. "{PLAYGROUND}" for jobs made in the browser.',
        examples=[f"{PREFIX}Ab1C"],
    )
    created_after: Moment | LeftOut = Field(
        default=None,
        description="Only jobs created at this time or later: ISO 8601 with its zone, or a date, "
        "which begins at midnight UTC.",
    )
    created_before: Moment | LeftOut = Field(
        default=None, description="Only jobs created before this time."
    )
    limit: int = Field(
        default=20, ge=1, le=PAGE_JOBS_MAX, description="How many jobs to answer at most."
    )
    cursor: str | LeftOut = Field(
        default=None,
        description="The next_cursor of the page before, sent with that page's filters.",
    )

    @cached_property
    def scope(self) -> str:
        """A digest of the filters: a cursor continues the list that it came from and no other."""
        filters = self.model_dump_json(exclude={"limit", "cursor"})
        return hashlib.sha256(filters.encode()).hexdigest()[:16]

    @cached_property
    def place(self) -> Place | None:
        """Where the page begins; None for the newest job, or when the cursor is not this list's."""
        return None if self.cursor is None else decode(self.cursor, self.scope)


class ListedJob(JobStatus):
    """A job as it is now, with what was asked for."""

    variant: str = Field(description="The variant that was asked for.")
    prompt: str = Field(description="The prompt that was asked for.")
    idempotency_key: str | None = Field(
        description="The Idempotency-Key that it was submitted with, if any."
    )


class JobPage(BaseModel):
    """Some of the account's jobs, newest first."""

    jobs: list[ListedJob]
    next_cursor: str | None = Field(
        description="Send it as cursor for the page after this one. Null on the last page."
    )


class Error(BaseModel):
    """Every error's body."""

    error: str = Field(description="What happened, in a sentence.")
    code: str = Field(
        description="The same for programs.", json_schema_extra={"enum": list(STATUS_OF_CODE)}
    )
