"""A runner's own connection: it holds the runner's place, and hears what wakes it.

An advisory lock is the place: while a runner of the same cluster holds it, another one ends. A
broken connection is opened again. Nothing is read or written here.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from uuid import UUID

import psycopg
from django.db import connection

from generations import jobs

log = logging.getLogger(__name__)

RETRY_SECONDS = 1.0
PLACE_LOCK_SPACE = 7_275_001
# The server may take a while to see that a connection that broke is gone.
PATIENCE_SECONDS = 15.0
# Where the network was cut without a word it would keep the place for two hours; told so, it asks
# whoever is silent, and lets go within 12 s. Our own side of the connection asks, too, as all do:
# see the settings. Source: postgresql.org/docs/current/runtime-config-connection.html
KEEPALIVES = (
    "-c tcp_keepalives_idle=4 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=2"
    " -c tcp_user_timeout=6000"
)

Hear = Callable[[str, str], None]


class Listener:
    """`hear` gets each notification's channel and payload; `lost` is called once the place is."""

    def __init__(self, cluster_id: UUID, hear: Hear, lost: Callable[[], None]) -> None:
        self.place = cluster_id.int & 0x7FFF_FFFF
        self.hear = hear
        self.lost = lost
        # Set when it is known whether this place is ours.
        self.is_settled = asyncio.Event()

    async def run(self) -> None:
        """Holds the place until it is lost, or until cancelled."""
        patience_seconds = 0.0
        while True:
            try:
                async with await _connect() as own:
                    if not await self._take_place(own, patience_seconds):
                        break
                    patience_seconds = PATIENCE_SECONDS
                    for channel in (jobs.QUEUE_CHANNEL, jobs.ENDED_CHANNEL):
                        await own.execute(f"LISTEN {channel}")
                    self.is_settled.set()
                    # What was said while nobody listened is looked for.
                    self.hear(jobs.QUEUE_CHANNEL, jobs.HANDED_OVER)
                    async for heard in own.notifies():
                        self.hear(heard.channel, heard.payload)
            except psycopg.OperationalError:
                log.warning("The runner lost its database connection.")
                await asyncio.sleep(RETRY_SECONDS)
        self.lost()
        self.is_settled.set()

    async def _take_place(self, own: psycopg.AsyncConnection, patience_seconds: float) -> bool:
        deadline = time.monotonic() + patience_seconds
        while True:
            values = (PLACE_LOCK_SPACE, self.place)
            cursor = await own.execute("SELECT pg_try_advisory_lock(%s, %s)", values)
            row = await cursor.fetchone()
            if row and row[0]:
                return True
            if time.monotonic() >= deadline:
                return False
            await asyncio.sleep(RETRY_SECONDS)


async def _connect() -> psycopg.AsyncConnection:
    parameters = connection.get_connection_params()
    for name in ("cursor_factory", "context", "prepare_threshold"):
        parameters.pop(name, None)
    parameters["options"] = f"{parameters.get('options', '')} {KEEPALIVES}"
    return await psycopg.AsyncConnection.connect(**parameters, autocommit=True)
