"""What every engine is: something that takes a request, and is asked until it has an answer.

Engines know nothing of jobs, money or the database. They say what happened; whether to ask once
more, or another engine, is `generations/runner/work.py`'s to decide.
"""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from generations.engines.failures import LOST, MISCONFIGURED, EngineFailed, EngineRefused
from generations.engines.reference import Reference
from generations.engines.wire import Wire

log = logging.getLogger(__name__)

# A result is noticed this long after it is there, at most; the reference's own pace for polling.
POLL_SECONDS = 2.0
PICTURES_IN_HAND_MAX = 16
# Written as base64 into JSON, one takes five times its size while it is sent.
REFERENCES_IN_HAND_MAX = 8
# Customers' addresses that are being fetched, 10 MB each at most: as many as leave a slow one's
# neighbours time before their deadline.
DOWNLOADS_IN_HAND_MAX = 32


class Options(BaseModel):
    """What the catalogue may say to an engine. Secrets are named here, never written."""

    model_config = ConfigDict(extra="forbid", strict=True)


TypedOptions = TypeVar("TypedOptions", bound=Options)


def parsed(kind: type[TypedOptions], options: dict[str, Any]) -> TypedOptions:
    """The options in their own type. Raises EngineRefused when staff wrote nonsense."""
    try:
        return kind.model_validate(options)
    except ValidationError as error:
        log.error("%s that cannot be used: %s", kind.__name__, _sentence(error))
        raise EngineRefused(MISCONFIGURED) from None


def _sentence(error: ValidationError) -> str:
    # Where and why, never what: it may be a secret that was written into the wrong place.
    first = error.errors(include_input=False)[0]
    where = ".".join(map(str, first["loc"]))
    return f"{where}: {first['msg']}" if where else str(first["msg"])


async def _has_room() -> None:
    """For those who ask for one image."""


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """What to make. `job_id` is the idempotency key, for providers that know one.

    `reference` is in hand during `start`. `make_room` is awaited before an image's bytes come into
    memory, where their place is kept until the job is done.
    """

    job_id: str
    prompt: str
    width: int
    height: int
    reference: Reference | None = None
    options: dict[str, Any] = field(default_factory=dict)
    make_room: Callable[[], Awaitable[None]] = _has_room


@dataclass(frozen=True, slots=True)
class Pending:
    """Not done yet: ask again after so many seconds."""

    retry_after_seconds: float


@dataclass(frozen=True, slots=True)
class Image:
    """Done: the image's bytes as the engine gave them, not yet verified."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Link:
    """Done: where the image's bytes are, for when there is room for them in memory.

    Only `trusted_origin`, the engine's own, may be inside our network, and is sent the headers.
    """

    url: str
    trusted_origin: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Listed:
    """An image that an engine made, for the history. `reference` is what `poll` takes.

    `job_id` is the idempotency key that it was asked with, "" where the engine does not tell.
    """

    reference: str
    job_id: str
    prompt: str
    created_at: datetime


class Engine(ABC):
    """One kind of provider. `problem_of` judges options; the rest talks to the provider.

    Each call raises EngineFailed, EngineRefused or EngineUncertain, from `failures.py`.
    """

    Options: ClassVar[type[Options]] = Options
    # Whether starting one job twice is harmless. Where it is not, a job whose start may have
    # reached the provider is looked for with `find`, or failed free. It is never sent again.
    repeatable: ClassVar[bool] = False
    # Whether `list` works.
    lists: ClassVar[bool] = False

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        # A thousand jobs may all be ready in one second, and their pictures must fit in memory.
        # Each engine has places of its own, so that a slow one's downloads hold up no other.
        self.pictures_in_hand = asyncio.Semaphore(PICTURES_IN_HAND_MAX)
        self.references_in_hand = asyncio.Semaphore(REFERENCES_IN_HAND_MAX)
        self.downloads_in_hand = asyncio.Semaphore(DOWNLOADS_IN_HAND_MAX)

    @classmethod
    def problem_of(cls, options: object) -> str | None:
        """What is wrong with a catalogue row's options, in a sentence for staff, or None."""
        try:
            cls.Options.model_validate(options)
        except ValidationError as error:
            return _sentence(error)
        return None

    @abstractmethod
    async def start(self, request: ImageRequest) -> str | Image | Link:
        """Hands the request over. The answer names it in later polls, or is the image itself."""

    @abstractmethod
    async def poll(self, request: ImageRequest, reference: str) -> Pending | Image | Link:
        """Asks for the answer, from any process, as often as one likes."""

    async def fetched(self, done: Image | Link) -> bytes:
        """The bytes of what is done. Raises EngineFailed when they are not to be had."""
        if isinstance(done, Image):
            return done.data
        return await self.wire.download(done.url, done.trusted_origin, done.headers)

    async def cancel(  # noqa: B027 - where there is nothing to tell, nothing is right.
        self, request: ImageRequest, reference: str
    ) -> None:
        """Tells the provider that nobody waits any more, where it can be told."""

    async def find(self, request: ImageRequest, sent_at: datetime) -> str | None:
        """The reference of a request whose start got no answer; None when it never arrived.

        Raises EngineFailed where the provider cannot tell: then the job ends, free.
        """
        raise EngineFailed("provider", LOST)

    def list(self, options: dict[str, Any], since: datetime) -> AsyncIterator[Listed]:
        """The finished images that the provider made since then, oldest first.

        There may be more than one call gives; the next one, since the last of these, goes on.
        """
        raise NotImplementedError  # Nobody asks an engine whose `lists` is false.
