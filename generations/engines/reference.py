"""A customer's reference image, in memory only while somebody needs its bytes.

It owns the place in memory. Where the bytes come from is known to whoever makes one.
"""

import asyncio
from collections.abc import Awaitable, Callable


class Reference:
    """`async with` waits for a place and reads; `data` is there until its end, or `release`.

    A job waits for its engine for a minute and more, and hundreds do so at once: what they have
    sent would take gigabytes.
    """

    def __init__(self, read: Callable[[], Awaitable[bytes]], places: asyncio.Semaphore) -> None:
        self._read = read
        self._places = places
        self._data: bytes | None = None

    async def __aenter__(self) -> bytes:
        await self._places.acquire()
        try:
            self._data = await self._read()
        finally:
            if self._data is None:
                self._places.release()
        return self._data

    async def __aexit__(self, *exception: object) -> None:
        self.release()

    @property
    def data(self) -> bytes:
        """The file's bytes."""
        assert self._data is not None, "the reference image is not in hand"
        return self._data

    def release(self) -> None:
        """Lets go of the bytes, which have been sent; again it does nothing."""
        if self._data is not None:
            self._data = None
            self._places.release()
