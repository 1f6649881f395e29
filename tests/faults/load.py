"""A client's program that submits jobs, each with a prompt of its own, and remembers them."""

import contextlib
import threading
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import httpx

SUBMIT_PAUSE_SECONDS = 0.05


@dataclass
class Client:
    """Talks to the API with one token."""

    address: str
    token: str
    count: int = 0

    @property
    def headers(self) -> dict[str, str]:
        return {"X-API-Key": self.token}

    def submit(self) -> httpx.Response:
        """One more image."""
        self.count += 1
        body = {"prompt": f"wave number {self.count}"}
        url = f"{self.address}/api/v1/image"
        return httpx.post(url, headers=self.headers, json=body, timeout=10)

    def submit_many(self, count: int) -> list[str]:
        """Their job ids."""
        return [self.submit().raise_for_status().json()["job_id"] for _ in range(count)]

    def job(self, job_id: str) -> dict[str, Any]:
        """As the API shows it now."""
        url = f"{self.address}/api/v1/jobs/{job_id}"
        answer = httpx.get(url, headers=self.headers, timeout=10).raise_for_status()
        found: dict[str, Any] = answer.json()
        return found


@dataclass
class Load:
    """Submits all the time, while the block lasts. What was promised is in `accepted`."""

    client: Client
    accepted: set[str] = field(default_factory=set)
    refusals: list[tuple[int, str]] = field(default_factory=list)

    def _run(self) -> None:
        while not self._done.is_set():
            # A client whose server dies gets no answer; what was promised is what counts.
            with contextlib.suppress(httpx.TransportError):
                answer = self.client.submit()
                if answer.status_code == 202:
                    self.accepted.add(answer.json()["job_id"])
                else:
                    self.refusals.append((answer.status_code, answer.text))
            time.sleep(SUBMIT_PAUSE_SECONDS)

    def __enter__(self) -> Self:
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join()
