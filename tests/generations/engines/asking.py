"""Asks an engine as a runner does: in a loop, with a wire, and again until there is an answer.

Owns the requests that the tests make and the ways to put them; what they prove is said there.
"""

import asyncio
import io
import uuid
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from typing import Any, TypeVar

import pytest
from PIL import Image as Pillow

from generations.engines import ENGINES, failures
from generations.engines.base import Engine, Image, ImageRequest, Link, Pending
from generations.engines.failures import EngineFailed, EngineUncertain
from generations.engines.reference import Reference
from generations.engines.wire import Wire
from tests.generations.engines.servers.server import Server

T = TypeVar("T")

SENTENCES = {text for name, text in vars(failures).items() if name.isupper()}
# A runner that asked less often would notice results too late.
POLL_SECONDS_MAX = 2.5
# Nothing here takes longer, unless an engine waits where it should not.
PATIENCE_SECONDS = 5.0


def photo(form: str = "PNG") -> bytes:
    """A reference image, of a colour that nothing else has."""
    out = io.BytesIO()
    Pillow.new("RGB", (96, 48), (200, 120, 40)).save(out, form)
    return out.getvalue()


def kept(picture: bytes) -> Reference:
    """A reference image in a store."""

    async def read() -> bytes:
        return picture

    return Reference(read, asyncio.Semaphore())


def request_to(
    server: Server, prompt: str = "a shark", reference: bytes | None = None, **fields: Any
) -> ImageRequest:
    """A request for the server's usual size, with its options."""
    if reference is not None:
        fields["reference"] = kept(reference)
    # One provider's size is the variant's.
    width = 64 if server.name == "sharkapi" else 128
    options = {**server.options, **fields.pop("options", {})}
    return ImageRequest(str(uuid.uuid4()), prompt, width, 64, options=options, **fields)


def ask(name: str, question: Callable[[Engine], Awaitable[T]]) -> T:
    """The engine's answer, out of a loop and a wire of its own."""

    async def run() -> T:
        async with Wire() as wire, asyncio.timeout(PATIENCE_SECONDS):
            return await question(ENGINES[name](wire))

    return asyncio.run(run())


async def start(engine: Engine, request: ImageRequest) -> str | Image | Link:
    """What the engine says to a request whose reference image is in hand."""
    async with request.reference or nullcontext():
        return await engine.start(request)


async def finish(engine: Engine, request: ImageRequest) -> bytes:
    """The image's bytes, however often one must ask."""
    started = await start(engine, request)
    if isinstance(started, str):
        return await wait(engine, request, started)
    return await engine.fetched(started)


async def wait(engine: Engine, request: ImageRequest, reference: str) -> bytes:
    """The image's bytes of a request that was started by whomever."""
    while True:
        answer = await engine.poll(request, reference)
        if not isinstance(answer, Pending):
            return await engine.fetched(answer)
        assert 0 < answer.retry_after_seconds <= POLL_SECONDS_MAX
        await asyncio.sleep(0.01)


def image_of(server: Server, request: ImageRequest) -> bytes:
    return ask(server.name, lambda engine: finish(engine, request))


def reference_of(server: Server, request: ImageRequest) -> str:
    """How the engine calls a request that it started."""
    reference = ask(server.name, lambda engine: start(engine, request))
    assert isinstance(reference, str)
    return reference


def poll(server: Server, request: ImageRequest, reference: str) -> Pending | Image:
    async def question(engine: Engine) -> Pending | Image:
        answer = await engine.poll(request, reference)
        if isinstance(answer, Pending):
            return answer
        return Image(await engine.fetched(answer))

    return ask(server.name, question)


def failure_of(
    call: Callable[[], object],
    kind: type[EngineFailed | EngineUncertain] | tuple[type[Exception], ...],
) -> Any:
    """The failure that the call ends with: of this kind, and fit for whoever reads it."""
    with pytest.raises(kind) as caught:
        call()
    failure = caught.value
    if isinstance(failure, EngineFailed):
        assert failure.message in SENTENCES
        assert str(failure) == failure.message
    return failure
