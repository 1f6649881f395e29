"""Local servers that speak the image providers' documented protocols.

`with serve("replicate") as server:` runs one in a thread; `python -m` this package runs one as a
process of its own, without faults. They stand for the providers and know nothing of the engines.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.generations.engines.servers.fal import Fal
from tests.generations.engines.servers.openai import OpenAI
from tests.generations.engines.servers.replicate import Replicate
from tests.generations.engines.servers.server import Server
from tests.generations.engines.servers.sharkapi import SharkAPI
from tests.generations.engines.servers.trap import Trap

SERVERS: dict[str, type[Server]] = {
    server.name: server for server in (OpenAI, Replicate, Fal, SharkAPI, Trap)
}


@contextmanager
def serve(name: str, port: int = 0, **options: Any) -> Iterator[Server]:
    """The provider's server on a free port, or on this one."""
    server = SERVERS[name](**options)
    server.start(port)
    try:
        yield server
    finally:
        server.stop()
