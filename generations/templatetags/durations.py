"""Durations in templates, the way people read them: `{{ seconds|duration }}`."""

from django import template

register = template.Library()


@register.filter
def duration(seconds: float) -> str:
    """Three figures at most below a minute, then the two largest units: “0.42 s”, “3 min 5 s”."""
    if seconds < 9.995:
        return f"{seconds:.2f} s"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    for size, unit, smaller_size, smaller in (
        (86_400, "d", 3600, "h"),
        (3600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if whole >= size:
            return f"{whole // size} {unit} {whole % size // smaller_size} {smaller}"
    return f"{whole} s"


@register.filter
def percent(fraction: float) -> str:
    """A part of one in percent: “0.4 %”."""
    return f"{100 * fraction:.1f} %"
