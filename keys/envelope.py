"""The form of every answer under /api/: compact JSON, and one envelope for all errors.

Never decides what is an error.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse

from keys.errors import STATUS_OF_CODE, ApiError

API_PREFIX = "/api/"

# Answers change with the job and belong to one customer: nobody between may keep them.
HEADERS = {
    "Content-Type": "application/json",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
NOT_FOUND = ("NOT_FOUND", "There is nothing at this address. See the API reference.")
# What to say of an error that Django itself answered, before any of our code ran.
WORDS_OF_STATUS = {
    400: ("INVALID_REQUEST", "The request cannot be understood."),
    # Django's check against forged forms, where no operation of ours takes the POST.
    403: NOT_FOUND,
    404: NOT_FOUND,
    405: ("METHOD_NOT_ALLOWED", "This address does not answer that method."),
}
INTERNAL = ("INTERNAL", "Something went wrong on our side. Nothing was charged; retry shortly.")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: status, JSON body in bytes, headers besides the content's own."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    def to_http(self) -> HttpResponse:
        """The same answer for Django."""
        return HttpResponse(self.body, status=self.status, headers=HEADERS | self.headers)


def error_body(code: str, message: str) -> bytes:
    """`{"error": …, "code": …}` without blanks: shell programs grep it."""
    return json.dumps({"error": message, "code": code}, separators=(",", ":")).encode()


def refusal(error: ApiError) -> Reply:
    """The reply that carries an ApiError."""
    return Reply(error.status, error_body(error.code, error.message), error.headers)


def internal() -> Reply:
    """The reply to a fault of ours; the log has the details."""
    return Reply(500, error_body(*INTERNAL))


class ApiErrors:
    """Middleware: gives errors under /api/ that are not JSON yet the envelope."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_error = response.status_code >= 400 and request.path_info.startswith(API_PREFIX)
        if is_error and response.headers.get("Content-Type") != "application/json":
            code, message = WORDS_OF_STATUS.get(response.status_code, INTERNAL)
            response.status_code = STATUS_OF_CODE[code]
            response.content = error_body(code, message)
            length = {"Content-Length": str(len(response.content))}
            for name, value in (HEADERS | length).items():
                response.headers[name] = value
        return response
