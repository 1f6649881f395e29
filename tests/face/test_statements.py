"""How many SQL statements a page takes: at most eight, and none more when there are more rows."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from keys.models import Key
from tests.face import pages
from tests.face.cast import Cast, more

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
    counts = {}
    for page in pages.pages(cast):
        client = Client()
        person = {pages.RICH: cast.rich, pages.NEWCOMER: cast.newcomer}.get(page.who)
        if page.who == pages.STAFF:
            continue
        if person:
            client.force_login(get_user_model().objects.get(pk=person.user.pk))
        with CaptureQueriesContext(connection) as statements:
            assert client.get(page.path).status_code == 200, page
        counts[str(page)] = len(statements)
    return counts
