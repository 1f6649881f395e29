"""Runs calls at the same moment, each on a thread with a database connection of its own."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from django.db import connection, connections

T = TypeVar("T")


def at_once(calls: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """What each call returned or raised, in their order."""
    # Nobody starts before everybody is connected, else the first would be done by then.
    ready = threading.Barrier(len(calls), timeout=60)

    def run(call: Callable[[], T]) -> T | Exception:
        try:
            connection.ensure_connection()
            ready.wait()
            return call()
        except Exception as error:  # noqa: BLE001 - whatever it was, the test judges it.
            return error

    with ThreadPoolExecutor(len(calls)) as threads:
        return [each.result() for each in [apart(threads, run, call) for call in calls]]


def apart(threads: ThreadPoolExecutor, call: Callable[..., T], *arguments: object) -> Future[T]:
    """Runs the call on another thread, whose connection is closed after it."""

    def run() -> T:
        try:
            return call(*arguments)
        finally:
            connections.close_all()

    return threads.submit(run)


def waiting() -> int:
    """How many locks in the database are waited for now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return int(cursor.fetchone()[0])
