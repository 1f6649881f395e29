"""The guarded transport: how a background worker gets the file behind a customer's `image_url`.

Every connection, a redirect's included, goes to an address that was looked up and judged here.
It never reads the database, a proxy setting or a cookie, and never says what an address was.
"""

import asyncio
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from functools import cache
from ipaddress import ip_address

import httpcore
import httpx
from django.utils.translation import gettext_noop

from generations.fetch.addresses import Address, is_public

URL_LIMIT_CHARACTERS = 2048
REDIRECTS_LIMIT = 3
# One silent address must leave time for the next one of the same host.
CONNECT_TIMEOUT_SECONDS = 5.0
# Pieces smaller than this on average are refused, after the first of them.
CHUNK_MEAN_BYTES = 512
CHUNKS_MIN = 1000
REDIRECT_STATUSES = {301, 302, 303, 307, 308}
HEADERS = [
    (b"User-Agent", b"SharkAPI/1 (+image fetch)"),
    (b"Accept", b"image/png,image/jpeg,image/webp,*/*;q=0.1"),
    (b"Accept-Encoding", b"identity"),
]
# An unusable name, one that leads inside and one that does not exist share a sentence, so that
# it tells nobody which internal names exist.
NOT_FOUND = gettext_noop("The image URL's host was not found on the public internet.")
# These have a number in them.
ANSWERED = gettext_noop("The image URL answered %s.")
TOO_LARGE = gettext_noop("The image URL's file is larger than %s MB.")
TOO_MANY_REDIRECTS = gettext_noop("The image URL redirects more than %s times.")
TOO_SLOW = gettext_noop("The image URL took longer than %s s.")

_LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST_NAME = re.compile(rf"(?=.{{1,254}}$){_LABEL}(\.{_LABEL})*\.?", re.ASCII)
_IPV6_LITERAL = re.compile(r"[0-9a-f:.]*:[0-9a-f:.]*", re.ASCII | re.IGNORECASE)
DNS_THREADS_MAX = 32

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
Allow = Callable[[Address], bool]


class FetchFailed(Exception):
    """The file could not be had; `str()` is a sentence for the customer, without internals.

    `is_transient`: the same URL may well work in a moment.
    """

    def __init__(self, message: str, is_transient: bool = False) -> None:
        super().__init__(message)
        self.is_transient = is_transient


def check_form(url: str) -> httpx.URL:
    """Return the parsed URL; raise ValueError, with a customer's sentence, if it cannot be used.

    Form only: http or https, a host, no user or password, a port of 1-65535, no blanks, control
    characters or backslashes, at most 2048 characters. No name is looked up.
    """
    if len(url) > URL_LIMIT_CHARACTERS:
        raise ValueError(f"image_url must be at most {URL_LIMIT_CHARACTERS} characters long.")
    if "\\" in url or " " in url or not url.isprintable():
        raise ValueError("image_url must not contain spaces, control characters or backslashes.")
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise ValueError("image_url must be a valid URL.") from error
    if parsed.scheme not in ("http", "https"):
        raise ValueError("image_url must start with http:// or https://.")
    if parsed.userinfo:
        raise ValueError("image_url must not contain a user name or password.")
    host = parsed.raw_host.decode("ascii")
    if not (_HOST_NAME.fullmatch(host) or _IPV6_LITERAL.fullmatch(host)):
        raise ValueError("image_url must name a valid host.")
    if parsed.port is not None and not 1 <= parsed.port <= 65535:
        raise ValueError("image_url must use a port from 1 to 65535.")
    return parsed


class Dns:
    """Looks names up, in threads of its own.

    A name server that stays silent holds its thread long after our timeout. The loop's own few
    threads serve everything else in the process, so they are not risked.
    """

    def __init__(self, name: str) -> None:
        self._threads = ThreadPoolExecutor(DNS_THREADS_MAX, thread_name_prefix=f"dns {name}")

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Return the addresses of `host` in the order to try them; raise OSError if none."""
        # Bytes keep Python from encoding the name a second time, in its own way.
        name = host.encode("ascii")
        answers = await asyncio.get_running_loop().run_in_executor(
            self._threads, lambda: socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
        )
        return [str(answer[4][0]) for answer in answers]


# Customers name hosts as they like: only their own look-ups wait behind silent ones.
resolve_for_customers = Dns("of image_url")


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens TCP connections, each to the very address that was judged just before.

    `opened` closes them all: httpcore forgets a connection that is cancelled in its TLS
    handshake, and a silent server could so keep one open for ever.
    """

    def __init__(self, resolve: Resolve, allow: Allow, opened: AsyncExitStack) -> None:
        self._resolve = resolve
        self._allow = allow
        self._opened = opened
        self._tcp = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            addresses = [ip_address(text) for text in await self._resolve(host, port)]
        except OSError as error:
            raise FetchFailed(NOT_FOUND, is_transient=True) from error
        # One private address among public ones is a trap, not a choice to be made.
        if not addresses or not all(self._allow(address) for address in addresses):
            raise FetchFailed(NOT_FOUND)
        for address in addresses:
            try:
                stream = await self._tcp.connect_tcp(str(address), port, CONNECT_TIMEOUT_SECONDS)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
            self._opened.push_async_callback(stream.aclose)
            return stream
        refused = gettext_noop("The image URL's host did not accept a connection.")
        raise FetchFailed(refused, is_transient=True)


async def fetch(
    url: str,
    *,
    limit_bytes: int = 10 * 1024 * 1024,
    timeout_seconds: float = 15.0,
    resolve: Resolve = resolve_for_customers,
    allow: Allow = is_public,
    ssl_context: ssl.SSLContext | None = None,
) -> bytes:
    """Return the bytes behind `url`, following at most 3 redirects; raise FetchFailed.

    The time covers everything from look-up to last byte. `resolve`, `allow` and `ssl_context`
    exist for servers on loopback; the defaults are the rule for customers' URLs.
    """
    try:
        target = check_form(url)
    except ValueError as error:
        raise FetchFailed(str(error)) from error
    opened = AsyncExitStack()
    pool = httpcore.AsyncConnectionPool(
        ssl_context=ssl_context or _default_ssl_context(),
        network_backend=GuardedBackend(resolve, allow, opened),
    )
    try:
        async with opened, asyncio.timeout(timeout_seconds), pool:
            return await _get(pool, target, limit_bytes)
    except TimeoutError as error:
        raise FetchFailed(TOO_SLOW % f"{timeout_seconds:g}", is_transient=True) from error
    except httpcore.ConnectError as error:
        # The backend answers for TCP, so what remains of connecting is the TLS handshake.
        untrusted = gettext_noop("The image URL's host failed the TLS certificate check.")
        raise FetchFailed(untrusted) from error
    except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
        # A TLS error after the handshake comes through as the OSError that it is.
        broken = gettext_noop("The image URL's host broke off the answer or sent nonsense.")
        raise FetchFailed(broken, is_transient=True) from error


@cache
def _default_ssl_context() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


async def _get(pool: httpcore.AsyncConnectionPool, url: httpx.URL, limit_bytes: int) -> bytes:
    for _ in range(REDIRECTS_LIMIT + 1):
        target = httpcore.URL(
            scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
        )
        headers = [(b"Host", url.netloc), *HEADERS]
        async with pool.stream("GET", target, headers=headers) as response:
            if response.status not in REDIRECT_STATUSES:
                return await _read(response, limit_bytes)
            url = redirected(url, httpx.Headers(response.headers).get("location", ""))
    raise FetchFailed(TOO_MANY_REDIRECTS % REDIRECTS_LIMIT)


def redirected(url: httpx.URL, location: str) -> httpx.URL:
    """Where the Location header leads from `url`; raise FetchFailed if nobody should go there."""
    try:
        following = check_form(str(url.join(location))) if location else None
    except (httpx.InvalidURL, ValueError):
        following = None
    # Who asked for https was promised that nobody on the way can swap the image.
    if following is None or (url.scheme, following.scheme) == ("https", "http"):
        raise FetchFailed(gettext_noop("The image URL redirects to a URL that is not allowed."))
    return following


async def _read(response: httpcore.Response, limit_bytes: int) -> bytes:
    if response.status != 200:
        is_transient = response.status >= 500 or response.status in (408, 429)
        raise FetchFailed(ANSWERED % response.status, is_transient)
    headers = httpx.Headers(response.headers)
    # Nothing is ever unpacked, so a few bytes cannot grow into gigabytes.
    if headers.get("content-encoding", "identity").lower() != "identity":
        packed = gettext_noop("The image URL sent a compressed answer instead of the image itself.")
        raise FetchFailed(packed)
    too_large = FetchFailed(TOO_LARGE % f"{limit_bytes / 2**20:g}")
    if int(headers.get("content-length", "0")) > limit_bytes:
        raise too_large
    body = bytearray()
    chunks = 0
    async for chunk in response.aiter_stream():
        body += chunk
        chunks += 1
        if len(body) > limit_bytes:
            raise too_large
        # Byte by byte, one file would keep the loop from everybody else.
        if chunks > CHUNKS_MIN + len(body) / CHUNK_MEAN_BYTES:
            raise FetchFailed(gettext_noop("The image URL sent its file in too many pieces."))
        await asyncio.sleep(0)
    return bytes(body)
