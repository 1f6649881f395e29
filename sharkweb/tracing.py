"""What every request meets first: a name for it, and a line in the access log where one is wanted.

The name stands in the answer as X-Request-ID and in every line logged meanwhile, for the API's
fast lane as for Django. Nothing is decided here about the answer.
"""

import logging
import random
import re
import time
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from typing import Any
from urllib.parse import quote

from generations import current

HEADER = "X-Request-ID"
# The proxy in front may have named it. Anything else could forge headers or lines of the log.
SANE = re.compile(r"[A-Za-z0-9._-]{1,128}")

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]

log = logging.getLogger("sharkweb.access")

request_id: ContextVar[str] = ContextVar("request_id", default="")


def with_request_id(application: Application) -> Application:
    """The WSGI application, with a name for each of its requests."""

    def named(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        given = environ.get("HTTP_X_REQUEST_ID", "")
        name = given if given and SANE.fullmatch(given) else _new_name()
        # Both stay until this thread's next request, as an answer may still be read from after
        # this call.
        request_id.set(name)
        current.job_id.set("")

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            return start_response(status, [*headers, (HEADER, name)], exc_info)

        return application(environ, start)

    return named


def _new_name() -> str:
    return f"{random.getrandbits(128):032x}"


def with_access_log(application: Application) -> Application:
    """The WSGI application, with a line for each of its requests, without query or body."""

    def logged(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        started = time.perf_counter()
        answered = 0

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            nonlocal answered
            answered = int(status[:3])
            return start_response(status, headers, exc_info)

        try:
            return application(environ, start)
        finally:
            method, path = environ["REQUEST_METHOD"], quote(environ["PATH_INFO"], safe="/:@")
            duration_ms = round(1000 * (time.perf_counter() - started), 1)
            fields = {"method": method, "path": path, "status": answered}
            log.info(
                "%s %s %d in %s ms",
                *(method, path, answered, duration_ms),
                extra=fields | {"duration_ms": duration_ms},
            )

    return logged
