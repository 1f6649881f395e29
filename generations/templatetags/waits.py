"""Waiting in templates: a job's Wait by its id, and seconds as a clock shows them."""

from collections.abc import Mapping
from uuid import UUID

from django import template

from generations.models import Job
from generations.waiting import Wait

register = template.Library()


@register.filter
def of(waits: Mapping[UUID, Wait] | str | None, job: Job) -> Wait | None:
    """The job's Wait; None where the page knows none: `{{ waits|of:job }}`."""
    return waits.get(job.pk) if isinstance(waits, Mapping) else None


@register.filter
def clock(seconds: float) -> str:
    """Minutes and whole seconds: “2:05”. The page's clocks count on from there."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    return f"{minutes}:{rest:02d}"


@register.filter
def brief(seconds: float) -> str:
    """About how long: “8 s”, “2 min 5 s”."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
