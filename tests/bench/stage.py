"""The stage: a durable database with customers and jobs in it, and the processes measured.

It never measures. All it makes is gone when its contexts end.
"""

import json
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from importlib.util import find_spec
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.db import connection

from generations import jobs
from generations.api import operations
from sharkweb.up import postgres
from sharkweb.up.__main__ import MANAGE, PYTHON, WEB, WEB_FAULTS, WEB_OPTIONS
from sharkweb.up.watchdog import Watchdog
from wallet.ledger.holds import RESERVE

DATABASE = "sharkapi_bench"
START_TIMEOUT_SECONDS = 30.0


@contextmanager
def database() -> Iterator[str]:
    """An empty database on a durable server of our own, or on the one at DATABASE_URL."""
    with ExitStack() as stack:
        own = os.environ.get("DATABASE_URL")
        server = own or stack.enter_context(postgres.server(settings.DATA_DIR))
        with closing(psycopg.connect(server, autocommit=True)) as maintenance:
            maintenance.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
            maintenance.execute(f"CREATE DATABASE {DATABASE}")
            connection.settings_dict["NAME"] = DATABASE
            try:
                parts = urlsplit(server)
                # asyncpg takes no port without a host; the socket's is the default one.
                netloc = parts.netloc.replace(f"@:{postgres.PORT}", "@")
                yield urlunsplit(parts._replace(netloc=netloc, path=f"/{DATABASE}"))
            finally:
                connection.close()
                maintenance.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


def describe() -> str:
    """The database's version, and whether it is durable."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), current_setting('fsync')")
        version, fsync = cursor.fetchone()
    return f"PostgreSQL {version.split()[0]} with fsync {fsync}"


def event_loop() -> str:
    """What granian runs the baseline on: uvloop where it is installed."""
    return "uvloop" if find_spec("uvloop") else "asyncio"


@dataclass(frozen=True)
class Processes:
    """Starts what is measured, on one database; the watchdog stops it."""

    watchdog: Watchdog
    database_url: str

    def prepare(self) -> None:
        """Migrates the database. Raises RuntimeError."""
        process = self._start([*MANAGE, "prepare"], stdout=subprocess.DEVNULL)
        if process.wait():
            raise RuntimeError("`manage.py prepare` failed")

    def product(self) -> int:
        """The project's web server as `make run` starts it; returns its port."""
        port = _free_port()
        options = ["--port", str(port), *WEB_OPTIONS, *WEB_FAULTS]
        process = self._start([*WEB, *options, "sharkweb.wsgi:application"])
        _wait_until_answered(port, process)
        return port

    def baseline(self) -> int:
        """The bare FastAPI app under the same server; returns its port."""
        port = _free_port()
        command = [PYTHON, "-m", "granian", "--interface", "asgi", "--port", str(port)]
        command += ["--workers", "2", "--no-ws", "--log-level", "warning"]
        process = self._start([*command, "tests.bench.baseline:app"])
        _wait_until_answered(port, process)
        return port

    @contextmanager
    def workers(self) -> Iterator[None]:
        """The background workers, for the length of the block."""
        process = self._start([*MANAGE, "work"])
        try:
            yield
        finally:
            self.watchdog.stop(process)

    def _start(self, command: list[str], stdout: int | None = None) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "sharkweb.settings",
            "DATABASE_URL": self.database_url,
            "SHARKAPI_DATA_DIR": str(settings.DATA_DIR),
            # The throttle runs but never refuses.
            "SHARKAPI_API_REQUESTS_PER_SECOND": "1000000",
            "BENCH_PEPPER": settings.TOKEN_PEPPER.decode(),
            "BENCH_STATEMENTS": json.dumps(statements()),
        }
        return self.watchdog.start(command, env=environment, stdout=stdout)


def statements() -> dict[str, str]:
    """The product's statements for asyncpg, their parameters in the baseline's order."""
    submit = "id account key user model prompt input_name input_url price width height"
    return {
        "status": _numbered(operations.STATUS, "digest job"),
        "offer": _numbered(operations.OFFER, "digest variant"),
        "submit": _numbered(
            RESERVE.format(purpose=jobs.INSERT), f"{submit} deadline_seconds reference"
        ),
        "notify": f"NOTIFY {jobs.QUEUE_CHANNEL}",
    }


def _numbered(statement: str, names: str) -> str:
    numbers = {name: number for number, name in enumerate(names.split(), 1)}
    return re.sub(r"%\((\w+)\)s", lambda match: f"${numbers[match[1]]}", statement)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_answered(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while True:
        with closing(HTTPConnection("127.0.0.1", port, timeout=5)) as probe:
            try:
                probe.request("GET", "/api/v1/jobs/none")
                probe.getresponse().read()
                return
            except (OSError, HTTPException):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"the server on port {port} does not start") from None
        time.sleep(0.1)
