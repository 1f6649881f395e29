"""The wire to the providers: one HTTP client for all engines of a runner.

It sends a request once, reads a bounded answer and says whether the request can have arrived;
only result files are asked for again. It follows no redirect with a secret and knows no provider.
"""

import asyncio
import io
import json as jsonlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Self, TypeVar

import aiohttp
import httpx
from pydantic import BaseModel, ValidationError
from yarl import URL

from generations.engines.data_uris import decoded
from generations.engines.failures import (
    BROKEN,
    RESULT_UNUSABLE,
    UNREACHABLE,
    EngineFailed,
    EngineRefused,
    EngineUncertain,
)
from generations.fetch import (
    REDIRECT_STATUSES,
    REDIRECTS_LIMIT,
    Dns,
    FetchFailed,
    check_form,
    fetch,
    redirected,
)

log = logging.getLogger(__name__)

# Look-up, TCP and TLS together, and the wait for a place among the connections.
CONNECT_TIMEOUT_SECONDS = 5.0
CONNECTIONS_MAX = 1000
UNREACHABLE_SECONDS = 2.0
ANSWER_LIMIT_BYTES = 64 * 1024 * 1024
# So much of an error is read: some repeat the request, and the reference image with it.
ERROR_BYTES = 4 * 1024 * 1024
RESULT_LIMIT_BYTES = 48 * 1024 * 1024
RESULT_TIMEOUT_SECONDS = 20.0
# The image is made and paid for: worth a few more tries, but not the whole deadline.
RESULT_PAUSES_SECONDS = (0.5, 1.0, 2.0)
USER_AGENT = "SharkAPI/1"
NO_HEADERS: Mapping[str, str] = MappingProxyType({})

_resolve_results = Dns("of results")

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Answer:
    """A provider's answer, whole, unless it is an error of many words."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def read(self, kind: type[Model]) -> Model:
        """The body's JSON. Raises EngineUncertain for anything else, such as a proxy's page."""
        try:
            return kind.model_validate_json(self.body)
        except ValidationError:
            raise EngineUncertain(f"status {self.status} without a {kind.__name__}") from None

    def read_error(self, kind: type[Model]) -> Model:
        """The same for an error's body; one without any field set where it is something else."""
        try:
            return kind.model_validate_json(self.body)
        except ValidationError:
            return kind()


class Wire:
    """Use as an async context, inside one event loop."""

    def __init__(self) -> None:
        self._kept = self._session(force_close=False)
        # A kept connection may be closed by the other side just when we send on it, which cannot
        # be told from an answer that got lost. So what must arrive once travels on a new one.
        self._fresh = self._session(force_close=True)

    def _session(self, force_close: bool) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=CONNECTIONS_MAX, force_close=force_close),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": USER_AGENT},
            auto_decompress=False,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self._kept.close()
        await self._fresh.close()

    async def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        timeout_seconds: float,
        json: Any = None,
        form: aiohttp.FormData | None = None,
        limit_bytes: int = ANSWER_LIMIT_BYTES,
        make_room: Callable[[], Awaitable[None]] | None = None,
    ) -> Answer:
        """Sends the request once; a GET or PUT, which may be repeated, perhaps twice.

        `make_room` is awaited before what is not an error is read.

        Raises EngineRefused when no connection came about, so that nothing was sent;
        EngineUncertain when the answer broke off or stayed away; EngineFailed when it is too long.
        """
        session = self._kept if method == "GET" else self._fresh
        # Providers answer small JSON or pictures: nothing that packing would make smaller.
        sent = {"Accept-Encoding": "identity", **headers}
        data: aiohttp.FormData | io.BytesIO | None = form
        if json is not None:
            sent["Content-Type"] = "application/json"
            # A file goes out in pieces, so that a large one does not hold up the loop.
            data = io.BytesIO(jsonlib.dumps(json).encode())
        try:
            async with session.request(
                method,
                URL(url, encoded=True),
                headers=sent,
                data=data,
                timeout=aiohttp.ClientTimeout(timeout_seconds, connect=CONNECT_TIMEOUT_SECONDS),
                allow_redirects=False,
            ) as response:
                if not 200 <= response.status < 300:
                    words = await _read_beginning(response)
                    return Answer(response.status, response.headers, words)
                if make_room:
                    await make_room()
                body = await _read(response, limit_bytes)
                return Answer(response.status, response.headers, body)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise EngineRefused(UNREACHABLE, UNREACHABLE_SECONDS) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise EngineUncertain(f"{method} broke off: {type(error).__name__}") from None

    async def download(
        self, url: str, trusted_origin: str, headers: Mapping[str, str] = NO_HEADERS
    ) -> bytes:
        """A result's file, from its address or out of a data: URI.

        Only the engine's own origin may be inside our network, and only it gets the headers.
        Raises EngineFailed when there is no file to be had.
        """
        if url.startswith("data:"):
            return decoded(url)
        for pause_seconds in (*RESULT_PAUSES_SECONDS, None):
            try:
                if data := await self._file(url, trusted_origin, headers):
                    return data
                reason: Exception = FetchFailed("The result's URL answered with nothing.")
            except (FetchFailed, EngineFailed, EngineUncertain) as error:
                reason = error
            if pause_seconds is None or not _is_transient(reason):
                break
            await asyncio.sleep(pause_seconds)
        log.warning("a result could not be had: %s", reason)
        raise EngineFailed("provider", RESULT_UNUSABLE)

    async def _file(self, url: str, trusted_origin: str, headers: Mapping[str, str]) -> bytes:
        trusted = _origin(httpx.URL(trusted_origin))
        try:
            target = check_form(url)
        except ValueError as error:
            raise FetchFailed("The result's URL cannot be used.") from error
        for _ in range(REDIRECTS_LIMIT + 1):
            if _origin(target) != trusted:
                return await fetch(
                    str(target),
                    limit_bytes=RESULT_LIMIT_BYTES,
                    timeout_seconds=RESULT_TIMEOUT_SECONDS,
                    resolve=_resolve_results,
                )
            answer = await self.call(
                "GET",
                str(target),
                headers=headers,
                timeout_seconds=RESULT_TIMEOUT_SECONDS,
                limit_bytes=RESULT_LIMIT_BYTES,
            )
            if answer.status == 200:
                return answer.body
            if answer.status not in REDIRECT_STATUSES:
                is_transient = answer.status >= 500 or answer.status in (408, 429)
                raise FetchFailed(f"The result's URL answered {answer.status}.", is_transient)
            target = redirected(target, answer.headers.get("Location", ""))
        raise FetchFailed(f"The result's URL redirects more than {REDIRECTS_LIMIT} times.")


async def _read(response: aiohttp.ClientResponse, limit_bytes: int) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(65536):
        body += chunk
        if len(body) > limit_bytes:
            raise EngineFailed("provider", BROKEN)
        # A fast sender must not keep the loop from everybody else.
        await asyncio.sleep(0)
    return bytes(body)


async def _read_beginning(response: aiohttp.ClientResponse) -> bytes:
    try:
        return await response.content.readexactly(ERROR_BYTES)
    except asyncio.IncompleteReadError as shorter:
        return shorter.partial


def _is_transient(reason: Exception) -> bool:
    if isinstance(reason, FetchFailed):
        return reason.is_transient
    return isinstance(reason, EngineRefused | EngineUncertain)


def _origin(url: httpx.URL) -> tuple[bytes, bytes, int | None]:
    return url.raw_scheme, url.raw_host, url.port
