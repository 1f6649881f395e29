"""Colours programs just enough to read them: what is quoted, and what is a comment.

The same rule for every language of the reference. Never changes a character.
"""

import re

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

QUOTED = r'"(?:\\.|[^"\\\n])*"' + r"|'(?:\\.|[^'\\])*'" + r"|`(?:\\.|[^`\\])*`"
# A comment begins after a blank and goes on with one; an address has neither.
COMMENT = r"(?<!\S)(?:#|//) .*"
# What names a field is left plain, so that values stand out.
PARTS = re.compile(rf"(?P<comment>{COMMENT})|(?:{QUOTED})\s*:|(?P<string>{QUOTED})")


def highlighted(program: str) -> SafeString:
    """The program as HTML, with spans around comments and strings."""
    parts: list[str] = []
    end = 0
    for found in PARTS.finditer(program):
        if found.lastgroup:
            parts.append(escape(program[end : found.start()]))
            parts.append(f'<span class="code__{found.lastgroup}">{escape(found[0])}</span>')
            end = found.end()
    parts.append(escape(program[end:]))
    return mark_safe("".join(parts))  # noqa: S308 - each part was escaped above.
