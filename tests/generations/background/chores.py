"""Chores that misbehave, for the workers of a cluster that a test runs. They import nothing."""

import os
import signal
import time


def nothing() -> None:
    """Ends at once."""


def sleep(seconds: float) -> None:
    """Takes its time."""
    time.sleep(seconds)


def die(trace: str) -> None:
    """Leaves a line in the file, and kills its worker."""
    with open(trace, "a") as file:
        file.write("here\n")
    os.kill(os.getpid(), signal.SIGKILL)
