"""Which failed fetches may work in a moment, so that a result which is paid for is not given up."""

import asyncio
import socket

import pytest

from generations.fetch import FetchFailed, fetch
from tests.generations.loopback_server import (
    Handler,
    answer,
    loopback_v4,
    names,
    raw_answer,
    serving,
)

HALF = raw_answer(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n", b"half")


@pytest.fixture(scope="session", autouse=True)
def database() -> None:
    """Fetching knows no database."""


def is_transient(handler: Handler) -> bool:
    async def run() -> bool:
        async with serving(handler) as server:
            url = f"http://127.0.0.1:{server.port}/a.png"
            with pytest.raises(FetchFailed) as caught:
                await fetch(url, allow=loopback_v4, timeout_seconds=0.3, limit_bytes=1024)
        return caught.value.is_transient

    return asyncio.run(run())


@pytest.mark.parametrize(
    "handler",
    [
        answer(status="429 Later"),
        answer(status="500 No"),
        answer(status="503 No"),
        HALF,
        raw_answer(b"", b"", pause_seconds=3.0),
    ],
    ids=["429", "500", "503", "half", "silent"],
)
def test_trouble_on_the_way_passes(handler: Handler) -> None:
    assert is_transient(handler)


@pytest.mark.parametrize(
    "handler",
    [
        answer(status="403 No"),
        answer(status="404 No"),
        answer(b"x" * 2048),
        answer(b"x", Content_Encoding="gzip"),
        answer(status="302 Found", Location="http://10.0.0.1/"),
        answer(status="302 Found", Location="/a.png"),
    ],
    ids=["403", "404", "too large", "packed", "to a private address", "for ever"],
)
def test_what_the_answer_is_stays_so(handler: Handler) -> None:
    assert not is_transient(handler)


def test_a_host_may_come_back_but_a_private_one_stays_private() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # Bound but not listening: every connection is refused.
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        with pytest.raises(FetchFailed) as caught:
            asyncio.run(fetch(url, allow=loopback_v4))
    assert caught.value.is_transient
    with pytest.raises(FetchFailed) as caught:
        asyncio.run(fetch("http://images.example/", resolve=names(["10.0.0.1"])))
    assert not caught.value.is_transient
