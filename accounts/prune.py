"""Forgets what is over: where somebody was signed in, and invitations nobody took."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import Invitation

# For as long an expired invitation can still be seen, and sent again.
KEPT = timedelta(days=30)


def run() -> None:
    """Deletes what is over; a nightly chore."""
    session = Session.objects.filter(session_key=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(session)).delete()
    Invitation.objects.filter(expires_at__lt=timezone.now() - KEPT).delete()
