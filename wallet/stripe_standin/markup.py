"""Puts values into the templates, escaped.

Owns the one way from a value to HTML; what the pages say is in `pages` and the templates.
"""

from html import escape
from pathlib import Path
from string import Template

TEMPLATES = Path(__file__).parent / "templates"
SYMBOLS = {"usd": "$", "eur": "€", "gbp": "£"}


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def fill(template: str, **values: object) -> Html:
    """The template with its `$names` replaced; all but Html is escaped."""
    return Html(Template(template).substitute({name: _safe(values[name]) for name in values}))


def _safe(value: object) -> str:
    return value if isinstance(value, Html) else escape(str(value))


def render(name: str, title: str, **values: object) -> bytes:
    """The page of the template file."""
    content = fill((TEMPLATES / f"{name}.html").read_text(), **values)
    base = (TEMPLATES / "base.html").read_text()
    return fill(base, title=title, content=content).encode()


def join(template: str, rows: list[dict[str, object]]) -> Html:
    """The template once for each row."""
    return Html("\n".join(fill(template, **row) for row in rows))


def link(text: str, address: str | None) -> Html:
    """A link, or nothing when there is no address."""
    if not address:
        return Html("")
    return fill('<p class="centre"><a href="$address">$text</a></p>', address=address, text=text)


def money(cents: int, currency: str) -> str:
    """As people read it: $10.00."""
    whole, rest = divmod(abs(cents), 100)
    return f"{'−' if cents < 0 else ''}{SYMBOLS[currency]}{whole:,}.{rest:02}"
