"""Which browser a session belongs to, as its owner would say it. Guesses from names, no more."""

from django.utils.translation import gettext as _

# Looked for in this order, since most browsers also call themselves by others' names.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
SMALL = {"iPhone", "iPad", "Android"}


def label(user_agent: str) -> str:
    """The browser and system: “Firefox, Windows”."""
    found = [_first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)]
    return ", ".join(filter(None, found)) or _("Unknown browser")


def is_small(user_agent: str) -> bool:
    """Whether it is held in a hand."""
    return _first(SYSTEMS, user_agent) in SMALL


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for mark, name in names if mark in user_agent), "")
