"""The timetable: what is called when, as rows of django-q2's schedule.

Every cluster for scheduled work writes the same table when it starts. What is called is not
known here.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django_q.models import Schedule

# The clusters that go by this timetable.
CLUSTER = "timekeeping"
INTERVALS = {
    Schedule.MINUTES: timedelta(minutes=1),
    Schedule.DAILY: timedelta(days=1),
}
SLACK = timedelta(minutes=1)
LOCK = 7_275_003


@dataclass(frozen=True, slots=True)
class Timed:
    """A function that is called by the clock; a call that takes longer than its timeout is ended.

    It sees to it itself that it runs once at a time, and may be stopped anywhere.
    """

    func: str
    schedule_type: str
    timeout_seconds: int
    hour: int | None = None

    def next_run(self) -> datetime:
        """The next time at its hour in UTC, or now."""
        now = timezone.now()
        if self.hour is None:
            return now
        today = now.replace(hour=self.hour, minute=0, second=0, microsecond=0)
        return today if today > now else today + timedelta(days=1)


# Each timeout is less than the `retry` in Q_CLUSTER, after which a task is handed out once more.
TIMED = {
    "wallet every minute": Timed("wallet.chores.every_minute", Schedule.MINUTES, 300),
    "wallet nightly": Timed("wallet.chores.nightly", Schedule.DAILY, 3600, hour=3),
    "sync every minute": Timed("generations.sync.every_minute", Schedule.MINUTES, 300),
    "sync nightly": Timed("generations.sync.nightly", Schedule.DAILY, 3600, hour=3),
    "queues every minute": Timed(
        "generations.background.timekeeping.tidy", Schedule.MINUTES, timeout_seconds=30
    ),
}


@transaction.atomic
def write() -> None:
    """Makes the rows what `TIMED` says; what is no longer in it is no longer called."""
    # Names are not unique there, and machines start together.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    Schedule.objects.exclude(name__in=TIMED).delete()
    for name, timed in TIMED.items():
        values = {
            "func": timed.func,
            "kwargs": {"q_options": {"timeout": timed.timeout_seconds}},
            "schedule_type": timed.schedule_type,
            "minutes": 1,
            "repeats": -1,
            "cluster": CLUSTER,
        }
        first = {**values, "next_run": timed.next_run()}
        Schedule.objects.update_or_create(name=name, defaults=values, create_defaults=first)


def correct() -> None:
    """Brings back what a clock that ran ahead has put off: all is called at its next time."""
    for row in Schedule.objects.filter(next_run__gt=timezone.now() + SLACK):
        timed = TIMED.get(row.name)
        if timed and row.next_run > timezone.now() + INTERVALS[timed.schedule_type] + SLACK:
            Schedule.objects.filter(pk=row.pk).update(next_run=timed.next_run())
