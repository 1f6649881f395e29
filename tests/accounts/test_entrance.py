"""Every way in looks like one house: its frame, its fields for password managers, its errors."""

import re
import uuid

import httpx

from tests.conftest import PASSWORD, Customer
from tests.visitor import LOGIN, Visitor

SIGNUP = "/accounts/signup/"


def field(page: httpx.Response, name: str) -> str:
    """The tag of a form's field."""
    found = re.search(rf'<input[^>]*name="{name}"[^>]*>', page.text)
    assert found, name
    return found[0]


def wears_the_dress(page: httpx.Response) -> None:
    """In our frame, under our policy, with every word of a script in a file."""
    assert "css/tokens.css" in page.text
    assert page.text.count("<h1") == 1
    assert "style=" not in page.text
    for script in re.findall(r"<script[^>]*>", page.text):
        assert "src=" in script or 'type="application/json"' in script
    for button in re.findall(r"<(?:button|a) [^>]*type=[^>]*>", page.text):
        assert "class=" in button


PUBLIC = {
    LOGIN: {"login": "username", "password": "current-password"},
    SIGNUP: {"email": "username", "password1": "new-password"},
    "/accounts/password/reset/": {"email": "email"},
    "/accounts/password/reset/done/": {},
    "/accounts/password/reset/key/done/": {},
    "/accounts/password/reset/key/1-abc/": {},
    "/accounts/inactive/": {},
    "/invitations/none": {},
}
OWN = {
    "/accounts/logout/": {},
    "/accounts/email/": {"email": "email"},
    "/accounts/password/change/": {
        "oldpassword": "current-password",
        "password1": "new-password",
        "username": "username",
    },
    "/accounts/reauthenticate/": {"password": "current-password", "username": "username"},
    "/accounts/2fa/": {},
    "/accounts/2fa/webauthn/": {},
    "/settings": {"name": "name"},
    "/settings/account": {},
    "/settings/accounts": {},
    "/settings/members": {"email": "off"},
    "/settings/members/leave": {},
    "/settings/sessions": {},
}


def fills_in_by_itself(page: httpx.Response, fields: dict[str, str]) -> None:
    for name, autocomplete in fields.items():
        assert f'autocomplete="{autocomplete}"' in field(page, name)


def test_pages_for_everybody(site: str) -> None:
    with Visitor(site) as visitor:
        for path, fields in PUBLIC.items():
            page = visitor.get(path)
            wears_the_dress(page)
            fills_in_by_itself(page, fields)


def test_pages_for_who_is_signed_in(site: str, alice: Customer) -> None:
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        for path, fields in OWN.items():
            page = visitor.get(path)
            assert page.status_code == 200
            wears_the_dress(page)
            fills_in_by_itself(page, fields)


def test_a_refusal_stands_beside_the_password(site: str, alice: Customer) -> None:
    with Visitor(site) as visitor:
        page = visitor.post(LOGIN, {"login": alice.user.email, "password": "wrong"})
        assert 'aria-invalid="true"' in field(page, "password")
        assert re.search(r'id="id_password_error".*?not correct', page.text, re.DOTALL)
        page = visitor.post(SIGNUP, {"email": "x", "password1": "y"})
        for name in ("email", "password1"):
            assert 'aria-invalid="true"' in field(page, name)


def test_the_code_of_a_mail_fills_in_by_itself(site: str) -> None:
    with Visitor(site) as visitor:
        email = f"new-{uuid.uuid4().hex[:12]}@example.com"
        visitor.post(SIGNUP, {"email": email, "password1": PASSWORD})
        page = visitor.get("/accounts/confirm-email/")
        wears_the_dress(page)
        assert 'autocomplete="one-time-code"' in field(page, "code")
        page = visitor.post("/accounts/confirm-email/", {"code": "AAAA-0000"})
        assert 'aria-invalid="true"' in field(page, "code")


def test_too_many_tries_are_told_in_our_words(site: str) -> None:
    with Visitor(site) as visitor:
        form = {"email": "nobody@example.com"}
        answers = [visitor.post("/accounts/password/reset/", form) for _ in range(6)]
    assert answers[-1].status_code == 429
    wears_the_dress(answers[-1])
