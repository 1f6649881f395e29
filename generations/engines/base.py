"""What every engine is: something that takes a request, and is asked until it has an answer.

Engines know nothing of jobs, money or the database.
"""

from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """What to make. `job_id` doubles as the idempotency key for providers that know one."""

    job_id: str
    prompt: str
    width: int
    height: int
    reference: bytes | None = None
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pending:
    """Not done yet: ask again after so many seconds."""

    retry_after_seconds: float


@dataclass(frozen=True, slots=True)
class Image:
    """Done: the image's bytes as the engine gave them, not yet verified."""

    data: bytes


class EngineFailed(Exception):
    """The engine will not make this image; `kind` is one of Job.FailureKind, free for the customer.

    The text is shown to the customer.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Engine(Protocol):
    """One provider of images."""

    # Whether starting one job twice is harmless. Where it is not, a job whose start may or may
    # not have reached the provider is failed, free, and never sent again.
    repeatable: bool

    async def start(self, request: ImageRequest) -> str:
        """Hands the request over; the reference names it in later polls.

        Raises EngineFailed.
        """
        ...

    async def poll(self, request: ImageRequest, reference: str) -> Pending | Image:
        """Asks for the answer, from any process. Raises EngineFailed."""
        ...
