"""What the public API says when it refuses: a code, its status, a sentence.

Rooms above raise ApiError; turning it into a response is `envelope.py`'s.
"""

STATUS_OF_CODE = {
    "INVALID_REQUEST": 400,
    "UNAUTHORIZED": 401,
    "INSUFFICIENT_BALANCE": 402,
    "SPENDING_LIMIT_REACHED": 402,
    "KEY_REVOKED": 403,
    "KEY_EXPIRED": 403,
    "ACCOUNT_SUSPENDED": 403,
    "EMAIL_UNVERIFIED": 403,
    "NOT_FOUND": 404,
    "METHOD_NOT_ALLOWED": 405,
    "JOB_FINISHED": 409,
    "IDEMPOTENCY_CONFLICT": 409,
    "NO_ACTIVE_MODEL": 422,
    "RATE_LIMITED": 429,
    "INTERNAL": 500,
}


class ApiError(Exception):
    """A refusal by the public API; `message` is a sentence its reader can act on."""

    def __init__(self, code: str, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = STATUS_OF_CODE[code]
        self.headers = headers or {}
