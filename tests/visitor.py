"""Somebody at a browser: keeps cookies, sends CSRF tokens, has an address of their own.

The address matters because sign-ups and sign-ins are throttled by it: one test's visitors must
not use up another's tries.
"""

import re
import secrets
from collections.abc import Mapping
from html import unescape
from types import TracebackType

import httpx

from tests.conftest import PASSWORD

LOGIN = "/accounts/login/"


class Visitor:
    """A browser without a screen. Use as a context; redirects are not followed."""

    def __init__(self, site: str) -> None:
        # Linux answers on every address of 127.0.0.0/8.
        address = ".".join(["127", *(str(1 + secrets.randbelow(250)) for _ in range(3))])
        transport = httpx.HTTPTransport(local_address=address)
        self.http = httpx.Client(base_url=site, transport=transport, timeout=30)

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.http.close()

    def get(self, path: str) -> httpx.Response:
        """The answer to GET."""
        return self.http.get(path)

    def post(self, path: str, data: Mapping[str, object] | None = None) -> httpx.Response:
        """The answer to a form, sent with the CSRF token that the cookie holds."""
        if "csrftoken" not in self.http.cookies:
            self.http.get("/accounts/password/reset/")
        token = self.http.cookies["csrftoken"]
        return self.http.post(path, data={"csrfmiddlewaretoken": token, **(data or {})})

    def sign_in(self, email: str, password: str = PASSWORD) -> httpx.Response:
        """The answer to the sign-in form; 302 to somewhere else when it let us in."""
        return self.post(LOGIN, {"login": email, "password": password})

    @property
    def is_signed_in(self) -> bool:
        """Whether the site knows who we are."""
        return self.get("/wallet").status_code == 200

    def code_for(self, email: str) -> str:
        """The newest code that was mailed to the address, read in the local mail box."""
        return self._newest_mail(email, r'class="mail__code">([^<]+)<')

    def mail_to(self, email: str) -> str:
        """The text of the newest mail to the address."""
        path = self._newest_mail(email, r'href="(/mailbox/[^"]+)"')
        page = self.get(path)
        assert page.status_code == 200
        found = re.search(r'class="mail__text">(.*?)</pre>', page.text, re.DOTALL)
        assert found
        return unescape(re.sub(r"<[^>]+>", "", found[1]))

    def mails_to(self, email: str) -> int:
        """How many mails to the address the mail box shows."""
        return len(self._mails(email))

    def _newest_mail(self, email: str, pattern: str) -> str:
        found = re.search(pattern, self._mails(email)[0])
        assert found, f"{pattern} is not in the newest mail to {email}"
        return unescape(found[1])

    def _mails(self, email: str) -> list[str]:
        page = self.get("/mailbox/")
        assert page.status_code == 200
        return [item for item in page.text.split("<li ")[1:] if f"To {email}" in unescape(item)]


def field(page: httpx.Response, name: str) -> str:
    """The value of a form's field in the page."""
    for tag in re.findall(r"<input[^>]*>", page.text):
        if f'name="{name}"' in tag and (value := re.search(r'value="([^"]*)"', tag)):
            return unescape(value[1])
    raise AssertionError(f"no field {name}")


def act(clerk: Visitor, model: str, action: str, pk: object) -> None:
    """Runs an action of one of the admin's lists on one row."""
    data: dict[str, object] = {"action": action, "_selected_action": str(pk), "index": "0"}
    answer = clerk.post(f"/admin/{model}/", data)
    assert answer.status_code == 302, answer.text
