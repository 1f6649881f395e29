"""Where the runner's blocking calls run, so that no kind of them can hold up another.

Never decides what is called; statements are asked again while the database is away.
"""

import asyncio
import logging
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connection

P = ParamSpec("P")
T = TypeVar("T")

log = logging.getLogger(__name__)

DATABASE_RETRY_SECONDS = 0.5

# Each thread keeps a connection. A few keep PostgreSQL busier than one process can.
_database = ThreadPoolExecutor(max_workers=4, thread_name_prefix="database")
_runner = ThreadPoolExecutor(max_workers=1, thread_name_prefix="runner")
# A store may be far away: its threads mostly wait.
_store = ThreadPoolExecutor(max_workers=16, thread_name_prefix="store")
# Decoding is arithmetic: more threads than cores would only take turns.
_pictures = ThreadPoolExecutor(max_workers=os.cpu_count(), thread_name_prefix="pictures")


async def in_database(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Runs statements; while the database is away they are asked again.

    Every statement of ours may be repeated: each is a compare-and-swap.
    """
    return await _until_answered(_database, lambda: function(*args, **kwargs))


async def _until_answered(pool: ThreadPoolExecutor, function: Callable[[], T]) -> T:
    def call() -> T:
        try:
            return function()
        except (OperationalError, InterfaceError):
            # Whatever it was, the next try shall have a connection of its own.
            connection.close()
            raise

    while True:
        try:
            return await _run(pool, call)
        except (OperationalError, InterfaceError) as error:
            log.warning("The database is away: %s", str(error).strip().splitlines()[0])
            await asyncio.sleep(DATABASE_RETRY_SECONDS)


async def for_runner(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The same for what keeps the runner alive, and must not wait behind its jobs' statements."""
    return await _until_answered(_runner, lambda: function(*args, **kwargs))


async def in_store(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Reads or writes files."""
    return await _run(_store, lambda: function(*args, **kwargs))


async def on_pictures(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Decodes and encodes pictures."""
    return await _run(_pictures, lambda: function(*args, **kwargs))


async def _run(pool: ThreadPoolExecutor, call: Callable[[], T]) -> T:
    # What is logged there belongs to the job, too.
    context = copy_context()
    return await asyncio.get_running_loop().run_in_executor(pool, context.run, call)
