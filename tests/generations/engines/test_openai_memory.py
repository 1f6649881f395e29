"""How much a request to an Images API keeps in memory, whose answer takes a minute and is large."""

import asyncio
import base64
import json
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from generations.engines.base import Image, ImageRequest, Link
from generations.engines.openai import OpenAIEngine
from generations.engines.reference import Reference
from generations.engines.wire import Wire
from tests.generations.engines.asking import start

PICTURE_BYTES = 8 * 1024 * 1024
SLACK_BYTES = 2 * 1024 * 1024
# More than the network between the two can hold.
ANSWER_BYTES = 24 * 1024 * 1024
CHUNK_BYTES = 64 * 1024
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"


class Provider:
    """Reads a request without keeping it, and answers when it is told to."""

    def __init__(self, answer: object) -> None:
        self.answer = json.dumps(answer).encode()
        self.has_all = asyncio.Event()
        self.may_answer = asyncio.Event()
        self.sent_bytes = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        [length] = [line for line in head.split(b"\r\n") if line.startswith(b"Content-Length: ")]
        left = int(length.partition(b": ")[2])
        while left:
            left -= len(await reader.read(min(left, CHUNK_BYTES)))
        self.has_all.set()
        await self.may_answer.wait()
        writer.write(HEAD % len(self.answer))
        for begin in range(0, len(self.answer), CHUNK_BYTES):
            writer.write(self.answer[begin : begin + CHUNK_BYTES])
            await writer.drain()
            self.sent_bytes += CHUNK_BYTES
        writer.close()


@asynccontextmanager
async def answering(provider: Provider) -> AsyncIterator[tuple[OpenAIEngine, dict[str, str]]]:
    """The engine, and the options that lead to the provider."""
    listener = await asyncio.start_server(provider.serve, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    async with listener, Wire() as wire, asyncio.timeout(20):
        options = {"base_url": f"http://127.0.0.1:{port}", "model": "any", "secret": ""}
        yield OpenAIEngine(wire), options


def test_a_reference_image_is_let_go_of_once_it_is_sent() -> None:
    async def read() -> bytes:
        return b"\x89PNG" + bytes(PICTURE_BYTES)

    async def run() -> tuple[bool, int]:
        places = asyncio.Semaphore(1)
        provider = Provider({"data": [{"b64_json": "AAAA"}]})
        async with answering(provider) as (engine, options):
            request = ImageRequest("1", "a shark", 64, 64, Reference(read, places), options)
            before = tracemalloc.get_traced_memory()[0]
            asked = asyncio.create_task(start(engine, request))
            await provider.has_all.wait()
            is_in_hand = places.locked()
            memory_bytes = tracemalloc.get_traced_memory()[0] - before
            provider.may_answer.set()
            assert await asked == Image(bytes(3))
        assert not places.locked()
        return is_in_hand, memory_bytes

    tracemalloc.start()
    try:
        is_in_hand, memory_bytes = asyncio.run(run())
    finally:
        tracemalloc.stop()
    # The next one's may come in while this one is waited for.
    assert not is_in_hand
    assert memory_bytes < SLACK_BYTES


def test_an_answer_is_not_read_before_there_is_room() -> None:
    picture = bytes(ANSWER_BYTES * 3 // 4)
    provider_says = {"data": [{"b64_json": base64.b64encode(picture).decode()}]}

    async def run() -> Image | Link | str:
        room = asyncio.Event()

        async def make_room() -> None:
            await room.wait()

        provider = Provider(provider_says)
        provider.may_answer.set()
        async with answering(provider) as (engine, options):
            request = ImageRequest("1", "a shark", 64, 64, None, options, make_room)
            asked = asyncio.create_task(engine.start(request))
            await asyncio.sleep(0.5)
            assert 0 < provider.sent_bytes < ANSWER_BYTES // 2
            room.set()
            return await asked

    assert asyncio.run(run()) == Image(picture)


def test_an_address_is_not_gone_to_before_there_is_room() -> None:
    async def run() -> tuple[Image | Link | str, str]:
        provider = Provider({"data": [{"url": "http://127.0.0.1:1/out.png"}]})
        provider.may_answer.set()
        async with answering(provider) as (engine, options):
            request = ImageRequest("1", "a shark", 64, 64, options=options)
            return await engine.start(request), options["base_url"]

    done, origin = asyncio.run(run())
    assert done == Link("http://127.0.0.1:1/out.png", origin, {})
