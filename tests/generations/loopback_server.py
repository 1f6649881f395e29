"""Real servers on loopback, good and bad, for the tests of the guarded transport.

It owns servers and name servers only; what they prove is said in the tests.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from generations.fetch import FetchFailed, Resolve, fetch
from generations.fetch.addresses import Address

IMAGE = bytes(range(256)) * 1024

Handler = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


class Server:
    """A loopback server that keeps the head of every request it was sent."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.connections = 0
        self.requests: list[bytes] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                self.requests.append(await reader.readuntil(b"\r\n\r\n"))
                await self.handler(self.requests[-1], writer)
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            pass  # The client hung up, as it should after a refusal.
        finally:
            writer.close()


@asynccontextmanager
async def serving(
    handler: Handler,
    host: str = "127.0.0.1",
    port: int = 0,
    ssl_context: ssl.SSLContext | None = None,
) -> AsyncIterator[Server]:
    server = Server(handler)
    listener = await asyncio.start_server(server.serve, host, port, ssl=ssl_context)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()


def answer(body: bytes = b"", status: str = "200 OK", **headers: str) -> Handler:
    lines = [f"HTTP/1.1 {status}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if not {"Content_Length", "Transfer_Encoding", "Connection"} & set(headers):
        lines.append(f"Content-Length: {len(body)}")
    raw = "\r\n".join([*lines, "", ""]).encode() + body

    async def handle(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        if headers.get("Connection") == "close":
            raise ConnectionResetError

    return handle


def raw_answer(*pieces: bytes, pause_seconds: float = 0.0, times: int = 1) -> Handler:
    async def handle(_request: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(pieces[0])
        for _ in range(times):
            for piece in pieces[1:]:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(pause_seconds)
        raise ConnectionResetError

    return handle


def loopback_v4(address: Address) -> bool:
    return str(address) == "127.0.0.1"


def names(*rounds: Sequence[str]) -> Resolve:
    """A name server that gives each round's addresses once, and the last round's ever after."""
    left = list(rounds)

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


def refusal(handler: Handler, **options: Any) -> str:
    """Fetch from a server that is allowed, and return the sentence of the refusal."""

    async def run() -> str:
        async with serving(handler) as server:
            url = f"http://127.0.0.1:{server.port}/a.png"
            with pytest.raises(FetchFailed) as caught:
                await fetch(url, **{"allow": loopback_v4, "timeout_seconds": 5.0, **options})
        return str(caught.value)

    return asyncio.run(run())
