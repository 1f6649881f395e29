"""The stand-in for Stripe as a process under test, and somebody who receives its webhooks.

Owns starting, stopping and steering it. What it must do is in the tests.
"""

import signal
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import stripe

CHECKOUT = Path(__file__).parents[3]
API_KEY = "sk_test_standin"
SECRET = "whsec_standin"


class Standin:
    """A process; use as a context. `folder` keeps its memory over a restart."""

    def __init__(self, port: int, folder: Path, webhook_url: str, *options: str) -> None:
        self.port = port
        self.address = f"http://127.0.0.1:{port}"
        self.command = [sys.executable, "-m", "wallet.stripe_standin", "--port", str(port)]
        self.command += ["--folder", str(folder), "--webhook-url", webhook_url]
        self.command += ["--secret", SECRET, "--api-key", API_KEY, *options]
        self.http = httpx.Client(base_url=self.address, timeout=30)

    def __enter__(self) -> "Standin":
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()
        self.http.close()

    def start(self) -> None:
        """Starts the process and waits until it answers."""
        self.process = subprocess.Popen(self.command, cwd=CHECKOUT, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while True:
            assert self.process.poll() is None, "the stand-in died"
            assert time.monotonic() < deadline, "the stand-in does not answer"
            try:
                httpx.get(f"{self.address}/healthz")
            except httpx.TransportError:
                time.sleep(0.02)
            else:
                return

    def stop(self) -> int:
        """Ends the process as `make run` does; its exit status."""
        self.process.terminate()
        return self.process.wait(timeout=10)

    def kill(self) -> None:
        """Ends the process between any two instructions."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=10)

    def client(self, retries: int = 0, timeout_seconds: float = 10) -> stripe.StripeClient:
        """The official library, talking to this process."""
        return stripe.StripeClient(
            API_KEY,
            base_addresses={"api": self.address},
            http_client=stripe.HTTPXClient(timeout=timeout_seconds, allow_sync_methods=True),
            max_network_retries=retries,
        )

    def control(self, path: str, /, **asked: object) -> Any:
        """Steers the stand-in; see wallet.stripe_standin.control."""
        answer = self.http.post(f"/_control/{path}", json=asked, auth=(API_KEY, ""))
        assert answer.status_code == 200, answer.text
        return answer.json()

    def deliveries(self) -> list[dict[str, Any]]:
        """What was sent to the webhook, and how it went."""
        found: list[dict[str, Any]] = self.http.get(
            "/_control/deliveries", auth=(API_KEY, "")
        ).json()
        return found

    def press(self, url: str | None, action: str, **fields: str) -> httpx.Response:
        """Presses a button of the hosted page; the answer, not followed."""
        assert url is not None
        return self.http.post(url, data={"action": action, **fields})


@dataclass(frozen=True, slots=True)
class Received:
    """A webhook call as it came in, verified on the way."""

    event: stripe.Event
    signature: str


class Receiver:
    """A webhook endpoint in a thread: verifies and keeps what comes."""

    def __init__(self) -> None:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = 200
                # What was still on its way to an earlier test is not for this one.
                if receiver.url.endswith(self.path):
                    status = receiver.receive(body, self.headers["Stripe-Signature"])
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Tests are quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.reset()
        Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def reset(self) -> None:
        """As if nothing had come yet, at a new address.

        `failures` of the next calls are answered with 500, all after `thinks_seconds`.
        """
        self.thinks_seconds = 0.0
        self.url = f"http://127.0.0.1:{self.server.server_port}/{uuid.uuid4()}"
        self.failures = 0
        self.secrets = [SECRET]
        self.received: list[Received] = []

    def receive(self, body: bytes, signature: str) -> int:
        """Keeps what is signed with a secret we know; the status to answer."""
        for secret in self.secrets:
            try:
                event = stripe.Webhook.construct_event(body, signature, secret)
            except stripe.SignatureVerificationError:
                continue
            self.received.append(Received(event, signature))
            time.sleep(self.thinks_seconds)
            if self.failures:
                self.failures -= 1
                return 500
            return 200
        return 400

    def close(self) -> None:
        """Stops listening."""
        self.server.shutdown()
        self.server.server_close()

    def latest(self, name: str) -> stripe.Event:
        """The event of this kind that came last."""
        return [entry.event for entry in self.received if entry.event.type == name][-1]

    def names(self, object_id: str) -> list[str]:
        """The kinds of the events about an object, as they came."""
        return [
            received.event.type
            for received in list(self.received)
            if received.event.data.object["id"] == object_id
        ]
