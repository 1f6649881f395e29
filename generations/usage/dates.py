"""Days as people read them. Each is written once for all charts, rows and requests that name it:
Django looks every part of a date's form up anew, which is most of what drawing a chart costs.
"""

from datetime import date
from functools import lru_cache

from django.utils.formats import date_format
from django.utils.translation import get_language

# Some years, in both forms and in each language.
REMEMBERED_MAX = 4096


def short(day: date) -> str:
    """Such as "3 Jan"."""
    return _written(day, "j M", get_language())


def full(day: date) -> str:
    """Such as "3 Jan 2026"."""
    return _written(day, "j M Y", get_language())


@lru_cache(maxsize=REMEMBERED_MAX)
def _written(day: date, form: str, language: str | None) -> str:
    """In the active language, which is only named here to tell what is remembered apart."""
    return date_format(day, form)
