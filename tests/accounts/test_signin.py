"""Signing in, out, and back in after the password was forgotten; guessing is slowed down."""

import re
from urllib.parse import urlsplit

import pytest

from tests.conftest import Customer
from tests.visitor import LOGIN, Visitor

RESET = "/accounts/password/reset/"
NEW_PASSWORD = "another-horse-8"


def test_in_and_out(site: str, alice: Customer) -> None:
    with Visitor(site) as visitor:
        answer = visitor.sign_in(alice.user.email)
        assert (answer.status_code, answer.headers["location"]) == (302, "/overview")
        assert visitor.is_signed_in
        # A link in a mail or on a page must not sign anybody out.
        visitor.get("/accounts/logout/")
        assert visitor.is_signed_in
        visitor.post("/accounts/logout/")
        assert not visitor.is_signed_in


def test_after_signing_in_one_is_where_one_wanted_to_be(site: str, alice: Customer) -> None:
    with Visitor(site) as visitor:
        answer = visitor.get("/wallet?before=9")
        assert answer.status_code == 302
        to_login = answer.headers["location"]
        assert to_login.startswith(f"{LOGIN}?next=")
        form = {"login": alice.user.email, "password": "correct-horse-7"}
        assert visitor.post(to_login, form).headers["location"] == "/wallet?before=9"


def test_nobody_is_sent_to_another_site(site: str, alice: Customer) -> None:
    for elsewhere in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        with Visitor(site) as visitor:
            form = {"login": alice.user.email, "password": "correct-horse-7"}
            answer = visitor.post(f"{LOGIN}?next={elsewhere}", {**form, "next": elsewhere})
            assert "evil" not in answer.headers["location"]


def test_guessing_a_password_is_slowed_down_from_any_address(site: str, alice: Customer) -> None:
    for _ in range(5):
        with Visitor(site) as guesser:
            assert guesser.sign_in(alice.user.email, "wrong").status_code == 200
    with Visitor(site) as guesser:
        answer = guesser.sign_in(alice.user.email, "wrong")
        assert "Too many failed login attempts" in answer.text or answer.status_code == 429
        # Now not even the right one helps, so a guesser cannot tell.
        guesser.sign_in(alice.user.email)
        assert not guesser.is_signed_in


def test_the_throttle_does_not_care_for_letter_case(site: str, alice: Customer) -> None:
    email = alice.user.email
    for spelling in (email, email.upper(), email.title(), f" {email}", f"{email} "):
        with Visitor(site) as guesser:
            guesser.sign_in(spelling, "wrong")
    with Visitor(site) as guesser:
        guesser.sign_in(email)
        assert not guesser.is_signed_in


def test_guessing_many_passwords_from_one_address_is_slowed_down(site: str) -> None:
    with Visitor(site) as guesser:
        answers = [guesser.sign_in(f"nobody-{n}@example.com", "wrong") for n in range(11)]
    assert "Too many failed login attempts" in answers[-1].text or answers[-1].status_code == 429


def test_the_admin_has_no_unguarded_door(site: str, staff: object, alice: Customer) -> None:
    """Its own sign-in page would try passwords without a throttle."""
    with Visitor(site) as visitor:
        answer = visitor.get("/admin/")
        assert answer.status_code == 302
        answer = visitor.get(answer.headers["location"])
        assert urlsplit(answer.headers["location"]).path == LOGIN
        form = {"username": alice.user.email, "password": "wrong", "next": "/admin/"}
        assert urlsplit(visitor.post("/admin/login/", form).headers["location"]).path == LOGIN


def test_a_forgotten_password_is_set_anew(site: str, alice: Customer) -> None:
    email = alice.user.email
    with Visitor(site) as visitor:
        assert visitor.post(RESET, {"email": email.upper()}).status_code == 302
        found = re.search(r"https?://\S+/password/reset/key/\S+", visitor.mail_to(email))
        assert found
        link = urlsplit(found[0]).path
        # The link's key moves to the session, out of the address that pages and logs show.
        form_path = visitor.get(link).headers["location"]
        assert form_path.endswith("-set-password/")
        answer = visitor.post(form_path, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
        assert answer.status_code == 302
        assert visitor.is_signed_in
        visitor.post("/accounts/logout/")
        visitor.sign_in(email)
        assert not visitor.is_signed_in
        visitor.sign_in(email, NEW_PASSWORD)
        assert visitor.is_signed_in
    with Visitor(site) as thief:
        # A link works once.
        assert "location" not in thief.get(link).headers


def test_setting_a_new_password_ends_other_sessions(site: str, alice: Customer) -> None:
    with Visitor(site) as forgotten, Visitor(site) as visitor:
        forgotten.sign_in(alice.user.email)
        visitor.sign_in(alice.user.email)
        form = {"oldpassword": "correct-horse-7", "password1": NEW_PASSWORD}
        answer = visitor.post("/accounts/password/change/", {**form, "password2": NEW_PASSWORD})
        assert answer.status_code == 302
        assert visitor.is_signed_in
        assert not forgotten.is_signed_in


def test_asking_for_a_reset_does_not_tell_who_is_here(site: str, alice: Customer) -> None:
    with Visitor(site) as visitor:
        answers = [
            visitor.post(RESET, {"email": email})
            for email in (alice.user.email, f"no-{alice.user.email}")
        ]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].headers["location"] == answers[1].headers["location"]


@pytest.mark.parametrize("key", ["1-abc", "zzzzzzzzzzzzzzzzzzzz-set-password", "1-%00", "0-a-b"])
def test_an_invented_link_sets_no_password(key: str, site: str) -> None:
    with Visitor(site) as visitor:
        answer = visitor.get(f"/accounts/password/reset/key/{key}/")
        assert answer.status_code == 200
        assert 'name="password1"' not in answer.text
