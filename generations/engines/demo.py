"""The embedded engine: paints a picture from the prompt on this machine, with no network.

It keeps nothing between calls: the reference is the time at which the picture may be ready, so
any process can go on where another died.
"""

import asyncio
import os
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

from pydantic import Field

from generations.engines import base
from generations.engines.base import Engine, Image, ImageRequest, Pending, parsed

POLL_SECONDS = 0.5
SECONDS_MAX = 170

# Painting is arithmetic: more threads than cores would only take turns.
_painters = ThreadPoolExecutor(max_workers=os.cpu_count(), thread_name_prefix="painter")


class DemoOptions(base.Options):
    """`seconds`: how long it pretends to think before it paints."""

    seconds: float = Field(default=0, ge=0, le=SECONDS_MAX)


class DemoEngine(Engine):
    """Needs nothing."""

    Options = DemoOptions
    repeatable = True

    async def start(self, request: ImageRequest) -> str:
        """The time at which to paint, as a reference."""
        return str(time.time() + parsed(DemoOptions, request.options).seconds)

    async def poll(self, request: ImageRequest, reference: str) -> Pending | Image:
        """Pending until the time has come, then the picture."""
        remaining_seconds = float(reference) - time.time()
        if remaining_seconds > 0:
            return Pending(min(remaining_seconds, POLL_SECONDS))
        await request.make_room()
        loop = asyncio.get_running_loop()
        async with request.reference or nullcontext() as picture:
            return Image(await loop.run_in_executor(_painters, _paint, request, picture))


def _paint(request: ImageRequest, reference: bytes | None) -> bytes:
    # The painter's libraries load here, off the loop and never in a web process.
    from generations.engines.painter import paint

    return paint(request.prompt, request.job_id, request.width, request.height, reference)
