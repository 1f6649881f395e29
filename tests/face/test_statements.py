"""How many SQL statements a page takes: at most eight, and none more when there are more rows."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from keys.models import Key
from tests.conftest import PASSWORD
from tests.face import pages
from tests.face.cast import Cast, more
from tests.visitor import LOGIN

pytestmark = pytest.mark.face

STATEMENTS_MAX = 8
MORE = 20


def test_statements(cast: Cast) -> None:
    before = counted(cast)
    assert {page: count for page, count in before.items() if count > STATEMENTS_MAX} == {}
    more(cast.rich, MORE)
    for number in range(MORE):
        Key.create(cast.rich.account, f"more {number}", cast.rich.user)
    after = counted(cast)
    assert {
        page: (before[page], count) for page, count in after.items() if count > before[page]
    } == {}


def counted(cast: Cast) -> dict[str, int]:
    """The statements of every page that customers open."""
    people = {pages.RICH: cast.rich, pages.NEWCOMER: cast.newcomer}
    clients = {pages.STRANGER: Client()}
    for who, person in people.items():
        clients[who] = Client()
        clients[who].post(LOGIN, {"login": person.user.email, "password": PASSWORD})
    counts = {}
    for page in pages.pages(cast):
        if page.who == pages.STAFF or page.url_name == "account_logout":
            continue
        with CaptureQueriesContext(connection) as statements:
            # Some ask for the password once more.
            assert clients[page.who].get(page.path).status_code in (200, 302), page
        counts[str(page)] = len(statements)
    return counts
