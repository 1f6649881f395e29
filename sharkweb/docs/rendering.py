"""Makes HTML of the reference's Markdown: sections with anchors, programs in tabs, fields.

Three conventions beyond Markdown. A heading ends with its anchor, `{#prices}`. Programs that follow
each other are the same one in several languages. A list whose entries begin with code lists fields.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape
from itertools import groupby

from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from sharkweb.docs.chapters import ANCHOR
from sharkweb.docs.highlighting import highlighted

# The tabs' names, by what the sources call their programs.
PROGRAMS = {"sh": "curl", "python": "python", "javascript": "javascript"}


@dataclass(frozen=True, slots=True)
class Section:
    """What is below one heading; `text` is what a search looks through, in lower case."""

    anchor: str
    title: str
    level: int
    html: SafeString
    text: str

    def has(self, words: Iterable[str]) -> bool:
        """Whether all of the words, in lower case, are in it."""
        return all(word in self.text for word in words)


def sections(markdown: str) -> list[Section]:
    """A chapter's sections, the one below its title first. The active language is the page's."""
    found: list[Section] = []
    parts = ANCHOR.split(markdown)
    # The text before the first heading, then for each: the heading, its anchor, its text.
    for heading, anchor, body in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        marks, _, title = heading.partition(" ")
        html = _html(body, anchor)
        text = unescape(strip_tags(f"{title} {html}")).lower()
        found.append(Section(anchor, title, len(marks), html, text))
    return found


def _html(body: str, anchor: str) -> SafeString:
    nodes = SyntaxTreeNode(_markdown.parse(body, {"anchor": anchor})).children
    parts: list[str] = []
    for is_program, run in groupby(nodes, _is_program):
        if is_program:
            parts.append(_programs(list(run), f"{anchor}-{len(parts)}"))
        else:
            for node in run:
                parts.append(_block(node, f"{anchor}-{len(parts)}"))
    # All text in it was escaped when it was rendered, and no source may bring HTML of its own.
    return mark_safe("".join(parts))  # noqa: S308 - as said above.


def _is_program(node: SyntaxTreeNode) -> bool:
    return node.type == "fence" and node.info in PROGRAMS


def _programs(nodes: list[SyntaxTreeNode], code_id: str) -> str:
    if len(nodes) < len(PROGRAMS):
        return "".join(_sample(node, f"{code_id}-{node.info}", "Shell") for node in nodes)
    snippets = {PROGRAMS[node.info]: highlighted(node.content.rstrip()) for node in nodes}
    return render_to_string("components/snippets.html", {"snippets": snippets, "id": code_id})


def _block(node: SyntaxTreeNode, code_id: str) -> str:
    if node.type != "fence":
        return str(_markdown.renderer.render(node.to_tokens(), _markdown.options, {}))
    if node.info == "http":
        first, _, rest = node.content.strip().partition(" ")
        return render_to_string("docs/_line.html", {"id": code_id, "first": first, "rest": rest})
    return _sample(node, code_id, node.info.partition(" ")[2])


def _sample(node: SyntaxTreeNode, code_id: str, title: str) -> str:
    context = {"id": code_id, "title": title, "text": highlighted(node.content.rstrip())}
    return render_to_string("docs/_sample.html", context)


def _mark_fields(state: StateCore) -> None:
    """Gives the lists of fields their class, and each field an anchor."""
    for place, token in enumerate(state.tokens):
        if token.type == "list_item_open":
            first = (state.tokens[place + 2].children or [Token("", "", 0)])[0]
            if first.type == "code_inline":
                token.attrSet("class", "field-entry")
                token.attrSet("id", f"{state.env['anchor']}-{first.content}")


def _markdown_with_fields() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.core.ruler.push("fields", _mark_fields)
    # A wide table scrolls by itself, also with the keyboard.
    table = '<div class="docs__table" tabindex="0" role="group"><table class="table">'
    markdown.add_render_rule("table_open", lambda *_: table)
    markdown.add_render_rule("table_close", lambda *_: "</table></div>")
    return markdown


_markdown = _markdown_with_fields()
