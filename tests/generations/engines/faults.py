"""What goes wrong with providers, for `server.fails(step, fault)`.

Owns faults of every provider alike: errors in the provider's own form, and the network's. Each
answers one request in the server's stead, or spoils the server's own answer.
"""

import asyncio
import gzip
import json
import socket
import struct
from functools import cache

from aiohttp import web

from tests.generations.engines.servers.server import Answer, Fault, Server

FOR_EVER_SECONDS = 3600.0
CHUNK = bytes(1024 * 1024)
BOMB_BYTES = 64 * 1024 * 1024
# Closing a connection that lingers for no time at all resets it.
LINGER_NOT_AT_ALL = struct.pack("ii", 1, 0)


def problem(name: str, **headers: str) -> Fault:
    """An error as the provider words it; nothing was done."""

    async def fault(server: Server, _request: web.Request, _answer: Answer) -> web.StreamResponse:
        refused = server.refusal(name)
        given = {key.replace("_", "-"): value for key, value in headers.items()}
        return web.json_response(refused.body, status=refused.status, headers=given)

    return fault


def text(status: int, body: str, content_type: str = "text/html") -> Fault:
    """Something that is not the provider's: a proxy's page, or other JSON."""

    async def fault(_server: Server, _request: web.Request, _answer: Answer) -> web.StreamResponse:
        return web.Response(status=status, text=body, content_type=content_type)

    return fault


def page(status: int) -> Fault:
    """A proxy's page."""
    return text(status, f"<html><head><title>{status}</title></head><body>nginx</body></html>")


def value(status: int, body: object) -> Fault:
    """JSON, and not what was promised."""
    return text(status, json.dumps(body), "application/json")


def padded(size_bytes: int) -> Fault:
    """The right answer, with more in it than anybody asked for."""

    async def fault(_server: Server, _request: web.Request, answer: Answer) -> web.StreamResponse:
        given = await answer()
        assert isinstance(given, web.Response)
        body = json.loads(given.text or "")
        return web.json_response(body | {"logs": "x" * size_bytes}, status=given.status)

    return fault


def echo(status: int) -> Fault:
    """Everything that was sent, the secret too, comes back."""

    async def fault(_server: Server, request: web.Request, _answer: Answer) -> web.StreamResponse:
        sent = {**request.headers, "body": (await request.read()).decode(errors="replace")}
        return web.json_response(
            {"detail": str(sent), "error": {"message": str(sent), "code": str(sent)}, **sent},
            status=status,
        )

    return fault


def slow(seconds: float) -> Fault:
    """The right answer, after a while."""

    async def fault(_server: Server, _request: web.Request, answer: Answer) -> web.StreamResponse:
        await asyncio.sleep(seconds)
        return await answer()

    return fault


def hang(after_work: bool = False) -> Fault:
    """No answer ever."""

    async def fault(_server: Server, _request: web.Request, answer: Answer) -> web.StreamResponse:
        if after_work:
            await answer()
        await asyncio.sleep(FOR_EVER_SECONDS)
        raise AssertionError("somebody waited for an hour")

    return fault


def lost(after_work: bool = True) -> Fault:
    """The connection is reset before the answer; the work is done all the same, or is not."""

    async def fault(_server: Server, request: web.Request, answer: Answer) -> web.StreamResponse:
        given = await answer() if after_work else web.Response()
        _reset(request)
        return given

    return fault


def cut() -> Fault:
    """The work is done, and the connection is reset in the middle of the answer."""

    async def fault(_server: Server, request: web.Request, answer: Answer) -> web.StreamResponse:
        given = await answer()
        assert isinstance(given, web.Response)
        body = given.body
        assert isinstance(body, bytes)
        begun = web.StreamResponse(status=given.status, headers={"Content-Length": str(len(body))})
        await begun.prepare(request)
        await begun.write(body[: len(body) // 2])
        # The first half shall be there before the connection is not.
        await asyncio.sleep(0.02)
        _reset(request)
        return begun

    return fault


def endless(status: int = 200) -> Fault:
    """An answer without an end, as fast as it is read."""

    async def fault(_server: Server, request: web.Request, _answer: Answer) -> web.StreamResponse:
        headers = {"Content-Type": "application/json"}
        begun = web.StreamResponse(status=status, headers=headers)
        await begun.prepare(request)
        while True:
            await begun.write(CHUNK)

    return fault


@cache
def bomb() -> Fault:
    """A few hundred kilobytes that unpack to much more."""
    packed = gzip.compress(bytes(BOMB_BYTES), compresslevel=1)

    async def fault(_server: Server, _request: web.Request, _answer: Answer) -> web.StreamResponse:
        headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
        return web.Response(body=packed, headers=headers)

    return fault


def redirect(url: str, status: int = 307) -> Fault:
    """Elsewhere."""

    async def fault(_server: Server, _request: web.Request, _answer: Answer) -> web.StreamResponse:
        return web.Response(status=status, headers={"Location": url})

    return fault


def _reset(request: web.Request) -> None:
    assert request.transport is not None
    connection = request.transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NOT_AT_ALL)
    request.transport.abort()
