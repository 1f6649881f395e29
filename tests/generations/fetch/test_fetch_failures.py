"""Servers that are too large, too slow, broken or gone, and the sentence the customer gets."""

import asyncio
import gzip
import socket
import struct
import time
from collections.abc import Sequence

import pytest

from generations.fetch import NOT_FOUND, FetchFailed, fetch
from tests.generations.loopback_server import (
    Handler,
    answer,
    loopback_v4,
    raw_answer,
    refusal,
    serving,
)

BROKEN = "The image URL's host broke off the answer or sent nonsense."


@pytest.mark.parametrize(
    "status", ["204 No Content", "206 Partial", "304 Not Modified", "401 No", "404 No", "500 No"]
)
def test_another_status_than_200_is_named(status: str) -> None:
    assert refusal(answer(status=status)) == f"The image URL answered {status[:3]}."


TOO_LARGE = "The image URL's file is larger than 0.0625 MB."


@pytest.mark.parametrize(
    "handler",
    [
        answer(b"", Content_Length="65537"),
        answer(b"", Content_Length="99999999999999999999"),
        answer(b"x" * 65537, Connection="close"),
        answer(b"10001\r\n" + b"x" * 65537, Transfer_Encoding="chunked"),
    ],
    ids=["declared", "absurd", "until close", "chunked"],
)
def test_a_file_over_the_limit_is_refused(handler: Handler) -> None:
    assert refusal(handler, limit_bytes=65536) == TOO_LARGE


def test_an_endless_body_is_cut_at_the_limit() -> None:
    sent = 0

    async def handle(_request: bytes, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            writer.write(b"x" * 65536)
            await writer.drain()
            sent += 65536

    assert refusal(handle) == "The image URL's file is larger than 10 MB."
    assert 10 * 2**20 <= sent < 30 * 2**20


def in_pieces(size_bytes: int, count: int) -> Handler:
    piece = b"%x\r\n%b\r\n" % (size_bytes, b"x" * size_bytes)
    return answer(piece * count + b"0\r\n\r\n", Transfer_Encoding="chunked")


@pytest.mark.parametrize(("size_bytes", "count"), [(1, 1100), (100, 2000), (400, 5000)])
def test_crumbs_are_refused(size_bytes: int, count: int) -> None:
    """Each takes as long as a large piece, and meanwhile nobody else gets anything."""
    sentence = "The image URL sent its file in too many pieces."
    assert refusal(in_pieces(size_bytes, count)) == sentence


@pytest.mark.parametrize(("size_bytes", "count"), [(1, 900), (1000, 5000)])
def test_small_pieces_are_not(size_bytes: int, count: int) -> None:
    async def run() -> bytes:
        async with serving(in_pieces(size_bytes, count)) as server:
            return await fetch(f"http://127.0.0.1:{server.port}/", allow=loopback_v4)

    assert asyncio.run(run()) == b"x" * size_bytes * count


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "br", "identity, gzip", "unknown"])
def test_a_compressed_answer_is_refused_unopened(encoding: str) -> None:
    bomb = gzip.compress(bytes(20 * 2**20))
    assert len(bomb) < 65536
    sentence = "The image URL sent a compressed answer instead of the image itself."
    assert refusal(answer(bomb, Content_Encoding=encoding), limit_bytes=65536) == sentence


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"


@pytest.mark.parametrize(
    "handler",
    [
        raw_answer(b"", b"", pause_seconds=3.0),
        raw_answer(HEAD, b"", pause_seconds=3.0),
        raw_answer(HEAD, b"x", pause_seconds=0.02, times=150),
        raw_answer(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n", pause_seconds=0.02, times=150),
        raw_answer(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100, pause_seconds=0.0, times=10**6),
    ],
    ids=["silent", "silent body", "slow body", "slow head", "endless continue"],
)
def test_the_time_covers_every_way_to_be_slow(handler: Handler) -> None:
    began = time.monotonic()
    assert refusal(handler, timeout_seconds=0.3) == "The image URL took longer than 0.3 s."
    assert time.monotonic() - began < 2.0


def test_the_time_covers_redirects_together() -> None:
    async def handle(request: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.15)
        await answer(status="302 Found", Location="/again")(request, writer)

    assert refusal(handle, timeout_seconds=0.4) == "The image URL took longer than 0.4 s."


def test_the_time_covers_the_look_up_and_the_handshake() -> None:
    async def never(_host: str, _port: int) -> Sequence[str]:
        await asyncio.sleep(60)
        return []

    async def run() -> None:
        hung_up = asyncio.Event()

        async def mute(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()
            hung_up.set()
            writer.close()

        with pytest.raises(FetchFailed, match=r"longer than 0\.2 s"):
            await fetch("http://images.example/", resolve=never, timeout_seconds=0.2)
        async with await asyncio.start_server(mute, "127.0.0.1", 0) as listener:
            url = f"https://127.0.0.1:{listener.sockets[0].getsockname()[1]}/"
            with pytest.raises(FetchFailed, match=r"longer than 0\.2 s"):
                await fetch(url, allow=loopback_v4, timeout_seconds=0.2)
            await asyncio.wait_for(hung_up.wait(), timeout=1)

    asyncio.run(run())


async def reset(_request: bytes, writer: asyncio.StreamWriter) -> None:
    linger = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    raise ConnectionResetError


@pytest.mark.parametrize(
    "handler",
    [
        reset,
        raw_answer(b""),
        raw_answer(HEAD, b"half"),
        raw_answer(b"SSH-2.0-OpenSSH_9.2\r\n"),
        raw_answer(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n"),
        raw_answer(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"),
        raw_answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        raw_answer(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n" * 50_000),
    ],
    ids=["reset", "closed", "half", "ssh", "two lengths", "negative", "bad chunk", "huge head"],
)
def test_a_broken_answer_is_refused(handler: Handler) -> None:
    assert refusal(handler) == BROKEN


def test_a_closed_port_and_an_unknown_name_are_told_plainly() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # Bound but not listening: every connection is refused.
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        with pytest.raises(FetchFailed, match="host did not accept a connection"):
            asyncio.run(fetch(url, allow=loopback_v4))

    async def unknown(_host: str, _port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(FetchFailed, match=NOT_FOUND):
        asyncio.run(fetch("http://images.example/", resolve=unknown))
