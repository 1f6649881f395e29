"""Where one is signed in: shown, and ended one by one or all but this one."""

import re

from accounts import devices
from tests.conftest import Customer
from tests.visitor import Visitor

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1"
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"


def test_sessions_are_listed_and_ended(site: str, alice: Customer, bob: Customer) -> None:
    with Visitor(site) as here, Visitor(site) as phone, Visitor(site) as desk:
        phone.http.headers["User-Agent"] = PHONE
        desk.http.headers["User-Agent"] = DESK
        for visitor in (here, phone, desk):
            visitor.sign_in(alice.user.email)
        page = here.get("/settings/sessions").text
        assert "Safari, iPhone" in page
        assert "Chrome, Windows" in page
        ends = re.findall(r"/settings/sessions/\d+/end", page)
        assert len(ends) == 2
        with Visitor(site) as stranger:
            stranger.sign_in(bob.user.email)
            for end in ends:
                stranger.post(end)
        assert phone.is_signed_in
        here.post(ends[0])
        # The newest stands first.
        assert not desk.is_signed_in
        assert phone.is_signed_in
        here.post("/settings/sessions/end-others")
        assert not phone.is_signed_in
        assert here.is_signed_in
        assert "/end" not in re.sub("end-others", "", here.get("/settings/sessions").text)


def test_a_new_password_takes_other_sessions_off_the_list(site: str, alice: Customer) -> None:
    with Visitor(site) as here, Visitor(site) as there:
        here.sign_in(alice.user.email)
        there.sign_in(alice.user.email)
        form = {"oldpassword": "correct-horse-7", "password1": "another-horse-8"}
        here.post("/accounts/password/change/", {**form, "password2": "another-horse-8"})
        page = here.get("/settings/sessions").text
        assert "This browser" in page
        assert not re.search(r"/settings/sessions/\d+/end", page)


def test_browsers_have_names() -> None:
    assert devices.label(PHONE) == "Safari, iPhone"
    assert devices.is_small(PHONE)
    assert devices.label("curl/8") == "Unknown browser"
