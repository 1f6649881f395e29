"""fal's queue: submitted, asked for its status, then for its result; cancelled while it waits.

https://fal.ai/docs/api-reference/inference-api and /docs/documentation/model-apis. The reference
is the request's path below `base_url`, so that the secret never goes where an answer points to.
"""

import re
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, Field

from generations.engines.base import POLL_SECONDS, ImageRequest, Link, Pending, parsed
from generations.engines.failures import (
    BROKEN,
    LOST,
    MODERATED,
    REFERENCE_REFUSED,
    RESULT_UNUSABLE,
    TIMED_OUT,
    EngineFailed,
)
from generations.engines.provider import ModelOptions, ProviderEngine
from generations.engines.statuses import check_polled, check_started
from generations.engines.wire import Answer

PLATFORM_HEADERS = {
    # What has not begun by then cannot be ready before the job's deadline of 180 s.
    "X-Fal-Request-Timeout": "170",
    # fal would run a request up to ten times when its machines fail.
    "X-Fal-No-Retry": "1",
}
# Applications of these are named namespace/owner/application, as fal's own clients know.
NAMESPACES = ("workflows", "comfy")
REQUEST_PATH = re.compile(r"(/\w[\w.-]*){2,3}/requests/[\w-]{1,100}", re.ASCII)

# https://fal.ai/docs/documentation/model-apis/errors and /request-errors
REFERENCE_ERRORS = {
    "image_too_small",
    "image_too_large",
    "image_load_error",
    "file_download_error",
    "file_too_large",
    "face_detection_error",
    "unsupported_image_format",
}
TIMEOUT_ERRORS = {"request_timeout", "startup_timeout", "generation_timeout"}


class FalOptions(ModelOptions):
    """`app_with_image`: the application for requests with a reference image, if it is another."""

    credential_scheme: ClassVar[str] = "Key "

    base_url: str = "https://queue.fal.run"
    secret: str = Field(default="FAL_KEY")
    app: str = Field(pattern=r"^\w[\w.-]*(/\w[\w.-]*)+$")
    app_with_image: str = Field(default="", pattern=r"^(\w[\w.-]*(/\w[\w.-]*)+)?$")
    size_field: str = "image_size"
    image_field: str = "image_url"


class Submitted(BaseModel):
    request_id: str = Field(pattern=r"^[\w-]{1,100}$")
    status_url: str = ""


class Status(BaseModel):
    status: Literal["IN_QUEUE", "IN_PROGRESS", "COMPLETED"]
    response_url: str | None = None
    error: Any = None
    error_type: Any = None


class File(BaseModel):
    url: str


class Result(BaseModel):
    images: list[File] = []
    image: File | None = None
    has_nsfw_concepts: list[bool] | None = None


class Detail(BaseModel):
    type: Any = None
    loc: list[Any] = []


class Problem(BaseModel):
    detail: list[Detail] | str = ""
    error_type: Any = None


class FalEngine(ProviderEngine):
    """Applications that take a prompt and give an image or a list of images."""

    Options = FalOptions

    async def start(self, request: ImageRequest) -> str:
        """The request's path."""
        options = parsed(FalOptions, request.options)
        size = {"width": request.width, "height": request.height}
        body = options.inputs(request, {options.size_field: size})
        app = (request.reference is not None and options.app_with_image) or options.app
        answer = await self.submit(options, f"/{app}", body, PLATFORM_HEADERS)
        if answer.status in (400, 413, 422):
            _check_request(answer.read_error(Problem), options, request)
        check_started("fal", answer)
        return _path(options, app, answer.read(Submitted))

    async def poll(self, request: ImageRequest, reference: str) -> Pending | Link:
        """The status, and the first image once it is complete."""
        options = parsed(FalOptions, request.options)
        answer = await self.ask(options, "GET", f"{reference}/status")
        check_polled("fal", answer)
        status = answer.read(Status)
        if status.status != "COMPLETED":
            return Pending(POLL_SECONDS)
        # Both forms of the result's address are documented.
        path = f"{reference}/response"
        named = status.response_url == options.base_url + path
        answer = await self.ask(options, "GET", path if named else reference)
        if answer.status != 200:
            _check_failure(answer, status, options, request)
            check_polled("fal", answer)
        result = answer.read(Result)
        if result.has_nsfw_concepts and result.has_nsfw_concepts[0]:
            # The file is there, and black.
            raise EngineFailed("moderated", MODERATED)
        file = result.images[0] if result.images else result.image
        if file is None:
            raise EngineFailed("provider", RESULT_UNUSABLE)
        return Link(file.url, options.base_url)

    async def cancel(self, request: ImageRequest, reference: str) -> None:
        """Takes the request out of the queue, or tells the application to stop."""
        await self.ask(parsed(FalOptions, request.options), "PUT", f"{reference}/cancel")


def _path(options: FalOptions, app: str, submitted: Submitted) -> str:
    path = submitted.status_url.removeprefix(options.base_url).removesuffix("/status")
    tail = f"/requests/{submitted.request_id}"
    if REQUEST_PATH.fullmatch(path) and path.endswith(tail):
        return path
    # As fal's clients build it: without what stands behind owner and application.
    parts = app.split("/")
    return "/" + "/".join(parts[: 3 if parts[0] in NAMESPACES else 2]) + tail


def _check_request(problem: Problem, options: FalOptions, request: ImageRequest) -> None:
    details = problem.detail if isinstance(problem.detail, list) else []
    kinds = {str(detail.type) for detail in details} | {str(problem.error_type)}
    if "content_policy_violation" in kinds:
        raise EngineFailed("moderated", MODERATED)
    about_image = any(options.image_field in detail.loc for detail in details)
    if request.reference is not None and (about_image or kinds & REFERENCE_ERRORS):
        raise EngineFailed("invalid_reference", REFERENCE_REFUSED)
    if kinds & TIMEOUT_ERRORS:
        raise EngineFailed("timeout", TIMED_OUT)


def _check_failure(
    answer: Answer, status: Status, options: FalOptions, request: ImageRequest
) -> None:
    problem = answer.read_error(Problem)
    problem.error_type = problem.error_type or status.error_type
    _check_request(problem, options, request)
    if problem.error_type == "client_cancelled":
        raise EngineFailed("provider", LOST)
    # What the application or fal's machines say is final; other errors are of the queue itself.
    if problem.error_type or status.error or isinstance(problem.detail, list):
        raise EngineFailed("provider", BROKEN)
