"""Another deployment of SharkAPI: a front office in front of a hosted engine.

It speaks the public API alone, so that either side may be older or newer. A job is sent with our
job's id as its idempotency key, by which it can be found again when the answer is lost.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any, ClassVar, Literal
from urllib.parse import urlencode

from pydantic import AwareDatetime, BaseModel, Field

from generations.engines.base import POLL_SECONDS, ImageRequest, Link, Listed, Pending, parsed
from generations.engines.data_uris import data_uri
from generations.engines.failures import (
    BROKEN,
    LOST,
    REFERENCE_REFUSED,
    RESULT_UNUSABLE,
    EngineFailed,
    EngineUncertain,
)
from generations.engines.listing import oldest_first
from generations.engines.provider import ProviderEngine
from generations.engines.secrets import ProviderOptions
from generations.engines.statuses import check_polled, check_started, misconfigured
from generations.engines.wire import Answer
from generations.engines.words import failure_in

PAGE_SIZE = 100
PAGES_MAX = 200
# The other side's clock may be behind ours by this much.
CLOCK_MARGIN = timedelta(minutes=5)


class SharkAPIOptions(ProviderOptions):
    """`variant`: what to ask for there; "" leaves it to the other side."""

    credential_header: ClassVar[str] = "X-API-Key"
    credential_scheme: ClassVar[str] = ""

    secret: str = Field(default="SHARKAPI_UPSTREAM_KEY")
    variant: str = ""


class Accepted(BaseModel):
    job_id: str = Field(pattern=r"^[A-Za-z0-9-]{1,64}$")


class RemoteJob(Accepted):
    status: Literal["queued", "processing", "completed", "failed"]
    image_url: str | None = None
    error: str | None = None


class ListedJob(RemoteJob):
    created_at: AwareDatetime
    variant: str = ""
    prompt: str = ""
    idempotency_key: str | None = None


class Page(BaseModel):
    jobs: list[ListedJob]
    next_cursor: str | None = None


class Problem(BaseModel):
    error: str = ""


class SharkAPIEngine(ProviderEngine):
    """The other side's jobs; what it charges, it charges to the key's account."""

    Options = SharkAPIOptions
    lists = True

    async def start(self, request: ImageRequest) -> str:
        """The other side's job id."""
        options = parsed(SharkAPIOptions, request.options)
        body = {"prompt": request.prompt}
        if options.variant:
            body["variant"] = options.variant
        if request.reference is not None:
            body["image"] = data_uri(request.reference.data)
        key = {"Idempotency-Key": request.job_id}
        answer = await self.submit(options, "/api/v1/image", body, key)
        about_image = "image" in answer.read_error(Problem).error.lower()
        if answer.status == 400 and request.reference is not None and about_image:
            raise EngineFailed("invalid_reference", REFERENCE_REFUSED)
        if answer.status == 422:
            # It has no active model for the variant.
            raise misconfigured("sharkapi", answer)
        check_started("sharkapi", answer)
        return answer.read(Accepted).job_id

    async def poll(self, request: ImageRequest, reference: str) -> Pending | Link:
        """The image, once the other side's job is completed."""
        options = parsed(SharkAPIOptions, request.options)
        job = (await self._get(options, f"/{reference}")).read(RemoteJob)
        if job.status == "failed":
            failure = failure_in(job.error or "", request.reference is not None)
            raise failure or EngineFailed("provider", BROKEN)
        if job.status != "completed":
            return Pending(POLL_SECONDS)
        if not job.image_url:
            raise EngineFailed("provider", RESULT_UNUSABLE)
        return Link(job.image_url, options.base_url)

    async def cancel(self, request: ImageRequest, reference: str) -> None:
        """Cancels the other side's job. Deployments that cannot answer 404, which is as well."""
        options = parsed(SharkAPIOptions, request.options)
        await self.ask(options, "POST", f"/api/v1/jobs/{reference}/cancel")

    async def find(self, request: ImageRequest, sent_at: datetime) -> str | None:
        """The other side's job with our idempotency key."""
        options = parsed(SharkAPIOptions, request.options)
        pages = 0
        async for page in self._pages(options, created_after=sent_at - CLOCK_MARGIN):
            pages += 1
            if pages > PAGES_MAX:
                raise EngineUncertain(f"sharkapi has more than {PAGES_MAX} pages of jobs")
            for job in page.jobs:
                # An older deployment lists jobs without keys, or answers 404 or 405 to the list.
                if "idempotency_key" not in job.model_fields_set:
                    raise EngineFailed("provider", LOST)
                if job.idempotency_key == request.job_id:
                    return job.job_id
        return None

    def list(self, options: dict[str, Any], since: datetime) -> AsyncIterator[Listed]:
        """The completed jobs of the variant."""
        ours = parsed(SharkAPIOptions, options)

        async def pages(since: datetime, until: datetime | None) -> AsyncIterator[list[Listed]]:
            async for page in self._pages(ours, since, until, status="completed"):
                yield [
                    Listed(job.job_id, job.idempotency_key or "", job.prompt, job.created_at)
                    for job in page.jobs
                    if not ours.variant or job.variant == ours.variant
                ]

        return oldest_first(pages, since)

    async def _pages(
        self,
        options: SharkAPIOptions,
        created_after: datetime,
        created_before: datetime | None = None,
        **query: str,
    ) -> AsyncIterator[Page]:
        """The jobs of that time, newest first."""
        query |= {"created_after": created_after.isoformat(), "limit": str(PAGE_SIZE)}
        if created_before:
            query["created_before"] = created_before.isoformat()
        while True:
            page = (await self._get(options, f"?{urlencode(query)}")).read(Page)
            yield page
            if not page.next_cursor:
                return
            query["cursor"] = page.next_cursor

    async def _get(self, options: SharkAPIOptions, path: str) -> Answer:
        answer = await self.ask(options, "GET", f"/api/v1/jobs{path}")
        check_polled("sharkapi", answer)
        return answer
