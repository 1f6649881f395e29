"""The form of an API token: `sk_live_`, 30 random base62 characters, 6 of their CRC32.

The checksum lets a mistyped or invented token be refused without asking the database. Nothing
here stores or logs a token.
"""

import hmac
import re
import secrets
import string
import zlib

from django.conf import settings

PREFIX = "sk_live_"
ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
RANDOM_CHARACTERS = 30
CHECKSUM_CHARACTERS = 6
FORM = re.compile(rf"{PREFIX}([0-9A-Za-z]{{{RANDOM_CHARACTERS}}})([0-9A-Za-z]{{6}})")


def generate() -> str:
    """A new token with 178 bits of randomness."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_CHARACTERS))
    return PREFIX + body + checksum(body)


def checksum(body: str) -> str:
    """CRC32 of the random part, in base62, padded with zeros."""
    number = zlib.crc32(body.encode())
    digits = ""
    for _ in range(CHECKSUM_CHARACTERS):
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits


def is_well_formed(token: str) -> bool:
    """Whether the token has the form and its checksum fits."""
    match = FORM.fullmatch(token)
    return match is not None and checksum(match[1]) == match[2]


def digest(token: str) -> bytes:
    """What is stored of a token: SHA-256 keyed with a pepper that is not in the database."""
    return hmac.digest(settings.TOKEN_PEPPER, token.encode(), "sha256")


def display_prefix(token: str) -> str:
    """The token's beginning, enough to tell it from others and no more."""
    return token[: len(PREFIX) + 4]
