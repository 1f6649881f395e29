"""Cursors: where in a list of jobs, newest first, the next page begins, as opaque text.

A cursor is a point in time and no secret: it opens nothing, and an invented one does no harm.
"""

import base64
import json
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Place:
    """The last job that was shown; its id breaks ties."""

    created_at: datetime
    job_id: UUID


def encode(place: Place, scope: str = "") -> str:
    """The cursor of the page after that job; `scope` says of which list."""
    text = json.dumps([place.created_at.isoformat(), str(place.job_id), scope])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode(cursor: str, scope: str = "") -> Place | None:
    """The place, or None if this is no cursor of that list."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        created_at, job_id, found_scope = json.loads(base64.urlsafe_b64decode(padded))
        place = Place(datetime.fromisoformat(created_at), UUID(job_id))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    return place if found_scope == scope and place.created_at.tzinfo else None
