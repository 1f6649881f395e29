"""How an engine fails: three exceptions, and the sentences that customers read.

Which kind of answer means what is each engine's to say.
"""

from django.utils.translation import gettext_noop

BUSY = gettext_noop("The image engine is busy right now. Please try again in a moment.")
UNREACHABLE = gettext_noop("The image engine could not be reached. Please try again in a moment.")
MISCONFIGURED = gettext_noop("The image engine is not available right now. Support has been told.")
BROKEN = gettext_noop("The image engine failed to make this image. Please try again.")
LOST = gettext_noop("The image engine stopped before your image was finished. Please try again.")
TIMED_OUT = gettext_noop("The image engine took too long. Please try again.")
REJECTED = gettext_noop(
    "The image engine did not accept this request. Change the prompt or try again later."
)
MODERATED = gettext_noop(
    "The image engine's safety rules refused this request. Change the prompt and try again."
)
REFERENCE_REFUSED = gettext_noop(
    "The image engine could not use the reference image. Try another one."
)
REFERENCE_UNSUPPORTED = gettext_noop(
    "The image engine takes no reference image. Send the prompt alone."
)
RESULT_UNUSABLE = gettext_noop(
    "The image engine's answer was not a usable image. Please try again."
)


class EngineFailed(Exception):
    """The engine will not make this image; `kind` is one of Job.FailureKind, free for the customer.

    The text is shown to the customer: what happened and what to do, no secrets, no internals.
    """

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


class EngineRefused(EngineFailed):
    """The engine certainly did not take the request, and has nothing against it as such.

    Another engine may take it, and so may this one, after `retry_after_seconds`; None means that
    waiting does not help. From `poll` it means: no answer now.
    """

    def __init__(
        self, message: str, retry_after_seconds: float | None = None, kind: str = "provider"
    ) -> None:
        super().__init__(kind, message)
        self.retry_after_seconds = retry_after_seconds


class EngineUncertain(Exception):
    """No answer came: the engine may or may not have taken the request. The text is for logs."""
