"""Replicate's predictions: created, asked for, cancelled and listed.

https://replicate.com/docs/reference/http. A prediction carries no key of ours, so that one whose
creation got no answer cannot be told from another.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode

from pydantic import AwareDatetime, BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from generations.engines.base import POLL_SECONDS, ImageRequest, Link, Listed, Pending, parsed
from generations.engines.failures import (
    BROKEN,
    LOST,
    REFERENCE_REFUSED,
    RESULT_UNUSABLE,
    TIMED_OUT,
    EngineFailed,
    EngineUncertain,
)
from generations.engines.listing import oldest_first
from generations.engines.provider import ModelOptions, ProviderEngine
from generations.engines.statuses import check_polled, check_started
from generations.engines.wire import Answer
from generations.engines.words import failure_in

# No job waits longer, so what nobody cancelled need not run on.
# https://replicate.com/changelog/2025-10-16-prediction-deadlines
CANCEL_AFTER = {"Cancel-After": "180s"}


class ReplicateOptions(ModelOptions):
    """Either `model`, such as owner/name, or `version`, for models that are not official."""

    base_url: str = "https://api.replicate.com/v1"
    secret: str = Field(default="REPLICATE_API_TOKEN")
    model: str = Field(default="", pattern=r"^(\w[\w.-]*/\w[\w.-]*)?$")
    version: str = Field(default="", pattern=r"^[\w./:-]*$")
    width_field: str = "width"
    height_field: str = "height"
    image_field: str = "image"

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if bool(self.model) == bool(self.version):
            raise PydanticCustomError("model", "Give either model or version.")
        return self

    def made(self, prediction: "ListedPrediction") -> bool:
        """Whether the prediction is one of this model's, and has a file still."""
        if prediction.status != "succeeded" or not prediction.output:
            return False
        if self.model:
            return prediction.model == self.model
        return prediction.version == self.version.rpartition(":")[2]


class Prediction(BaseModel):
    id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,100}$")
    status: str
    output: Any = None
    error: Any = None


class ListedPrediction(Prediction):
    model: str | None = None
    version: str | None = None
    input: dict[str, Any] | None = None
    created_at: AwareDatetime

    def prompt(self, field: str) -> str:
        return str((self.input or {}).get(field, ""))


class Page(BaseModel):
    next: str | None = None
    results: list[ListedPrediction]


class Problem(BaseModel):
    detail: Any = None
    retry_after: float | None = Field(default=None, ge=0, allow_inf_nan=False)


class ReplicateEngine(ProviderEngine):
    """Models and versions; the files they give are public for an hour."""

    Options = ReplicateOptions
    lists = True

    async def start(self, request: ImageRequest) -> str:
        """The prediction's id."""
        options = parsed(ReplicateOptions, request.options)
        size = {options.width_field: request.width, options.height_field: request.height}
        body: dict[str, Any] = {"input": options.inputs(request, size)}
        path = f"/models/{options.model}/predictions"
        if options.version:
            path, body["version"] = "/predictions", options.version
        answer = await self.submit(options, path, body, CANCEL_AFTER)
        problem = answer.read_error(Problem)
        # Such as "- input.image: Does not match format 'uri'".
        about_image = f"input.{options.image_field}" in str(problem.detail)
        if answer.status in (400, 422) and request.reference is not None and about_image:
            raise EngineFailed("invalid_reference", REFERENCE_REFUSED)
        check_started("replicate", answer, problem.retry_after)
        return answer.read(Prediction).id

    async def poll(self, request: ImageRequest, reference: str) -> Pending | Link:
        """The first file of the prediction's output, once there is one."""
        options = parsed(ReplicateOptions, request.options)
        prediction = (await self._get(options, f"/predictions/{reference}")).read(Prediction)
        match prediction.status:
            case "starting" | "processing":
                return Pending(POLL_SECONDS)
            case "succeeded":
                url = _first_file(prediction.output)
                return Link(url, options.base_url)
            case "failed":
                failure = failure_in(str(prediction.error), request.reference is not None)
                raise failure or EngineFailed("provider", BROKEN)
            case "canceled":
                raise EngineFailed("provider", LOST)
            case "aborted":
                raise EngineFailed("timeout", TIMED_OUT)
        raise EngineUncertain("replicate answered with a status that is not documented")

    async def cancel(self, request: ImageRequest, reference: str) -> None:
        """Stops the prediction, unless it is done."""
        options = parsed(ReplicateOptions, request.options)
        await self.ask(options, "POST", f"/predictions/{reference}/cancel")

    def list(self, options: dict[str, Any], since: datetime) -> AsyncIterator[Listed]:
        """This model's predictions that have an output; Replicate removes it after an hour."""
        ours = parsed(ReplicateOptions, options)

        async def pages(since: datetime, until: datetime | None) -> AsyncIterator[list[Listed]]:
            query = [("created_after", since.isoformat())]
            if until:
                query.append(("created_before", until.isoformat()))
            while query:
                page = (await self._get(ours, f"/predictions?{urlencode(query)}")).read(Page)
                yield [
                    Listed(each.id, "", each.prompt(ours.prompt_field), each.created_at)
                    for each in page.results
                    if ours.made(each)
                ]
                # The secret goes to our own address, whichever one the page names.
                query = parse_qsl((page.next or "").partition("?")[2])

        return oldest_first(pages, since)

    async def _get(self, options: ReplicateOptions, path: str) -> Answer:
        answer = await self.ask(options, "GET", path)
        if answer.status != 200:
            check_polled("replicate", answer, answer.read_error(Problem).retry_after)
        return answer


def _first_file(output: object) -> str:
    first = output[0] if isinstance(output, list) and output else output
    if not isinstance(first, str):
        raise EngineFailed("provider", RESULT_UNUSABLE)
    return first
