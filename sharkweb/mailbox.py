"""Mail in local mode: shown in the terminal and kept for the mail box page, never sent.

Production has neither this backend nor these pages.
"""

import email
import email.policy
import re
import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage as ParsedMail
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

SHOWN_MAX = 50
MAIL_ID = re.compile(r"[0-9TZ]+-[0-9a-f]{8}")
# The form of allauth's codes.
CODE = re.compile(r"^([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})$", re.MULTILINE)


class MailboxBackend(BaseEmailBackend):
    """Django's mail backend of the local mode."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keeps and prints the mails; returns how many."""
        _folder().mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{timezone.now():%Y%m%dT%H%M%S%fZ}-{secrets.token_hex(4)}"
            (_folder() / f"{name}.eml").write_bytes(message.message().as_bytes())
            mail = _read(name)
            sys.stderr.write(f"\n--- mail to {mail.to}: {mail.subject}\n{mail.text}\n---\n")
            sys.stderr.flush()
        return len(email_messages)


@dataclass(frozen=True, slots=True)
class Mail:
    """A kept mail; `code` is the sign-in code in it, or ""."""

    id: str
    subject: str
    to: str
    sender: str
    date: datetime
    text: str
    code: str


@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """The newest mails."""
    newest = sorted(_folder().glob("*.eml"), reverse=True)[:SHOWN_MAX]
    return render(request, "mailbox/list.html", {"mails": [_read(path.stem) for path in newest]})


@require_safe
def mail(request: HttpRequest, mail_id: str) -> HttpResponse:
    """One mail."""
    if not MAIL_ID.fullmatch(mail_id) or not (_folder() / f"{mail_id}.eml").exists():
        raise Http404
    return render(request, "mailbox/mail.html", {"mail": _read(mail_id)})


def _folder() -> Path:
    folder: Path = settings.DATA_DIR / "mail"
    return folder


def _read(mail_id: str) -> Mail:
    path = _folder() / f"{mail_id}.eml"
    parsed = email.message_from_bytes(path.read_bytes(), ParsedMail, policy=email.policy.default)
    body = parsed.get_body(("plain", "html"))
    text = str(body.get_content()).strip() if body else ""
    code = CODE.search(text)
    return Mail(
        id=mail_id,
        subject=str(parsed["Subject"]),
        to=str(parsed["To"]),
        sender=str(parsed["From"]),
        date=datetime.fromtimestamp(path.stat().st_mtime, tz=timezone.get_current_timezone()),
        text=text,
        code=code[1] if code else "",
    )
