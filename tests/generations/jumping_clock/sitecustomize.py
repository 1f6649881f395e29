"""Loaded by every Python that starts with this folder on its path: its wall clock jumps.

The file CLOCK_FILE holds by how many seconds the clock is wrong, and may change at any time. The
steady clock is left alone, as on real machines.
"""

import contextlib
import os
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine

LOOK_SECONDS = 0.05

file = Path(os.environ["CLOCK_FILE"])
clock = time_machine.travel(datetime.now(UTC), tick=True).start()
wrong_seconds = 0.0


def follow() -> None:
    """Lets the clock jump whenever the file says so."""
    global wrong_seconds
    while True:
        with contextlib.suppress(ValueError):
            wanted_seconds = float(file.read_text())
            if wanted_seconds != wrong_seconds:
                clock.shift(timedelta(seconds=wanted_seconds - wrong_seconds))
                wrong_seconds = wanted_seconds
        time.sleep(LOOK_SECONDS)


def start() -> None:
    """In this process; a forked one has no threads yet."""
    threading.Thread(target=follow, daemon=True).start()


os.register_at_fork(after_in_child=start)
start()
