"""What stands on every page many times, drawn without a template of its own, which would take
fifteen times as long: icons, and moments as people read them. Every template knows these tags.
"""

from datetime import UTC, datetime
from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from generations.usage import dates

register = template.Library()


@register.simple_tag
@lru_cache
def icon(name: str) -> SafeString:
    """The icon of that name in static/img/icons.svg, for who sees; words stand beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>',
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def moment(at: datetime) -> SafeString:
    """The moment in UTC; a script writes it as the reader's own clock has it."""
    utc = at.astimezone(UTC)
    return format_html(
        '<time datetime="{}" data-local>{}, {} UTC</time>',
        utc.isoformat(timespec="seconds"),
        dates.full(utc.date()),
        f"{utc:%H:%M}",
    )
