"""The history sync: makes the record true, by the clock.

Owns what is done how often; each module here is a chore, which may be stopped anywhere. When the
lists run is `generations/background/timetable.py`'s.
"""

from accounts import prune
from generations import audit, closing, overdue
from generations.sync import imports, lost, sessions, sweep, usage
from wallet.chores import Chore, run_alone

EVERY_MINUTE: tuple[Chore, ...] = (overdue.fail_all, usage.roll_up)
NIGHTLY: tuple[Chore, ...] = (
    audit.run,
    sessions.clear,
    prune.run,
    sweep.references,
    sweep.images,
    sweep.thumbnails,
    sweep.parts,
)


def every_minute() -> None:
    """Ends what is overdue, counts what ended, and asks engines about what nobody works on."""
    run_alone("sync every minute", EVERY_MINUTE)
    # Lists of their own: an engine may take long, and the next minute's round must not wait.
    run_alone("sync lost jobs", (lost.finish,))
    run_alone("sync imports", (imports.run,))
    run_alone("sync closed accounts", (closing.erase_due,))


def nightly() -> None:
    """Proves the record, and removes what nothing needs."""
    run_alone("sync nightly", NIGHTLY)
