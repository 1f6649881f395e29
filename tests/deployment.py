"""A whole deployment of its own for a test: `python -m sharkweb.up` on a scratch data folder."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg

from sharkweb.up.postgres import database_url
from tests.conftest import CHECKOUT, PASSWORD, free_port, wait_until

# `make run` may have packages to install first.
START_SECONDS = 240
STOP_SECONDS = 10


@dataclass
class Deployment:
    """One copy of everything, on a data folder and a port of its own."""

    data: Path
    port: int = field(default_factory=free_port)
    command: tuple[str, ...] = (sys.executable, "-m", "sharkweb.up")
    process: subprocess.Popen[bytes] | None = None
    # Further variables of its environment.
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        kept.pop("DJANGO_SETTINGS_MODULE", None)
        own = {"SHARKAPI_DATA_DIR": str(self.data), "PORT": str(self.port)}
        return {**kept, **own, **self.extra}

    @property
    def log(self) -> str:
        return (self.data.parent / f"{self.data.name}.log").read_text()

    def start(self) -> None:
        """Starts it and waits until it is ready."""
        with (self.data.parent / f"{self.data.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=CHECKOUT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_until(self.is_ready, START_SECONDS)

    def is_ready(self) -> bool:
        assert self.process is None or self.process.poll() is None, self.log
        try:
            return httpx.get(f"{self.address}/healthz", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    def stop(self, number: int = signal.SIGTERM) -> float:
        """Asks it to stop, as a terminal does, and returns how many seconds that took."""
        assert self.process is not None
        started = time.monotonic()
        os.killpg(self.process.pid, number)
        self.process.wait(timeout=STOP_SECONDS + 5)
        return time.monotonic() - started

    def processes(self) -> dict[int, str]:
        """Every living process of it: those that carry its data folder in their environment."""
        mark = f"SHARKAPI_DATA_DIR={self.data}".encode()
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                state = (folder / "stat").read_text().rpartition(") ")[2][0]
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                is_ours = mark in (folder / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            if state != "Z" and (is_ours or str(self.data / "postgres") in command):
                found[int(folder.name)] = command
        return found

    def manage(self, *arguments: str) -> str:
        """Runs a management command beside it and returns what it printed."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command, cwd=CHECKOUT, env=self.environment, check=True, capture_output=True, text=True
        ).stdout

    def create_customer(self, email: str, *options: str) -> dict[str, Any]:
        """A customer as the operator makes one."""
        arguments = ["--email", email, "--password", PASSWORD, "--json", *options]
        customer: dict[str, Any] = json.loads(self.manage("create_customer", *arguments))
        return customer

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Asks its database."""
        with psycopg.connect(database_url(self.data), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []
