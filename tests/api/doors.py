"""The two ways into the API, held in this process so that a test may change its settings.

`fast_lane` is what granian serves; `django_door` goes through Django's routes past the lane.
"""

from collections.abc import Callable, Iterable
from contextvars import copy_context
from typing import Any

import httpx
from django.core.wsgi import get_wsgi_application

from generations.api.lane import Application, with_fast_lane

HOST = "http://testserver"

Door = Callable[[], httpx.Client]


def fast_lane() -> httpx.Client:
    """The whole WSGI application, as in production."""
    return _client(with_fast_lane(get_wsgi_application()))


def django_door() -> httpx.Client:
    """Django's part of it alone."""
    return _client(get_wsgi_application())


def _client(application: Application) -> httpx.Client:
    def apart(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        # What a request notes for its thread's lines in the log is not for the tests after it.
        return copy_context().run(application, environ, start_response)

    return httpx.Client(transport=httpx.WSGITransport(app=apart), base_url=HOST)


DOORS: list[Door] = [fast_lane, django_door]
