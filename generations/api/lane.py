"""The fast lane: the two calls that programs make all day, straight from WSGI.

Django's request machinery takes longer than the statement behind these calls (`make bench` shows
both). The lane decides nothing: it recognises an address and calls the operation.
"""

from collections.abc import Callable, Iterable
from http.client import responses
from typing import Any

from django.conf import settings

from generations.api import operations
from keys.envelope import HEADERS, Reply

SUBMIT_PATH = "/api/v1/image"
STATUS_PREFIX = "/api/v1/jobs/"

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def with_fast_lane(application: Application) -> Application:
    """The WSGI application, with the lane in front of it."""

    def choose(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if settings.SECURE_SSL_REDIRECT and environ.get("HTTP_X_FORWARDED_PROTO") != "https":
            # What came over plain HTTP is Django's to send away.
            return application(environ, start_response)
        if method == "GET" and path.startswith(STATUS_PREFIX):
            job_id = path[len(STATUS_PREFIX) :]
            if job_id and "/" not in job_id:
                return _send(operations.answer(operations.status, environ, job_id), start_response)
        elif method == "POST" and path == SUBMIT_PATH:
            return _send(operations.answer(operations.submit, environ), start_response)
        return application(environ, start_response)

    return choose


def _send(reply: Reply, start_response: Any) -> Iterable[bytes]:
    headers = [
        *HEADERS.items(),
        ("Content-Length", str(len(reply.body))),
        *reply.headers.items(),
    ]
    start_response(f"{reply.status} {responses[reply.status]}", headers)
    return [reply.body]
