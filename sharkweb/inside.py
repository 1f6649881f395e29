"""The addresses that the deployment's own machines ask: for health, and for figures.

They ask a machine by its number, over plain HTTP, where customers use the public name. Who may
have an answer is for the views to say.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

PATHS = ("/healthz", "/metrics")


class AnyHost:
    """Middleware: lets these addresses be asked under any name, which Django would refuse."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in PATHS and "*" not in settings.ALLOWED_HOSTS:
            request.META["HTTP_HOST"] = settings.ALLOWED_HOSTS[0]
        return self.get_response(request)
