"""How many SQL statements a page takes: at most eight, and none more when there are more rows."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from keys.models import Key
from tests.face.arrivals import arrived
from tests.face.cast import Cast, more
from tests.face.company import Who
from tests.face.pages import pages

pytestmark = pytest.mark.face

STATEMENTS_MAX = 8
# What allauth asks to be proven goes into the session: BEGIN, UPDATE and COMMIT come on top.
STORING = {"mfa_activate_totp-rich", "mfa_add_webauthn-rich"}
STORING_MAX = STATEMENTS_MAX + 3
MORE = 20


def test_statements(cast: Cast) -> None:
    before = counted(cast)
    most = {page: STORING_MAX if page in STORING else STATEMENTS_MAX for page in before}
    assert {page: count for page, count in before.items() if count > most[page]} == {}
    more(cast.rich, MORE)
    for number in range(MORE):
        Key.create(cast.rich.account, f"more {number}", cast.rich.user)
    after = counted(cast)
    assert {
        page: (before[page], count) for page, count in after.items() if count > before[page]
    } == {}


def counted(cast: Cast) -> dict[str, int]:
    """The statements of every page that customers open."""
    clients: dict[Who, Client] = {}
    counts = {}
    for page in pages(cast):
        if page.who == Who.STAFF or page.url_name == "account_logout":
            continue
        if page.who not in clients:
            clients[page.who] = arrived(page.who, cast)
        with CaptureQueriesContext(connection) as statements:
            assert clients[page.who].get(page.path).status_code == page.status, page
        counts[str(page)] = len(statements)
    return counts
