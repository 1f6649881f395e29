"""The language that somebody chose: kept with the user, and in a cookie that Django reads."""

from django.conf import settings
from django.http import HttpResponseBase

YEAR_SECONDS = 31_536_000


def remember(response: HttpResponseBase, language: str) -> None:
    """Has the browser ask for the language from now on; "" leaves it its own choice."""
    name = settings.LANGUAGE_COOKIE_NAME
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            name,
            language,
            max_age=YEAR_SECONDS,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    else:
        response.delete_cookie(name, samesite="Lax")
