"""Pauses between tries, longer from one to the next. It waits for nobody and counts no tries."""

FIRST_SECONDS = 1.0
LONGEST_SECONDS = 15.0


class Backoff:
    """Pauses that double: 1, 2, 4 … 15 seconds."""

    def __init__(self) -> None:
        self.seconds = FIRST_SECONDS

    def next(self) -> float:
        """How long to wait this time."""
        seconds = self.seconds
        self.seconds = min(2 * seconds, LONGEST_SECONDS)
        return seconds
