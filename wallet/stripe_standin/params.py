"""Reads parameters the way Stripe's API does: bracket syntax in, typed values out.

Owns the syntax and the refusals of single parameters: unknown, missing, empty, of the wrong form.
Which parameters a call takes, its own module says. A parameter that Stripe knows and the
stand-in does not play is refused as unknown, so that nothing passes here by being ignored.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from wallet.stripe_standin.errors import ApiError

# A form is nested: {"a": {"b": {"0": "x"}}} for a[b][0]=x. Lists are groups with numbers as keys.
Form = dict[str, Any]
# Takes the full name, for the message, and what was sent; gives the value or raises ApiError.
Reader = Callable[[str, Any], Any]
Fields = Mapping[str, Reader]

NAME = re.compile(r"[^\[\]]+|\[\]")
# https://docs.stripe.com/api/metadata
METADATA_KEYS_MAX = 50
METADATA_KEY_LENGTH_MAX = 40
METADATA_VALUE_LENGTH_MAX = 500
TEXT_LENGTH_MAX = 5000


def nest(pairs: Iterable[tuple[str, str]]) -> Form:
    """The form that these names and values spell."""
    form: Form = {}
    for name, value in pairs:
        *path, last = NAME.findall(name) or [name]
        place = form
        for step in path:
            place = place.setdefault(step, {})
            if not isinstance(place, dict):
                raise ApiError(f"Invalid hash: {name}", param=name)
        place[str(len(place)) if last == "[]" else last] = value
    return form


def read(
    form: Form, fields: Fields, required: Collection[str] = (), within: str = ""
) -> dict[str, Any]:
    """The values of the form. Raises ApiError for what is unknown, missing or malformed."""
    for name in form:
        if name not in fields:
            full = _full(within, name)
            raise ApiError(
                f"Received unknown parameter: {full}", code="parameter_unknown", param=full
            )
    for name in required:
        if name not in form:
            full = _full(within, name)
            raise ApiError(f"Missing required param: {full}.", code="parameter_missing", param=full)
    return {name: fields[name](_full(within, name), raw) for name, raw in form.items()}


def _full(within: str, name: str) -> str:
    return f"{within}[{name}]" if within else name


def text(name: str, raw: Any) -> str:
    """A string that is not empty."""
    if not isinstance(raw, str):
        raise ApiError(f"Invalid string: {name}", param=name)
    if not raw:
        message = f"You passed an empty string for '{name}'. It cannot be unset."
        raise ApiError(message, code="parameter_invalid_empty", param=name)
    if len(raw) > TEXT_LENGTH_MAX:
        message = f"Invalid string: {name} must be at most {TEXT_LENGTH_MAX} characters"
        raise ApiError(message, param=name)
    return raw


def integer(name: str, raw: Any) -> int:
    """A whole number in ASCII digits."""
    if not isinstance(raw, str) or not re.fullmatch(r"-?[0-9]{1,15}", raw):
        raise ApiError(f"Invalid integer: {raw}", code="parameter_invalid_integer", param=name)
    return int(raw)


def positive(name: str, raw: Any) -> int:
    """A whole number of at least 1."""
    number = integer(name, raw)
    if number < 1:
        message = f"Invalid positive integer: {name} must be at least 1"
        raise ApiError(message, code="parameter_invalid_integer", param=name)
    return number


def boolean(name: str, raw: Any) -> bool:
    """`true` or `false`; the library sends Python's with a capital letter made small."""
    if raw not in ("true", "false"):
        raise ApiError(f"Invalid boolean: {raw}", param=name)
    return bool(raw == "true")


def url(name: str, raw: Any) -> str:
    """An absolute http(s) address."""
    value = text(name, raw)
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ApiError("Not a valid URL", code="url_invalid", param=name)
    return value


def email(name: str, raw: Any) -> str:
    """A mail address, as far as one glance can tell."""
    value = text(name, raw)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", value):
        raise ApiError(f"Invalid email address: {value}", code="email_invalid", param=name)
    return value


def one_of(*choices: str) -> Reader:
    """One of these words."""

    def reader(name: str, raw: Any) -> str:
        if raw not in choices:
            raise ApiError(f"Invalid {name}: must be one of {', '.join(choices)}", param=name)
        return str(raw)

    return reader


def group(fields: Fields, required: Collection[str] = ()) -> Reader:
    """A nested group of parameters."""

    def reader(name: str, raw: Any) -> dict[str, Any]:
        if not isinstance(raw, dict):
            raise ApiError(f"Invalid object: {name}", param=name)
        return read(raw, fields, required, within=name)

    return reader


def many(each: Reader) -> Reader:
    """A list."""

    def reader(name: str, raw: Any) -> list[Any]:
        if not isinstance(raw, dict) or not all(key.isdigit() for key in raw):
            raise ApiError(f"Invalid array: {name}", param=name)
        return [each(f"{name}[{key}]", raw[key]) for key in sorted(raw, key=int)]

    return reader


def metadata(name: str, raw: Any) -> dict[str, str]:
    """Keys and values of the caller's own. An empty value takes the key away."""
    if not isinstance(raw, dict) or not all(isinstance(value, str) for value in raw.values()):
        raise ApiError(f"Invalid hash: {name}", param=name)
    if len(raw) > METADATA_KEYS_MAX:
        raise ApiError(f"Metadata can have up to {METADATA_KEYS_MAX} keys", param=name)
    for key, value in raw.items():
        if len(key) > METADATA_KEY_LENGTH_MAX or len(value) > METADATA_VALUE_LENGTH_MAX:
            limits = f"{METADATA_KEY_LENGTH_MAX} and {METADATA_VALUE_LENGTH_MAX} characters"
            message = f"Metadata keys and values can have up to {limits}"
            raise ApiError(message, param=_full(name, key))
    return dict(raw)


def _moments(name: str, raw: Any) -> dict[str, int]:
    if isinstance(raw, str):
        moment = integer(name, raw)
        return {"gte": moment, "lte": moment}
    bounds = dict.fromkeys(("gt", "gte", "lt", "lte"), integer)
    return read(raw, bounds, within=name)


# A moment in Unix seconds, or a group of gt, gte, lt and lte.
moments: Reader = _moments
