"""The shapes of the public API, field by field in the documented order.

The OpenAPI document and the code that answers are both made from these. They are pydantic's own
models: ninja's `Schema` reads every field through a wrapper, which takes five times as long.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from keys.errors import STATUS_OF_CODE

PROMPT_MAX_CHARACTERS = 2000

Timestamp = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


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
    status: Literal["queued", "processing", "completed", "failed"]
    image_url: str | None = Field(
        description='Permanent URL of the image. Set only when status is "completed".'
    )
    cost: str | None = Field(
        description='Final cost, e.g. "$0.03". Set only when status is "completed".'
    )
    error: str | None = Field(description='Why it failed. Set only when status is "failed".')
    queued_at: Timestamp = Field(description="When the job entered the queue.")
    started_at: Timestamp | None = Field(description="When the worker began.")
    completed_at: Timestamp | None = Field(description="When the image was completed.")
    created_at: Timestamp = Field(description="When the job was created.")


class Error(BaseModel):
    """Every error's body."""

    error: str = Field(description="What happened, in a sentence.")
    code: str = Field(
        description="The same for programs.", json_schema_extra={"enum": list(STATUS_OF_CODE)}
    )
