"""Forgets sign-ins that have expired."""

from django.core.management import call_command


def clear() -> None:
    """Deletes expired sessions."""
    call_command("clearsessions")
