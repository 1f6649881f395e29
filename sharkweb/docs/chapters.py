"""The reference's sources: which chapters there are, and one language's text with the facts in it.

A source is Markdown in `<language>/<chapter>.md`; what is not translated yet is read in English.
Headings name their anchor, as in `## Prices {#prices}`, so that links hold in every language.
"""

import re
from functools import lru_cache
from pathlib import Path

from django.template import Context, Engine
from django.utils.translation import gettext, gettext_noop

from sharkweb.docs.facts import Facts

FOLDER = Path(__file__).parent
ORIGINAL = "en"
# In the order of reading, below the titles of the table of contents.
GROUPS = {
    gettext_noop("Get started"): ("quick-start", "authentication"),
    gettext_noop("Jobs"): (
        "submit",
        "reference-images",
        "poll",
        "list",
        "cancel",
        "idempotency",
    ),
    gettext_noop("Rules"): ("prices", "errors", "limits"),
    gettext_noop("Good to know"): ("images", "data", "stability"),
}
CHAPTERS = tuple(chapter for chapters in GROUPS.values() for chapter in chapters)
# What is kept: one for each language and address, and a deployment has one address.
KEPT_MAX = 8
ANCHOR = re.compile(r"^(#{2,3} .+?) \{#([a-z0-9-]+)\}$", re.MULTILINE)

# They are Markdown, not HTML: nothing is escaped here, and everything when they are rendered.
_engine = Engine(dirs=[str(FOLDER)])


def group_of(chapter: str) -> str:
    """The title of the chapter's group, in the active language."""
    return next(gettext(title) for title, names in GROUPS.items() if chapter in names)


def text(chapter: str, language: str, facts: Facts) -> str:
    """The chapter's Markdown, with anchors at its headings."""
    folder = language if (FOLDER / language / f"{chapter}.md").is_file() else ORIGINAL
    template = _engine.get_template(f"{folder}/{chapter}.md")
    return str(template.render(Context(facts.context(), autoescape=False)))


@lru_cache(maxsize=KEPT_MAX)
def whole(language: str, facts: Facts) -> str:
    """The reference as one Markdown document."""
    parts = [text(chapter, language, facts).strip() for chapter in CHAPTERS]
    document = "\n\n".join(["# SharkAPI", *parts])
    return ANCHOR.sub(r"\1", document) + "\n"
