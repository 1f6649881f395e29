"""The second factor: an app's codes, recovery codes, and what is kept of their secrets."""

import base64
import hmac
import re
import struct
import time

import pytest
from allauth.mfa.models import Authenticator

from tests.accounts.people import newest_mail, proven
from tests.conftest import Customer
from tests.visitor import Visitor

ACTIVATE = "/accounts/2fa/totp/activate/"
DEACTIVATE = "/accounts/2fa/totp/deactivate/"
AUTHENTICATE = "/accounts/2fa/authenticate/"


def code_of(secret: str, steps_ahead: int = 0) -> str:
    """What an app would show: https://www.rfc-editor.org/rfc/rfc6238"""
    counter = int(time.time()) // 30 + steps_ahead
    mac = hmac.digest(base64.b32decode(secret), struct.pack(">Q", counter), "sha1")
    at = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[at : at + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def activate(visitor: Visitor) -> str:
    """Sets an app up and returns its secret; leaves the visitor at the recovery codes."""
    page = visitor.get(ACTIVATE)
    if page.status_code == 302:
        proven(visitor, page)
        page = visitor.get(ACTIVATE)
    found = re.search(r'id="totp-secret">([A-Z2-7]+)<', page.text)
    assert found
    assert 'src="data:image/svg+xml;base64,' in page.text
    answer = visitor.post(ACTIVATE, {"code": code_of(found[1])})
    assert answer.headers["location"] == "/accounts/2fa/recovery-codes/", answer.text
    return found[1]


def test_signing_in_takes_a_code_then(site: str, alice: Customer) -> None:
    email = alice.user.email
    with Visitor(site) as visitor:
        visitor.sign_in(email)
        secret = activate(visitor)
        assert "Two-factor is on" in newest_mail(email)[0]["Subject"]
        visitor.post("/accounts/logout/")
        answer = visitor.sign_in(email)
        assert (answer.status_code, answer.headers["location"]) == (302, AUTHENTICATE)
        assert not visitor.is_signed_in
        page = visitor.get(AUTHENTICATE).text
        field = re.search(r'<input[^>]*name="code"[^>]*>', page)
        assert field
        assert 'autocomplete="one-time-code"' in field[0]
        assert 'inputmode="numeric"' in field[0]
        # Who has no passkey is offered none.
        assert "Use a passkey" not in page
        wrong = visitor.post(AUTHENTICATE, {"code": "000000"})
        assert 'aria-invalid="true"' in wrong.text
        assert not visitor.is_signed_in
        # With a blank, as apps show it; the one after now, since a code is good once.
        code = code_of(secret, 1)
        answer = visitor.post(AUTHENTICATE, {"code": f"{code[:3]} {code[3:]}"})
        assert visitor.is_signed_in
    with Visitor(site) as thief:
        thief.sign_in(email)
        thief.post(AUTHENTICATE, {"code": code})
        assert not thief.is_signed_in


def test_a_recovery_code_works_once(site: str, alice: Customer) -> None:
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        activate(visitor)
        page = visitor.get("/accounts/2fa/recovery-codes/").text
        codes = re.findall(r"^(?:.*>)?(\d{8})(?:<.*)?$", page, re.MULTILINE)
        assert len(codes) == 10
        download = visitor.get("/accounts/2fa/recovery-codes/download/")
        assert set(download.text.split()) == set(codes)
    for times in (1, 2):
        with Visitor(site) as visitor:
            visitor.sign_in(alice.user.email)
            visitor.post(AUTHENTICATE, {"code": codes[0]})
            assert visitor.is_signed_in is (times == 1)
            if times == 1:
                assert "9 codes are left" in visitor.get("/accounts/2fa/").text
                # Whoever came in by a code still has to show who they are for what matters.
                generate = "/accounts/2fa/recovery-codes/generate/"
                assert visitor.post(generate).status_code == 302
                assert "9 codes are left" in visitor.get("/accounts/2fa/").text


def test_it_is_turned_off_again(site: str, alice: Customer) -> None:
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        activate(visitor)
        assert "Turn off" in visitor.get(DEACTIVATE).text
        visitor.post(DEACTIVATE)
        visitor.post("/accounts/logout/")
        visitor.sign_in(alice.user.email)
        assert visitor.is_signed_in
    assert not Authenticator.objects.filter(user=alice.user).exists()


def test_the_database_holds_no_secret_in_the_clear(site: str, alice: Customer) -> None:
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        secret = activate(visitor)
    stored = [str(each.data) for each in Authenticator.objects.filter(user=alice.user)]
    assert len(stored) == 2
    assert not any(secret in each for each in stored)


@pytest.mark.parametrize(
    "path", [ACTIVATE, "/accounts/2fa/webauthn/add/", "/accounts/2fa/recovery-codes/generate/"]
)
def test_a_session_alone_sets_nothing_up(path: str, site: str, alice: Customer) -> None:
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        answer = visitor.get(path)
        assert answer.headers["location"].startswith("/accounts/reauthenticate/")
        page = visitor.get(answer.headers["location"]).text
        assert 'autocomplete="current-password"' in page
        assert f'value="{alice.user.email}"' in page
        assert visitor.post(answer.headers["location"], {"password": "wrong"}).status_code == 200
        assert visitor.get(path).status_code == 302


def test_anothers_passkey_is_out_of_reach(site: str, alice: Customer, bob: Customer) -> None:
    passkey = Authenticator.objects.create(
        user=alice.user, type=Authenticator.Type.WEBAUTHN, data={"name": "laptop"}
    )
    with Visitor(site) as visitor:
        visitor.sign_in(bob.user.email)
        proven(visitor, visitor.get(f"/accounts/2fa/webauthn/keys/{passkey.pk}/edit/"))
        for deed in ("edit", "remove"):
            path = f"/accounts/2fa/webauthn/keys/{passkey.pk}/{deed}/"
            assert visitor.get(path).status_code == 404
            assert visitor.post(path, {"name": "stolen"}).status_code == 404
    passkey.refresh_from_db()
    assert passkey.data == {"name": "laptop"}
