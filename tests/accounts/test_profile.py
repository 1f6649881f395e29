"""The profile: a name that others read, and a language that goes along."""

import re

from accounts.models import User
from tests.accounts.people import HOSTILE
from tests.conftest import Customer
from tests.visitor import Visitor


def test_a_name_and_a_language_are_kept(site: str, alice: Customer) -> None:
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        assert alice.user.email in visitor.get("/settings").text
        answer = visitor.post("/settings", {"name": "  Ada \n Lovelace ", "language": "de"})
        assert (answer.status_code, answer.headers["location"]) == (302, "/settings")
        assert '<html lang="de">' in visitor.get("/settings").text
    user = User.objects.get(pk=alice.user.pk)
    assert (user.name, user.language) == ("Ada Lovelace", "de")
    with Visitor(site) as elsewhere:
        elsewhere.sign_in(alice.user.email)
        assert '<html lang="de">' in elsewhere.get("/settings").text
        elsewhere.post("/settings", {"name": "Ada", "language": ""})
        assert '<html lang="en">' in elsewhere.get("/settings").text


def test_the_footers_switch_is_kept_with_who_is_signed_in(site: str, alice: Customer) -> None:
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        for language in ("de", "xx"):
            visitor.post("/language", {"language": language, "next": "/settings"})
            assert User.objects.get(pk=alice.user.pk).language == "de"
        assert visitor.get("/language").status_code == 405


def test_a_visitor_chooses_a_language_too(site: str) -> None:
    with Visitor(site) as visitor:
        visitor.post("/language", {"language": "de", "next": "/"})
        assert '<html lang="de">' in visitor.get("/accounts/login/").text


def test_a_name_is_only_a_name(site: str, alice: Customer) -> None:
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        visitor.post("/settings", {"name": HOSTILE, "language": ""})
        for page in ("/settings", "/settings/members"):
            text = visitor.get(page).text
            assert "<script>alert" not in text
            assert "{{ 7 }}" in text
        for name in ("https://evil.example", "see WWW.evil.example", "x" * 101):
            answer = visitor.post("/settings", {"name": name, "language": ""})
            assert answer.status_code == 422
            assert re.search(r'<input[^>]*name="name"[^>]*aria-invalid="true"', answer.text)
        assert visitor.post("/settings", {"name": "", "language": "xx"}).status_code == 422
    assert User.objects.get(pk=alice.user.pk).name == HOSTILE
