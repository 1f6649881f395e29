"""Who is calling: from the key in a request to the account it acts for.

The look-up is a piece of SQL, so that a hot endpoint asks for the caller and what they want in
one statement. Every refusal is an ApiError; no token is ever logged or stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from keys import throttle, tokens
from keys.errors import ApiError
from keys.models import touch

# Joined and selected by whoever looks a caller up; `admit` reads the columns in this order. What
# the database can decide comes as a boolean: reading times in Python took a tenth of a poll.
# That a key was used is noted once a minute: exact enough for people, and polls stay free of
# writes.
CALLER_COLUMNS = """
    key.id, key.account_id, key.revoked_at IS NOT NULL, account.suspended_at IS NOT NULL,
    account.verified_at IS NULL, coalesce(key.last_used_at < now() - interval '1 minute', true),
    coalesce(key.expires_at <= now(), false), key.monthly_limit_micros
"""
CALLER_COLUMN_COUNT = 8
CALLER_TABLES = "keys_key key JOIN accounts_account account ON account.id = key.account_id"
CALLER_MATCHES = "key.digest = %(digest)s"

EXPIRED = (
    "This API key has expired. Create another under API tokens in your dashboard, and use that."
)
MISSING = "Send your API key in the X-API-Key header."
INVALID = "This API key is not valid. Check that it was copied whole, or create another."


@dataclass(frozen=True, slots=True)
class Caller:
    """An admitted key, the account that it acts for, and what it may spend in a month."""

    key_id: int
    account_id: int
    monthly_limit_micros: int | None


def presented_digest(headers: Mapping[str, Any]) -> bytes:
    """The digest of the key in the request's WSGI headers.

    Both `X-API-Key: …` and `Authorization: Bearer …` do. Raises ApiError UNAUTHORIZED for none,
    a malformed one or two different ones.
    """
    sent = headers.get("HTTP_X_API_KEY", "").strip()
    scheme, _, bearer = headers.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
    found = {sent, bearer.strip() if scheme.lower() == "bearer" else ""} - {""}
    if not found:
        raise ApiError("UNAUTHORIZED", MISSING)
    if len(found) > 1:
        raise ApiError("UNAUTHORIZED", "Two different API keys were sent. Send one.")
    token = found.pop()
    if not tokens.is_well_formed(token):
        raise ApiError("UNAUTHORIZED", INVALID)
    return tokens.digest(token)


def admit(row: tuple[Any, ...] | None) -> Caller:
    """The caller of a looked-up row. Raises ApiError when the key may do nothing now."""
    if row is None:
        raise ApiError("UNAUTHORIZED", INVALID)
    key_id, account_id, is_revoked, is_suspended, is_unverified, is_use_to_note, *rest = row
    is_expired, monthly_limit_micros = rest
    if is_revoked:
        raise ApiError("KEY_REVOKED", "This API key has been revoked. Create another one.")
    if is_expired:
        raise ApiError("KEY_EXPIRED", EXPIRED)
    if is_suspended:
        raise ApiError("ACCOUNT_SUSPENDED", "This account is suspended. Please contact support.")
    if is_unverified:
        raise ApiError("EMAIL_UNVERIFIED", "Verify your e-mail address, then use the API.")
    throttle.check(key_id)
    if is_use_to_note:
        touch(key_id)
    return Caller(key_id, account_id, monthly_limit_micros)
