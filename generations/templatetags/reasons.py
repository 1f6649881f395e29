"""Why a job failed, in the reader's language: `{{ job.error|reason }}`.

What is stored stays English, the API's language. Words that are not our own are shown as they are.
"""

import re

from django import template
from django.utils.translation import gettext

from generations import fetch, jobs

register = template.Library()

WITH_NUMBER = {
    text: re.compile(re.escape(text).replace("%s", r"([0-9.]+)"))
    for text in (
        jobs.TIMED_OUT_AFTER,
        fetch.ANSWERED,
        fetch.TOO_LARGE,
        fetch.TOO_MANY_REDIRECTS,
        fetch.TOO_SLOW,
    )
}


@register.filter
def reason(error: str) -> str:
    """The stored sentence in today's language; it is not yet escaped."""
    for text, pattern in WITH_NUMBER.items():
        if found := pattern.fullmatch(error):
            return gettext(text) % found[1]
    # The translation of nothing would be the catalogue's head.
    return gettext(error) if error else ""
