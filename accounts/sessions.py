"""Where a user is signed in: what is listed of it, and how it is ended.

allauth keeps the list; a row of it counts only while the session itself is there.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts import devices
from accounts.models import User

SHOWN_MAX = 50


@dataclass(frozen=True, slots=True)
class SignIn:
    """A session as its owner sees it."""

    id: int
    device: str
    is_small: bool
    address: str
    since: datetime
    is_current: bool


def of(request: HttpRequest, user: User) -> list[SignIn]:
    """The user's sessions, this one first, then the newest."""
    rows = list(_living(user).order_by("-created_at")[:SHOWN_MAX])
    found = [
        SignIn(
            row.pk,
            devices.label(row.user_agent),
            devices.is_small(row.user_agent),
            row.ip,
            row.created_at,
            row.session_key == request.session.session_key,
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: not each.is_current)


def end(user: User, session_id: int) -> bool:
    """Signs the user out there; False if they were not signed in there."""
    return _end(UserSession.objects.filter(user=user, pk=session_id)) > 0


def end_others(request: HttpRequest, user: User) -> int:
    """Signs the user out everywhere but here; how many sessions that were."""
    others = UserSession.objects.filter(user=user)
    return _end(others.exclude(session_key=request.session.session_key or ""))


def end_all(user: User) -> int:
    """Signs the user out everywhere; how many sessions that were."""
    return _end(UserSession.objects.filter(user=user))


def _end(rows: Iterable[UserSession]) -> int:
    keys = [row.session_key for row in rows]
    Session.objects.filter(session_key__in=keys).delete()
    return int(UserSession.objects.filter(session_key__in=keys).delete()[0])


def _living(user: User) -> QuerySet[UserSession]:
    living = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    rows: QuerySet[UserSession] = UserSession.objects.filter(user=user, session_key__in=living)
    return rows
