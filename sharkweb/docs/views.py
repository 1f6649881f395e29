"""The reference's addresses: the page, the same as Markdown, and the way there for machines."""

from dataclasses import dataclass
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from sharkweb.docs import chapters, facts
from sharkweb.docs.rendering import Section, sections

QUERY_CHARACTERS_MAX = 100


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter with its sections, the one below its title first."""

    group: str
    title: str
    sections: list[Section]


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The reference; with `q`, only its sections that have all of those words."""
    query = request.GET.get("q", "").strip()[:QUERY_CHARACTERS_MAX]
    reference = _reference(translation.get_language(), facts.read(_base_url(request)))
    words = query.lower().split()
    found = {
        section.anchor
        for chapter in reference
        for section in chapter.sections
        if section.has(words)
    }
    context = {"chapters": reference, "query": query, "found": found}
    return render(request, "docs/docs.html", context)


@lru_cache(maxsize=chapters.KEPT_MAX)
def _reference(language: str, known: facts.Facts) -> list[Chapter]:
    """The chapters in HTML. The language is the active one: the words around samples are its."""
    found = []
    for name in chapters.CHAPTERS:
        parts = sections(chapters.text(name, language, known))
        found.append(Chapter(chapters.group_of(name), parts[0].title, parts))
    return found


@require_safe
def markdown(request: HttpRequest) -> HttpResponse:
    """The reference as one Markdown document."""
    known = facts.read(_base_url(request))
    text = chapters.whole(translation.get_language(), known)
    return HttpResponse(text, content_type="text/markdown; charset=utf-8")


@require_safe
def llms(request: HttpRequest) -> HttpResponse:
    """What language models should know, and read next: https://llmstxt.org."""
    known = facts.read(_base_url(request))
    context = {"facts": known, **known.context()}
    return render(request, "docs/llms.txt", context, content_type="text/plain; charset=utf-8")


def _base_url(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")
