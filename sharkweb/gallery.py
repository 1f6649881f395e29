"""The pictures of the landing page: what staff have chosen, and what there is until they have.

Every one was made by an engine from the words beside it.
"""

from dataclasses import dataclass

from django.templatetags.static import static
from django.utils.translation import gettext, gettext_noop

from generations import featured as chosen

# Painted by the demo engine; the first is larger than the others.
SHIPPED = {
    "shark": gettext_noop("A great white shark in a bioluminescent deep ocean"),
    "lighthouse": gettext_noop("A lighthouse at dusk above a calm sea"),
    "fox": gettext_noop("A red fox in a winter forest"),
    "boat": gettext_noop("A small sailboat beneath an enormous moon"),
    "desert": gettext_noop("A desert at sunset"),
    "city": gettext_noop("A city skyline at night in the rain"),
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A square picture and the prompt that it was made from."""

    address: str
    prompt: str


def featured() -> list[Picture]:
    """What staff have chosen."""
    return [Picture(job.thumbnail_path, job.prompt) for job in chosen.newest()]


def shipped() -> list[Picture]:
    """What comes with the project."""
    return [
        Picture(static(f"img/landing/{name}.webp"), gettext(prompt))
        for name, prompt in SHIPPED.items()
    ]
