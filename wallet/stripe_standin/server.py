"""The HTTP server: loopback only, a thread for each connection.

Owns reading requests, writing answers, and which of the three faces a path belongs to: the API,
the operator's control, or pages. It knows nothing of payments.
"""

import json
import logging
import secrets
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from wallet.stripe_standin import api, control, pages
from wallet.stripe_standin.errors import ApiError
from wallet.stripe_standin.faults import ConnectionLost
from wallet.stripe_standin.state import State

HOST = "127.0.0.1"
HOSTS = (HOST, "localhost")
BODY_BYTES_MAX = 1_000_000
JSON = "application/json"
logger = logging.getLogger(__name__)


class Server(ThreadingHTTPServer):
    """Serves a State."""

    # Idle connections shall not keep the process from ending.
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, state: State) -> None:
        super().__init__((HOST, port), Handler)
        self.state = state

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that did not wait for its answer is no reason for a traceback."""
        logger.info("The connection with %s ended early.", client_address, exc_info=True)


class Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "StripeStandIn"
    # Headers and body leave together, at once.
    wbufsize = -1
    disable_nagle_algorithm = True
    timeout = 120

    def do_GET(self) -> None:
        """Answers GET, and all that is wrong."""
        try:
            self._answer()
        except ConnectionLost:
            self.close_connection = True
        except Exception:
            logger.exception("%s %s", self.command, self.path)
            self._send(500, b"{}", JSON, {})

    def do_POST(self) -> None:
        """Answers POST just so."""
        self.do_GET()

    def _answer(self) -> None:
        state, parts = self.server.state, urlsplit(self.path)
        body = self.rfile.read(self._length())
        # A page elsewhere whose name leads here by a trick of DNS has no business here.
        if self.headers.get("Host", "").partition(":")[0] not in HOSTS:
            self._send(421, b"This is not the host you meant.\n", "text/plain", {})
        elif parts.path.startswith("/v1/"):
            headers = {name.lower(): value for name, value in self.headers.items()}
            name = f"req_{secrets.token_hex(7)}"
            request = api.Request(name, self.command, parts.path, parts.query, headers, body)
            given = api.answer(state, request)
            self._send_json(given.status, given.body, given.headers)
        elif parts.path.startswith("/_control/"):
            self._control(state, parts.path, body)
        else:
            source = parts.query if self.command == "GET" else body.decode(errors="replace")
            page = pages.answer(state, self.command, parts.path, dict(parse_qsl(source)))
            self._send(page.status, page.body, page.kind, {**pages.HEADERS, **page.headers})

    def _length(self) -> int:
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > BODY_BYTES_MAX:
            raise ConnectionLost
        return int(length)

    def _control(self, state: State, path: str, body: bytes) -> None:
        try:
            api.authenticate(state, {"authorization": self.headers.get("Authorization", "")})
            asked = json.loads(body or b"{}")
            if not isinstance(asked, dict):
                raise ApiError("The body is a JSON object.")
            self._send_json(200, control.answer(state, self.command, path, asked))
        except ApiError as refused:
            self._send_json(refused.status, refused.body)
        except ValueError as problem:
            self._send_json(400, ApiError(f"Not JSON: {problem}").body)

    def _send_json(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        self._send(status, json.dumps(body, indent=2).encode(), JSON, headers or {})

    def _send(self, status: int, body: bytes, kind: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are only of interest when somebody looks for them."""
        logger.info(format, *args)
