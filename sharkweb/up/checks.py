"""What must hold before anything starts: the port, and the database when it is not our own.

It never starts anything.
"""

import os
import socket
import time

import psycopg

from sharkweb.up import StartError

HOST = "127.0.0.1"
DEFAULT_PORT = 8000
DATABASE_TIMEOUT_SECONDS = 10


def read_port() -> int:
    """`PORT`, or 8000. Raises StartError when it is no port."""
    text = os.environ.get("PORT") or str(DEFAULT_PORT)
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise StartError(f"PORT must be a number from 1 to 65535, not {text!r}")
    return int(text)


def check_port_is_free(port: int) -> None:
    """Raises StartError when the web server could not listen on the port."""
    with socket.socket() as probe:
        # As the web server does: connections that are only winding down do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise StartError(f"cannot listen on port {port}: {reason} (set PORT)") from None


def free_port(after: int) -> int:
    """The next port that nobody listens on. Raises StartError when there is none near."""
    for port in range(after + 1, min(after + 100, 65536)):
        try:
            check_port_is_free(port)
        except StartError:
            continue
        return port
    raise StartError(f"no free port near {after} (set PORT)")


def wait_for_database(url: str) -> None:
    """Waits until the server at DATABASE_URL answers. Errors never show the URL's password."""
    deadline = time.monotonic() + DATABASE_TIMEOUT_SECONDS
    while True:
        try:
            psycopg.connect(url, connect_timeout=5).close()
            return
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                reason = " ".join(str(error).split())
                raise StartError(f"the server at DATABASE_URL is unreachable: {reason}") from None
        except psycopg.ProgrammingError:
            raise StartError("DATABASE_URL is not a valid PostgreSQL address") from None
        time.sleep(0.5)
