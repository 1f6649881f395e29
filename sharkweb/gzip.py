"""Compresses pages, and nothing else: images and static files have been compressed before.

Pages hide their CSRF token anew in every answer, and Django pads what it compresses, so that the
length of an answer tells nothing (https://docs.djangoproject.com/en/5.2/ref/middleware/).
"""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

TEXTS = ("text/html", "text/markdown", "text/plain")


class GzipPages(GZipMiddleware):
    """Django's middleware, for texts that people read."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """The answer, compressed if it is a page and its reader takes that."""
        if not response.headers.get("Content-Type", "").startswith(TEXTS):
            return response
        return super().process_response(request, response)
