"""What several of these tests do: belong to another's account, and show once more who one is."""

import email
import email.policy
import re
from email.message import EmailMessage

import httpx
from django.conf import settings

from accounts.models import Membership
from accounts.roles import Role
from tests.conftest import PASSWORD, Customer
from tests.visitor import Visitor

REAUTHENTICATE = "/accounts/reauthenticate/"
# A name that would do harm wherever it were taken for more than a name.
HOSTILE = "<script>alert(1)</script>\"'{{ 7 }}"


def join(member: Customer, account_of: Customer, role: Role) -> Membership:
    """The member's part in the other's account."""
    return Membership.objects.create(user=member.user, account=account_of.account, role=role)


def proven(visitor: Visitor, answer: httpx.Response, password: str = PASSWORD) -> httpx.Response:
    """What the page that asked who one is goes on with."""
    assert answer.status_code == 302
    assert answer.headers["location"].startswith(REAUTHENTICATE), answer.headers["location"]
    return visitor.post(answer.headers["location"], {"password": password})


def sign_in_to(visitor: Visitor, member: Customer, account_of: Customer) -> None:
    """Signs the member in and goes to the other's account."""
    visitor.sign_in(member.user.email)
    answer = visitor.post("/settings/accounts", {"account": account_of.account.pk})
    assert answer.status_code == 302


def newest_mail(address: str) -> tuple[EmailMessage, str, str]:
    """The newest mail to the address: itself, its text and its HTML."""
    for path in sorted((settings.DATA_DIR / "mail").glob("*.eml"), reverse=True):
        mail = email.message_from_bytes(
            path.read_bytes(), EmailMessage, policy=email.policy.default
        )
        if mail["To"] == address:
            text, html = mail.get_body(("plain",)), mail.get_body(("html",))
            assert text
            assert html
            return mail, text.get_content(), html.get_content()
    raise AssertionError(f"no mail to {address}")


def link_in(text: str, path: str) -> str:
    """The path of the link that begins with it in a mail."""
    found = re.search(rf"https?://[^/\s]+({path}\S+)", text)
    assert found, text
    return found[1]
