"""Reads what a program sent: the body within its limits, its fields, the reference image, the
query, the Idempotency-Key.

Everything wrong with it is an ApiError INVALID_REQUEST that says what to change.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from pydantic import ValidationError

from generations import pictures
from generations.api.schema import (
    PAGE_JOBS_MAX,
    PLAYGROUND,
    PROMPT_MAX_CHARACTERS,
    ImageSubmission,
    JobQuery,
)
from generations.fetch import check_form
from keys.errors import ApiError

# A 10 MB image is 13.4 MB of base64; the rest is room for the prompt and escapes.
BODY_MAX_BYTES = 16 * 1024 * 1024
# What is read and thrown away, so that a client still sending hears our answer.
DRAIN_MAX_BYTES = 64 * 1024 * 1024
CHUNK_BYTES = 64 * 1024
DATA_URI = re.compile(r"data:image/[a-z0-9.+-]+;base64,", re.ASCII | re.IGNORECASE)
BASE64_MAX_CHARACTERS = (pictures.REFERENCE_MAX_BYTES + 2) // 3 * 4
# Visible ASCII, which is what a header carries unharmed.
IDEMPOTENCY_KEY = re.compile(r"[!-~]{1,255}")
PARAMETERS_MAX = 100
TIME_WANTED = (
    "must be a time with its zone, such as 2025-01-15T10:23:44Z, or a date. "
    "In a URL a plus is written %2B."
)
WRONG_PARAMETER = {
    "status": "status must be queued, processing, completed or failed.",
    "token": "token must be the beginning of a token, 12 characters as your list of tokens shows "
    f"them, or {PLAYGROUND}.",
    "created_after": f"created_after {TIME_WANTED}",
    "created_before": f"created_before {TIME_WANTED}",
    "limit": f"limit must be a whole number from 1 to {PAGE_JOBS_MAX}.",
    "cursor": "cursor must be the next_cursor of a page, sent with the same filters.",
}


def invalid(message: str) -> ApiError:
    """The refusal of a malformed request."""
    return ApiError("INVALID_REQUEST", message)


def read_body(environ: Mapping[str, Any]) -> bytes:
    """The request's body, declared or chunked. Raises ApiError above 16 MB."""
    declared = environ.get("CONTENT_LENGTH") or ""
    limit = int(declared) if declared.isdigit() else DRAIN_MAX_BYTES
    kept: list[bytes] = []
    size = 0
    while size < min(limit, DRAIN_MAX_BYTES):
        chunk = environ["wsgi.input"].read(min(CHUNK_BYTES, limit - size))
        if not chunk:
            break
        size += len(chunk)
        if size <= BODY_MAX_BYTES:
            kept.append(chunk)
    if size > BODY_MAX_BYTES:
        raise invalid("The request body is too large: a reference image may have at most 10 MB.")
    return b"".join(kept)


def parse(body: bytes) -> ImageSubmission:
    """The body's fields, checked. Raises ApiError."""
    try:
        submission = ImageSubmission.model_validate_json(body)
    except ValidationError as error:
        raise invalid(_explain(error)) from None
    submission.prompt = check_prompt(submission.prompt)
    if submission.image is not None and submission.image_url is not None:
        raise invalid("Send image or image_url, not both.")
    if submission.image_url is not None:
        try:
            check_form(submission.image_url)
        except ValueError as error:
            raise invalid(str(error)) from None
    return submission


def query(environ: Mapping[str, Any]) -> JobQuery:
    """The query's parameters, checked. Raises ApiError."""
    try:
        sent = parse_qsl(
            environ.get("QUERY_STRING", ""), keep_blank_values=True, max_num_fields=PARAMETERS_MAX
        )
    except ValueError:
        raise invalid(f"Send at most {PARAMETERS_MAX} parameters.") from None
    names = [name for name, _ in sent]
    for name in WRONG_PARAMETER:
        if names.count(name) > 1:
            raise invalid(f"{name} was sent twice. Send it once.")
    try:
        asked = JobQuery.model_validate(dict(sent))
    except ValidationError as error:
        raise invalid(WRONG_PARAMETER[str(error.errors()[0]["loc"][0])]) from None
    if asked.cursor is not None and asked.place is None:
        raise invalid(WRONG_PARAMETER["cursor"])
    return asked


def idempotency_key(environ: Mapping[str, Any]) -> str:
    """The Idempotency-Key, or "" without one. Raises ApiError."""
    key: str | None = environ.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return ""
    if not IDEMPOTENCY_KEY.fullmatch(key):
        raise invalid("Idempotency-Key must be 1 to 255 visible ASCII characters, no blanks.")
    return key


def check_prompt(prompt: str) -> str:
    """The trimmed prompt. Raises ApiError: empty, over 2000 characters, or not text."""
    prompt = prompt.strip()
    if not prompt:
        raise invalid("prompt is required: describe the image to generate.")
    if len(prompt) > PROMPT_MAX_CHARACTERS:
        raise invalid(f"prompt may have at most {PROMPT_MAX_CHARACTERS} characters.")
    # PostgreSQL can store neither.
    if "\0" in prompt or any("\ud800" <= character <= "\udfff" for character in prompt):
        raise invalid("prompt contains characters that are not text.")
    return prompt


def decode_image(image: str) -> bytes:
    """The file behind base64, whatever it is. Raises ApiError."""
    prefix = DATA_URI.match(image[:100])
    text = image[prefix.end() :] if prefix else image
    # Line breaks, as `base64` prints them, say nothing.
    text = "".join(text.split())
    if len(text) > BASE64_MAX_CHARACTERS:
        raise invalid("image is larger than 10 MB.")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise invalid("image is not valid base64.") from None


def clean_image(data: bytes) -> tuple[bytes, str]:
    """The cleaned reference image and its file extension. Raises ApiError."""
    try:
        return pictures.clean_reference(data, pictures.PATIENCE_SECONDS)
    except pictures.InvalidPicture as error:
        raise invalid(str(error)) from None
    except pictures.TooManyPictures:
        seconds = {"Retry-After": str(pictures.RETRY_SECONDS)}
        raise ApiError("RATE_LIMITED", pictures.TOO_MANY_AT_ONCE, seconds) from None


def _explain(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    if first["type"] == "missing":
        return f"{field} is required."
    if first["type"] == "string_type":
        return f"{field} must be a string."
    if first["type"] == "json_invalid":
        return f"The request body is not JSON. {first['msg']}."
    if not field:
        return "The request body must be a JSON object."
    return f"{field}: {first['msg']}."
