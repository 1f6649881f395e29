"""What the stand-in answers when it says no, in Stripe's words and shapes.

Owns the error envelope. It decides nothing and touches no state.
"""

from typing import Any

DOCS = "https://stripe.com/docs/error-codes"


class ApiError(Exception):
    """A call that is refused: nothing happened. Without `status` it is a 400.

    Shapes as in https://docs.stripe.com/api/errors; `more` goes into the error object as it is.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        status: int = 400,
        kind: str = "invalid_request_error",
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        error = {"code": code, "message": message, "param": param, "type": kind, **more}
        self.error = {name: value for name, value in error.items() if value is not None}
        if code:
            self.error["doc_url"] = f"{DOCS}/{code.replace('_', '-')}"

    @property
    def body(self) -> dict[str, Any]:
        """The JSON of the answer."""
        return {"error": self.error}


class Decline(ApiError):
    """A 402: the payment was tried and did not go through. What happened stays recorded."""

    def __init__(self, message: str, **more: Any) -> None:
        super().__init__(message, status=402, kind="card_error", **more)


def missing(kind: str, object_id: str, param: str = "id", status: int = 404) -> ApiError:
    """There is no such object. In a parameter of a call rather than its path it is a 400."""
    return ApiError(
        f"No such {kind}: '{object_id}'", code="resource_missing", param=param, status=status
    )
