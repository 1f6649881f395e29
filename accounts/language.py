"""The language that somebody chose: kept with the user, and in a cookie that Django reads."""

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from accounts.models import User

YEAR_SECONDS = 31_536_000


@require_POST
def choose(request: HttpRequest) -> HttpResponseBase:
    """The switch in the footer: Django's own, kept with who is signed in, whose mails follow."""
    chosen = request.POST.get("language", "")
    if request.user.is_authenticated and chosen in dict(settings.LANGUAGES):
        User.objects.filter(pk=request.user.pk).update(language=chosen)
    return set_language(request)


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
