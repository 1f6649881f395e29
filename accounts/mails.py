"""How a mail looks: every text gets an HTML twin of the same words.

Owns the dress alone. What a mail says is a text template of whoever sends it; a paragraph that is
just `Label: https://…` becomes a button, one that is just a code stands large. Nothing else of the
text is taken for more than text, so a hostile name in it stays a name.
"""

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import get_language

log = logging.getLogger(__name__)

ACTION = re.compile(r"(?P<label>[^\n]{1,80}): (?P<url>https?://\S+)")
# The form of allauth's codes.
CODE = re.compile(r"[A-Z0-9]{3,4}-?[A-Z0-9]{3,4}")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A part of a mail: words, a code, or a button with its address."""

    text: str
    url: str = ""
    is_code: bool = False


def dressed(subject: str, text: str, to: Iterable[str]) -> EmailMultiAlternatives:
    """The mail, ready to be sent."""
    # A header is one line, whatever names stand in it.
    message = EmailMultiAlternatives(" ".join(subject.split()), text.strip(), None, list(to))
    message.attach_alternative(html(text), "text/html")
    return message


def send(subject: str, text: str, to: Iterable[str]) -> None:
    """Sends the mail; one that cannot be sent is logged and holds nothing up."""
    try:
        dressed(subject, text, to).send()
    except OSError:
        log.exception("a mail could not be sent")


def html(text: str) -> str:
    """The text in its dress."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n", text.strip())]
    context = {"paragraphs": [_paragraph(block) for block in blocks], "language": get_language()}
    return render_to_string("mail/message.html", context)


def _paragraph(block: str) -> Paragraph:
    if CODE.fullmatch(block):
        return Paragraph(block, is_code=True)
    action = ACTION.fullmatch(block)
    if action and urlsplit(action["url"]).hostname:
        return Paragraph(action["label"], url=action["url"])
    return Paragraph(block)
