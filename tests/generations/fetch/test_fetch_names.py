"""Silent name servers: whoever names such hosts waits for them, and nobody else does."""

import asyncio
import socket
import threading
from collections.abc import Iterator

import pytest

from generations.engines import wire
from generations.engines.failures import EngineFailed
from generations.engines.wire import Wire
from generations.fetch import DNS_THREADS_MAX, FetchFailed, fetch

LIMIT_SECONDS = 5


@pytest.fixture(scope="session", autouse=True)
def database() -> None:
    """Fetching knows no database."""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """The names that were looked up: those of silent.example get no answer, others do not exist."""
    names: list[bytes] = []
    silence = threading.Event()

    def getaddrinfo(name: bytes, *_rest: object, **_more: object) -> None:
        names.append(name)
        if name == b"silent.example":
            silence.wait(10 * LIMIT_SECONDS)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    yield names
    silence.set()


def test_results_do_not_wait_behind_customers_hosts(
    asked: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "RESULT_PAUSES_SECONDS", ())

    async def run() -> None:
        silent = (
            fetch("http://silent.example/a.png", timeout_seconds=0.2)
            for _ in range(2 * DNS_THREADS_MAX)
        )
        answers = await asyncio.gather(*silent, return_exceptions=True)
        assert all(isinstance(each, FetchFailed) for each in answers)
        async with Wire() as connected, asyncio.timeout(LIMIT_SECONDS):
            with pytest.raises(EngineFailed):
                await connected.download("http://files.example/a.png", "http://provider.example")

    asyncio.run(run())
    # Each of a customer's hosts that stays silent holds a thread, and no more than all of theirs.
    assert asked == [b"silent.example"] * DNS_THREADS_MAX + [b"files.example"]
