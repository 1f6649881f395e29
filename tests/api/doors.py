"""The two ways into the API, held in this process so that a test may change its settings.

`fast_lane` is what granian serves; `django_door` goes through Django's routes past the lane.
"""

from collections.abc import Callable

import httpx
from django.core.wsgi import get_wsgi_application

from generations.api.lane import with_fast_lane

HOST = "http://testserver"

Door = Callable[[], httpx.Client]


def fast_lane() -> httpx.Client:
    """The whole WSGI application, as in production."""
    application = with_fast_lane(get_wsgi_application())
    return httpx.Client(transport=httpx.WSGITransport(app=application), base_url=HOST)


def django_door() -> httpx.Client:
    """Django's part of it alone."""
    transport = httpx.WSGITransport(app=get_wsgi_application())
    return httpx.Client(transport=transport, base_url=HOST)


DOORS: list[Door] = [fast_lane, django_door]
