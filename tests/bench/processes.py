"""The processes that are measured, each on one database, for the length of a block.

They are started as in production; what they say goes to one log file in the data folder.
"""

import json
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException

from django.conf import settings

from generations import jobs
from generations.api import operations
from sharkweb.up.__main__ import MANAGE, PYTHON, WEB, WEB_FAULTS, WEB_OPTIONS
from sharkweb.up.watchdog import Watchdog
from tests.bench.providers import SECRET
from wallet.ledger.holds import RESERVE

LOG = settings.DATA_DIR / "bench.log"
START_TIMEOUT_SECONDS = 30.0
STOP_TIMEOUT_SECONDS = 5.0
PLAIN_SETTINGS = "tests.bench.plain.settings"
PLAIN_SITE = "tests.bench.plain.wsgi:application"


@dataclass(frozen=True)
class Processes:
    """Starts processes on the database at that URL. Raises RuntimeError when one does not start."""

    watchdog: Watchdog
    database_url: str

    def prepare(self) -> None:
        """Migrates the database."""
        with self._running([*MANAGE, "prepare"]) as process:
            if process.wait():
                raise RuntimeError("`manage.py prepare` failed")

    @contextmanager
    def site(self, settings_module: str = "sharkweb.settings") -> Iterator[int]:
        """The project's web server as `make run` starts it; gives its port."""
        application = (
            PLAIN_SITE if settings_module == PLAIN_SETTINGS else "sharkweb.wsgi:application"
        )
        port = _free_port()
        command = [*WEB, "--port", str(port), *WEB_OPTIONS, *WEB_FAULTS, application]
        with self._running(command, DJANGO_SETTINGS_MODULE=settings_module) as process:
            _wait_until_answered(port, process)
            yield port

    @contextmanager
    def baseline(self) -> Iterator[int]:
        """The bare FastAPI app under the same server; gives its port."""
        port = _free_port()
        command = [PYTHON, "-m", "granian", "--interface", "asgi", "--port", str(port)]
        command += ["--workers", "2", "--no-ws", "--log-level", "warning"]
        with self._running([*command, "tests.bench.baseline:app"]) as process:
            _wait_until_answered(port, process)
            yield port

    @contextmanager
    def workers(self, runner_jobs: int) -> Iterator[None]:
        """The project's workers, whose one runner holds up to so many jobs."""
        with self._running([*MANAGE, "work"], SHARKAPI_RUNNER_JOBS=str(runner_jobs)):
            yield

    @contextmanager
    def plain_workers(self) -> Iterator[None]:
        """A plain django-q2 cluster."""
        command = [*MANAGE, "qcluster"]
        with self._running(command, DJANGO_SETTINGS_MODULE=PLAIN_SETTINGS) as process:
            yield
            # The leader first: it waits for ever for workers that were told before it told them.
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(STOP_TIMEOUT_SECONDS)

    @contextmanager
    def providers(self, name: str, *seconds: float) -> Iterator[list[str]]:
        """Providers that take so long for an image, one for each; gives their origins."""
        command = [PYTHON, "-m", "tests.bench.providers", name, *map(str, seconds)]
        with self._running(command, stdout=subprocess.PIPE) as process:
            assert process.stdout
            origins = process.stdout.readline()
            if not origins:
                raise RuntimeError(f"the providers of {name} do not start")
            yield json.loads(origins)

    @contextmanager
    def _running(
        self, command: list[str], stdout: int | None = None, **own: str
    ) -> Iterator[subprocess.Popen[bytes]]:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "sharkweb.settings",
            "DATABASE_URL": self.database_url,
            "SHARKAPI_DATA_DIR": str(settings.DATA_DIR),
            # The throttle runs but never refuses.
            "SHARKAPI_API_REQUESTS_PER_SECOND": "1000000",
            "BENCH_PEPPER": settings.TOKEN_PEPPER.decode(),
            "BENCH_STATEMENTS": json.dumps(statements()),
            "OPENAI_API_KEY": SECRET,
            "REPLICATE_API_TOKEN": SECRET,
            **own,
        }
        with LOG.open("ab") as log:
            process = self.watchdog.start(
                command, env=environment, stdout=stdout or log, stderr=log
            )
        try:
            yield process
        finally:
            self.watchdog.stop(process)


def last_words(lines: int) -> list[str]:
    """The end of what the processes said."""
    return LOG.read_text(errors="replace").splitlines()[-lines:] if LOG.exists() else []


def statements() -> dict[str, str]:
    """The product's statements for asyncpg, their parameters in the baseline's order."""
    submit = "id account key user model idempotency_key prompt"
    submit += " input_name input_url input_digest price"
    return {
        "status": _numbered(operations.STATUS, "digest job"),
        "offer": _numbered(operations.OFFER, "digest variant"),
        "submit": _numbered(
            RESERVE.format(purpose=jobs.INSERT), f"{submit} width height deadline_seconds reference"
        ),
        "notify": f"NOTIFY {jobs.QUEUE_CHANNEL}, ''",
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
