"""Separate machines of one deployment, played by processes of their own on folders of their own.

All they share is what production shares: the environment's secrets, a PostgreSQL and a store.
"""

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.conftest import CHECKOUT, free_port

HOST = "images.example.com"
# What the proxy in front of a machine says.
PROXIED = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7"}
STOP_SECONDS = 40


def production(database_url: str, store: dict[str, str]) -> dict[str, str]:
    """The environment that all machines of a deployment have in common."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        **store,
        "SHARKAPI_SECRET_KEY": secrets.token_urlsafe(48),
        "SHARKAPI_TOKEN_PEPPER": secrets.token_urlsafe(48),
        "SHARKAPI_URL": f"https://{HOST}",
        "DATABASE_URL": database_url,
    }


@dataclass
class Machine:
    """Runs processes on a data folder of its own, each in a group of its own."""

    data: Path
    environment: dict[str, str]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        self.data.mkdir()
        self.environment = {**self.environment, "SHARKAPI_DATA_DIR": str(self.data)}

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def manage(self, *arguments: str) -> str:
        """Runs a command to its end and returns what it printed."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=CHECKOUT,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def serve(self) -> None:
        """Starts the web server."""
        options = ["--port", str(self.port), "--workers", "2", "--blocking-threads", "4"]
        granian = ["-m", "granian", "--interface", "wsgi", "--no-ws", *options]
        self._start([*granian, "sharkweb.wsgi:application"])

    def work(self, command: str) -> None:
        """Starts a cluster."""
        self._start(["manage.py", command])

    def _start(self, arguments: Sequence[str]) -> None:
        log = (self.data / "log").open("ab")
        with log:
            self.processes.append(
                subprocess.Popen(
                    [sys.executable, *arguments],
                    cwd=CHECKOUT,
                    env=self.environment,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            )

    def answers(self) -> bool:
        """Whether its web server does."""
        try:
            url = f"{self.address}/healthz"
            return httpx.get(url, headers=PROXIED, timeout=5).status_code in (200, 503)
        except httpx.TransportError:
            return False

    def lose_power(self) -> None:
        """Everything on it is gone at once."""
        for process in self.processes:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.processes.clear()

    def shut_down(self) -> None:
        """Stops what runs on it in an orderly way."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(timeout=STOP_SECONDS)
        self.processes.clear()
