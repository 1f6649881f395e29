"""The load generator: keeps some connections busy with prepared requests and times each answer.

Plain sockets in one thread, so that it takes little of the processors it shares with the servers.
It checks every answer and never goes on after a wrong one.
"""

import itertools
import math
import re
import selectors
import socket
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

TIMEOUT_SECONDS = 10.0
CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Request:
    """The request's bytes, and what its answer must begin with and contain."""

    data: bytes
    status: int
    contains: bytes


@dataclass(slots=True)
class Load:
    """What was measured: how long it took, and the latency of each request in seconds."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.seconds

    @property
    def median_seconds(self) -> float:
        return statistics.median(self.latencies)


def request(
    method: str,
    path: str,
    headers: Mapping[str, str],
    status: int,
    contains: str,
    body: bytes = b"",
) -> Request:
    """A request as a program with those headers sends it."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Accept: application/json"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    head = "\r\n".join([*lines, "", ""])
    return Request(head.encode() + body, status, contains.encode())


def drive(port: int, scripts: Sequence[Sequence[Request]], seconds: float) -> Load:
    """Sends each script on a connection of its own, over and over, one request at a time.

    Raises RuntimeError at the first answer that is wrong or does not come.
    """
    return _converse(port, [itertools.cycle(script) for script in scripts], seconds)


def send(port: int, scripts: Sequence[Sequence[Request]]) -> Load:
    """Sends each script on a connection of its own, once. Raises RuntimeError as `drive` does."""
    return _converse(port, [iter(script) for script in scripts], math.inf)


def _converse(port: int, scripts: Sequence[Iterator[Request]], seconds: float) -> Load:
    load = Load()
    with selectors.DefaultSelector() as selector:
        connections = [_Connection(port, script) for script in scripts]
        started = time.perf_counter()
        for connection in connections:
            if connection.ask():
                selector.register(connection.socket, selectors.EVENT_READ, connection)
        while selector.get_map() and (now := time.perf_counter()) - started < seconds:
            ready = selector.select(TIMEOUT_SECONDS)
            if not ready:
                raise RuntimeError(f"no answer on port {port} within {TIMEOUT_SECONDS} s")
            for key, _ in ready:
                connection = key.data
                if connection.hear():
                    now = time.perf_counter()
                    load.latencies.append(now - connection.asked_at)
                    if not connection.ask():
                        selector.unregister(connection.socket)
        load.seconds = now - started
        # The last answers are waited for, so that the server is idle afterwards.
        for key in selector.get_map().values():
            while not key.data.hear():
                pass
        for connection in connections:
            connection.socket.close()
    return load


class _Connection:
    """One kept-alive connection with at most one request under way."""

    __slots__ = ("asked_at", "heard", "request", "script", "socket")

    def __init__(self, port: int, script: Iterator[Request]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), TIMEOUT_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.script = script

    def ask(self) -> bool:
        """Sends the script's next request; False at its end."""
        following = next(self.script, None)
        if following is None:
            return False
        self.request = following
        self.heard = b""
        self.asked_at = time.perf_counter()
        self.socket.sendall(self.request.data)
        return True

    def hear(self) -> bool:
        """Takes in what has come; True when the answer is whole. Raises RuntimeError."""
        received = self.socket.recv(65536)
        self.heard += received
        head, _, body = self.heard.partition(b"\r\n\r\n")
        length = CONTENT_LENGTH.search(head)
        if received and (length is None or len(body) < int(length[1])):
            return False
        expected = b"HTTP/1.1 %d " % self.request.status
        if not head.startswith(expected) or self.request.contains not in body:
            raise RuntimeError(f"wrong answer: {self.heard[:2000]!r} to {self.request.data!r}")
        return True
