"""A job's life as its customer may read it: each step with its time, and what is ahead.

Reads the job's own times only. Which engine made it is nobody's business but the operator's.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from generations.models import Job


@dataclass(frozen=True, slots=True)
class Step:
    """One step: done at that time, the first that is not, or ahead; `state` says which.

    `state` is "done", "failed", "now" or "ahead"; `seconds` are since the job was queued.
    """

    title: str
    state: str
    at: datetime | None = None
    seconds: float = 0.0


def of(job: Job) -> list[Step]:
    """The steps in their order. Those that an ended job never took are left out."""
    if job.imported_at:
        return _imported(job)
    times = [
        (_("Queued"), job.created_at),
        (_("Started"), job.started_at),
        (_("Handed to the image engine"), job.engine_started_at),
        (_("Engine finished"), job.engine_finished_at),
    ]
    steps = [_done(job, title, at) for title, at in times if at]
    if job.finished_at:
        return [*steps, _end(job, job.finished_at)]
    ahead = [title for title, at in times if not at] + [_("Stored and charged")]
    return [*steps, Step(ahead[0], "now"), *(Step(title, "ahead") for title in ahead[1:])]


def _done(job: Job, title: str, at: datetime, state: str = "done") -> Step:
    return Step(title, state, at, max(0.0, (at - job.created_at).total_seconds()))


def _end(job: Job, at: datetime) -> Step:
    if job.status == Job.Status.COMPLETED:
        paid = _("Stored, paid with a free image") if job.is_trial else _("Stored and charged")
        return _done(job, paid, at)
    cancelled = job.failure_kind == Job.FailureKind.CANCELLED
    title = _("Cancelled, not charged") if cancelled else _("Failed, not charged")
    return _done(job, title, at, "failed")


def _imported(job: Job) -> list[Step]:
    assert job.imported_at
    made = _done(job, _("Made outside of SharkAPI"), job.created_at)
    if job.status == Job.Status.FAILED:
        return [made, _done(job, _("Could not be imported"), job.imported_at, "failed")]
    return [made, _done(job, _("Imported, free"), job.imported_at)]
