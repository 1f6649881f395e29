"""The form of a token, and what is kept of it: a peppered digest, nothing to sign in with."""

import hashlib
import hmac
import re
import secrets
import string
import zlib

import pytest
from django.conf import settings as django_settings
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from keys import tokens
from keys.models import Key
from tests.conftest import Customer

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
BODIES = st.text(BASE62, min_size=30, max_size=30)


def in_base62(number: int) -> str:
    """The textbook way, to hold against the module's own."""
    return in_base62(number // 62) + BASE62[number % 62] if number else ""


def test_a_token_has_the_form_that_is_documented() -> None:
    for _ in range(200):
        token = tokens.generate()
        assert re.fullmatch(r"sk_live_[0-9A-Za-z]{36}", token)
        assert tokens.is_well_formed(token)


def test_tokens_are_random_in_every_place() -> None:
    bodies = [tokens.generate()[8:38] for _ in range(400)]
    assert len(set(bodies)) == 400
    for place in range(30):
        assert len({body[place] for body in bodies}) > 40


@settings(deadline=None)
@given(BODIES)
def test_the_checksum_is_crc32_of_the_random_part(body: str) -> None:
    expected = in_base62(zlib.crc32(body.encode())).rjust(6, "0")
    assert tokens.checksum(body) == expected
    assert tokens.is_well_formed(f"sk_live_{body}{expected}")


@settings(deadline=None)
@given(BODIES, st.integers(8, 43), st.sampled_from(BASE62))
def test_one_mistyped_character_is_noticed(body: str, place: int, typed: str) -> None:
    token = f"sk_live_{body}{tokens.checksum(body)}"
    mistyped = token[:place] + typed + token[place + 1 :]
    assert tokens.is_well_formed(mistyped) == (mistyped == token)


def test_what_only_resembles_a_token_is_refused() -> None:
    token = tokens.generate()
    for wrong in (
        "",
        token[:-1],
        f"{token}0",
        f"{token}\n",
        f" {token}",
        token.upper(),
        token.replace("sk_live_", "sk_test_"),
        token[8:],
        # Digits of other scripts, which isdigit() and \d would take.
        f"sk_live_{'１' * 30}{tokens.checksum('１' * 30)}",
        f"sk_live_{'٣' * 30}{tokens.checksum('٣' * 30)}",
        "sk_live_" + "\x00" * 36,
    ):
        assert not tokens.is_well_formed(wrong), wrong


def test_the_digest_needs_the_pepper(settings: Settings) -> None:
    token = tokens.generate()
    ours = tokens.digest(token)
    assert ours == hmac.new(settings.TOKEN_PEPPER, token.encode(), hashlib.sha256).digest()
    assert ours != hashlib.sha256(token.encode()).digest()
    settings.TOKEN_PEPPER = secrets.token_bytes(32)
    assert tokens.digest(token) != ours


def test_the_pepper_is_a_secret_of_its_own() -> None:
    pepper = django_settings.TOKEN_PEPPER
    assert len(pepper) >= 32
    assert pepper != django_settings.SECRET_KEY.encode()


def test_a_key_keeps_a_digest_and_what_tells_it_from_others(alice: Customer) -> None:
    key, token = Key.create(alice.account, "website", alice.user)
    key.refresh_from_db()
    assert bytes(key.digest) == tokens.digest(token)
    assert (key.prefix, key.last4) == (token[:12], token[-4:])
    assert (key.account, key.created_by) == (alice.account, alice.user)
    assert (key.last_used_at, key.revoked_at) == (None, None)
    # Of the 30 random characters 4 are shown, of the checksum 4: 26 stay to be guessed.
    assert str(key) == f"website ({token[:12]}…{token[-4:]})"


def test_two_keys_never_share_a_digest(alice: Customer) -> None:
    with pytest.raises(IntegrityError, match="digest"), transaction.atomic():
        Key.objects.create(account=alice.account, name="copy", digest=alice.key.digest)


def test_a_key_is_revoked_once_and_for_ever(alice: Customer) -> None:
    assert alice.key.revoke() is True
    alice.key.refresh_from_db()
    revoked_at = alice.key.revoked_at
    assert revoked_at is not None
    assert alice.key.revoke() is False
    alice.key.refresh_from_db()
    assert alice.key.revoked_at == revoked_at
