"""Ends jobs whose time is up, when no runner lives to do so every few seconds."""

from generations import jobs


def fail() -> int:
    """Fails all that is overdue; how many jobs it was."""
    failed = 0
    while batch := jobs.fail_overdue():
        failed += batch
    return failed
