"""Any provider with OpenAI's Images API: OpenAI itself, LocalAI, vLLM-Omni, LiteLLM and others.

The answer to the request is the image: there is nothing to poll, and nothing to be found again
when the answer is lost. https://platform.openai.com/docs/api-reference/images
"""

import io
import json
from typing import Any

import aiohttp
from pydantic import BaseModel, Field

from generations.engines import base
from generations.engines.base import Image, ImageRequest, Link, parsed
from generations.engines.data_uris import decoded, media_type
from generations.engines.failures import (
    LOST,
    REFERENCE_REFUSED,
    RESULT_UNUSABLE,
    EngineFailed,
)
from generations.engines.reference import Reference
from generations.engines.secrets import ProviderOptions
from generations.engines.statuses import check_started, misconfigured
from generations.engines.wire import Answer
from generations.engines.words import failure_in

# The job's deadline comes first; this is for one who calls without any.
TIMEOUT_SECONDS = 180.0

# 429s that no waiting ends: https://platform.openai.com/docs/guides/error-codes
MONEY_MARKS = ("insufficient_quota", "billing", "credit_balance", "spend_limit", "usage_limit")


class OpenAIOptions(ProviderOptions):
    """`extra`: further fields of the body, such as quality; response_format where it is taken."""

    base_url: str = "https://api.openai.com/v1"
    secret: str = Field(default="OPENAI_API_KEY")
    model: str = Field(min_length=1)
    extra: dict[str, Any] = Field(default_factory=dict)


class Picture(BaseModel):
    b64_json: str | None = None
    url: str | None = None


class Pictures(BaseModel):
    data: list[Picture] = []


class Problem(BaseModel):
    # Compatible servers differ in the types: a code may be a number.
    code: Any = None
    type: Any = None
    param: Any = None
    message: Any = None


class ErrorBody(BaseModel):
    error: Problem | str = Problem()


class OpenAIEngine(base.Engine):
    """Generations without a reference image, edits with one."""

    Options = OpenAIOptions

    async def start(self, request: ImageRequest) -> Image | Link:
        """The image, or where it is."""
        options = parsed(OpenAIOptions, request.options)
        fields = {
            **options.extra,
            "model": options.model,
            "prompt": request.prompt,
            "size": f"{request.width}x{request.height}",
        }
        form = None if request.reference is None else _form(fields, request.reference)
        answer = await self.wire.call(
            "POST",
            options.base_url + ("/images/edits" if form else "/images/generations"),
            headers=options.credentials(),
            timeout_seconds=TIMEOUT_SECONDS,
            json=None if form else fields,
            form=form,
            make_room=request.make_room,
        )
        if not 200 <= answer.status < 300:
            _check_error(answer, has_reference=request.reference is not None)
        pictures = answer.read(Pictures).data
        if not pictures:
            raise EngineFailed("provider", RESULT_UNUSABLE)
        picture = pictures[0]
        if picture.b64_json:
            return Image(decoded(picture.b64_json))
        return Link(picture.url or "", options.base_url, options.credentials())

    async def poll(self, request: ImageRequest, reference: str) -> Image:
        """Nothing was ever started that could be asked for."""
        raise EngineFailed("provider", LOST)


class _Upload(io.BytesIO):
    """A file that is let go of once it has been sent: the answer takes a minute and more."""

    def __init__(self, reference: Reference) -> None:
        super().__init__(reference.data)
        self.reference = reference

    def read(self, size: int | None = -1) -> bytes:
        chunk = super().read(size)
        if not chunk:
            self.truncate(0)
            self.reference.release()
        return chunk


def _form(fields: dict[str, Any], reference: Reference) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, value in fields.items():
        form.add_field(name, value if isinstance(value, str) else json.dumps(value))
    kind = media_type(reference.data)
    file_name = f"image.{kind.removeprefix('image/')}"
    form.add_field("image", _Upload(reference), filename=file_name, content_type=kind)
    return form


def _check_error(answer: Answer, has_reference: bool) -> None:
    error = answer.read_error(ErrorBody).error
    problem = Problem(message=error) if isinstance(error, str) else error
    said = f"{problem.code} {problem.type} {problem.message}".lower()
    if answer.status == 429 and any(mark in said for mark in MONEY_MARKS):
        raise misconfigured("openai", answer)
    # LiteLLM and others pass a provider's 400 on as their own 500.
    if answer.status in (400, 422, 500) and (failure := failure_in(said, has_reference)):
        raise failure
    about_image = str(problem.param).startswith("image") and answer.status in (400, 422)
    if has_reference and (about_image or answer.status in (413, 415)):
        raise EngineFailed("invalid_reference", REFERENCE_REFUSED)
    check_started("openai", answer)
