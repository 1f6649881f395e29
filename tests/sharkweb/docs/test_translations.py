"""Every language of the reference says the same: the sections, programs, fields, codes and facts.

Compares the sources, section by section, with the English ones. Whether a sentence is well
translated is for people to judge.
"""

import re
from collections import Counter

import pytest

from sharkweb.docs.chapters import ANCHOR, CHAPTERS, FOLDER, ORIGINAL

TRANSLATED = ("de",)
# A field or an error code at the head of its entry, with its kind or its status.
ENTRY = re.compile(r"^- `([\w-]+)`(?: \*([^*]+)\*)?", re.MULTILINE)
KINDS = {"string oder null": "string or null", "string, erforderlich": "string, required"}
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
# What stays as it is in every language, in whatever order its sentence needs.
KEPT = {
    "code": re.compile(r"`[^`\n]+`"),
    "placeholder": re.compile(r"\{\{.+?\}\}|\{%.+?%\}"),
    "link": re.compile(r"\]\(([^)]+)\)"),
    "number": re.compile(r"\d+"),
}


def sections(language: str, chapter: str) -> list[tuple[int, str, str]]:
    """The level, the anchor and the Markdown of each section, in order."""
    source = (FOLDER / language / f"{chapter}.md").read_text()
    before, *parts = ANCHOR.split(source)
    assert before == ""
    levels = [heading.index(" ") for heading in parts[::3]]
    bodies = [f"{heading}\n{body}" for heading, body in zip(parts[::3], parts[2::3], strict=True)]
    found = list(zip(levels, parts[1::3], bodies, strict=True))
    # A heading that lost its anchor would be a part of the section above.
    outside = FENCE.sub("", source)
    assert len(re.findall(r"^#+ ", outside, re.MULTILINE)) == len(found)
    return found


def pairs(language: str, chapter: str) -> list[tuple[str, str, str]]:
    """Each section's anchor, its English Markdown and the translated one."""
    english, translated = sections(ORIGINAL, chapter), sections(language, chapter)
    assert [section[:2] for section in translated] == [section[:2] for section in english]
    return [
        (anchor, original, other)
        for (_, anchor, original), (_, _, other) in zip(english, translated, strict=True)
    ]


@pytest.mark.parametrize("language", [ORIGINAL, *TRANSLATED])
def test_every_chapter_is_there_and_no_other(language: str) -> None:
    assert {path.stem for path in (FOLDER / language).iterdir()} == set(CHAPTERS)


def test_every_language_is_compared() -> None:
    found = {path.parent.name for path in FOLDER.glob("*/*.md")}
    assert found == {ORIGINAL, *TRANSLATED}


@pytest.mark.parametrize("chapter", CHAPTERS)
@pytest.mark.parametrize("language", TRANSLATED)
def test_programs_and_answers_are_the_same(language: str, chapter: str) -> None:
    for anchor, original, other in pairs(language, chapter):
        assert FENCE.findall(other) == FENCE.findall(original), anchor


@pytest.mark.parametrize("chapter", CHAPTERS)
@pytest.mark.parametrize("language", TRANSLATED)
def test_fields_and_error_codes_are_the_same(language: str, chapter: str) -> None:
    for anchor, original, other in pairs(language, chapter):
        entries = [(name, KINDS.get(kind, kind)) for name, kind in ENTRY.findall(other)]
        assert entries == ENTRY.findall(original), anchor


@pytest.mark.parametrize("what", KEPT)
@pytest.mark.parametrize("chapter", CHAPTERS)
@pytest.mark.parametrize("language", TRANSLATED)
def test_facts_are_the_same(language: str, chapter: str, what: str) -> None:
    for anchor, original, other in pairs(language, chapter):
        kept = [Counter(KEPT[what].findall(FENCE.sub("", text))) for text in (other, original)]
        assert kept[0] == kept[1], anchor
