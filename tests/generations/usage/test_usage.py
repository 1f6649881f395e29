"""The usage page: what was made and spent, up to the last second, by day, token and variant."""

import csv
import io
import re
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from html import unescape

import httpx
import pytest
from django.utils import timezone

from generations.models import CatalogueModel, Job, Usage
from generations.sync import usage as roll_up
from generations.usage import OTHERS, Figures, cells, rows, total
from generations.usage.periods import Period
from keys.models import Key
from tests.conftest import Customer
from tests.generations.sync.ended import end, imported
from tests.underway import PRICE
from tests.visitor import Visitor
from wallet import ledger
from wallet.models import Unit

Used = Callable[..., None]
FAULTS = {
    "since=2026-02-02&until=2026-02-01": "This is before the first day.",
    "since=2024-01-01&until=2026-01-01": "At most 366 days can be shown at once.",
    "since=never&until=2026-01-01": "Enter a valid date.",
    "since=2026-01-01": "This field is required.",
    "since=0001-01-01&until=9999-12-31": "At most 366 days",
    "since=%00&until=٣": "Enter a valid date.",
}
HOSTILE = '=1+1<script>alert(1)</script>","'


@pytest.fixture
def visitor(site: str, alice: Customer) -> Iterator[Visitor]:
    """Alice, signed in."""
    with Visitor(site) as visitor:
        visitor.sign_in(alice.user.email)
        yield visitor


def today() -> date:
    return datetime.now(UTC).date()


@pytest.fixture
def used(database: None) -> Iterator[Used]:
    """Images that were counted on a day, and a failure each time; gone again for the audit."""
    made: list[int] = []

    def use(customer: Customer, days_ago: int, images: int, key: Key | None = None) -> None:
        row = Usage.objects.create(
            account=customer.account,
            day=today() - timedelta(days=days_ago),
            key=key,
            variant="1k",
            images=images,
            failures=1,
            spent_micros=images * PRICE,
        )
        made.append(row.pk)

    yield use
    Usage.objects.filter(pk__in=made).delete()


def ended(customer: Customer, how: str, with_key: bool = True) -> Job:
    """A job that has just ended so, and is not counted yet."""
    model = CatalogueModel.offered("tiny")
    assert model
    return end(customer.account.pk, customer.key.pk if with_key else None, model, how)


def words(page: httpx.Response) -> str:
    assert page.status_code == 200
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


def table(page: httpx.Response) -> list[list[str]]:
    """The table's lines, cell by cell, with its sums as the last."""
    part = page.text.split('id="usage-table"')[1].split("<table")[1].split("</table>")[0]
    lines = part.split("<tr>")[2:]
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line, re.DOTALL) for line in lines]
    return [[" ".join(unescape(re.sub(r"<[^>]+>", " ", c)).split()) for c in row] for row in cells]


def file(visitor: Visitor, query: str) -> list[list[str]]:
    answer = visitor.get(f"/usage.csv?{query}")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.text)))


def test_it_counts_what_has_just_ended_once(visitor: Visitor, alice: Customer, used: Used) -> None:
    used(alice, days_ago=0, images=2)
    ledger.credit_by_staff(alice.account, Unit.IMAGE, 1, f"test:{uuid.uuid4()}", "")
    for how in ("completed", "completed", "failed", "cancelled"):
        ended(alice, how)
    model = CatalogueModel.offered("tiny")
    assert model
    imported(alice.account, model)
    expected = ["4", "1", "2", "$0.09"]
    assert table(visitor.get("/usage"))[0][1:] == expected
    roll_up.roll_up()
    assert not Job.objects.filter(account=alice.account, usage_counted=False).exists()
    assert table(visitor.get("/usage"))[0][1:] == expected
    read = words(visitor.get("/usage"))
    assert "Spent $0.09" in read
    assert "Images 4 arrived" in read
    assert "Failed 2 not charged" in read


def test_who_ends_many_in_a_minute_sees_the_newest(
    alice: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        ended(alice, "completed")
    monkeypatch.setattr("generations.usage.NEWEST_MAX", 2)
    assert total(rows(alice.account, Period.last(1), "day")).images == 2
    roll_up.roll_up()
    assert total(rows(alice.account, Period.last(1), "day")).images == 3


def test_days_are_those_of_the_period(visitor: Visitor, alice: Customer, used: Used) -> None:
    for days_ago in (0, 6, 7, 29, 30, 89, 90):
        used(alice, days_ago, images=1)
    for period, lines in {"7": 2, "30": 4, "90": 6}.items():
        assert len(table(visitor.get(f"/usage?period={period}"))) == lines + 1
    first = today() - timedelta(days=30)
    page = visitor.get(f"/usage?period=custom&since={first}&until={first}")
    assert [line[0] for line in table(page)] == [f"{first:%-d %b %Y}", "In all"]
    month = table(visitor.get("/usage?period=month"))[:-1]
    assert {line[0][-8:] for line in month} == {f"{today():%b %Y}"}
    # The chart has a bar for every day, used or not.
    assert visitor.get("/usage?period=7").text.count('class="chart__bar"') == 2 * 7


def test_days_that_cannot_be_are_said_beside_their_field(visitor: Visitor) -> None:
    for query, fault in FAULTS.items():
        page = visitor.get(f"/usage?period=custom&{query}")
        assert fault in words(page), query
        assert visitor.get(f"/usage.csv?period=custom&{query}").status_code == 200


def test_an_invented_choice_is_the_usual_one(visitor: Visitor, alice: Customer, used: Used) -> None:
    used(alice, 29, images=3)
    page = visitor.get("/usage?period=%00&by=<script>")
    assert table(page)[-1][1] == "3"
    assert "<script>" not in page.text.split("<main")[1]


def test_by_token_with_the_costliest_first(visitor: Visitor, alice: Customer, used: Used) -> None:
    hostile, _ = Key.create(alice.account, HOSTILE, alice.user)
    hostile.revoke()
    used(alice, 1, images=2, key=alice.key)
    used(alice, 2, images=5, key=hostile)
    ended(alice, "completed", with_key=False)
    page = visitor.get("/usage?by=token")
    shown = table(page)
    names = [line[0].split(" sk_")[0] for line in shown]
    assert names == [HOSTILE, "laptop", "Playground", "In all"]
    assert "Revoked" in shown[0][0]
    assert [line[1] for line in shown] == ["5", "2", "1", "8"]
    assert "<script>alert" not in page.text
    lines = file(visitor, "by=token")
    assert [line[0] for line in lines] == ["token", "'" + HOSTILE, "laptop", "Playground"]
    assert lines[1][1] == f"{hostile.prefix}…{hostile.last4}"
    assert lines[1][2:] == ["5", "0", "1", "0.15"]


def test_by_variant(visitor: Visitor, alice: Customer, used: Used) -> None:
    used(alice, 1, images=2)
    ended(alice, "completed")
    assert [line[:2] for line in table(visitor.get("/usage?by=variant"))] == [
        ["1K", "2"],
        ["TINY", "1"],
        ["In all", "3"],
    ]
    head = ["variant", "images", "free images", "failed (not charged)", "spent (USD)"]
    assert file(visitor, "by=variant") == [
        head,
        ["1k", "2", "0", "1", "0.06"],
        ["tiny", "1", "0", "0", "0.03"],
    ]


def test_the_file_has_the_days_of_the_page(visitor: Visitor, alice: Customer, used: Used) -> None:
    used(alice, 40, images=1)
    used(alice, 3, images=2)
    day = str(today() - timedelta(days=3))
    assert file(visitor, "period=30")[1:] == [[day, "2", "0", "1", "0.06"]]
    assert len(file(visitor, "period=90")) == 3
    answer = visitor.get("/usage.csv?period=7")
    name = f"sharkapi-usage-by-day-{today() - timedelta(days=6)}-to-{today()}.csv"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'


def test_the_first_tokens_have_colours_the_rest_share_one(alice: Customer, used: Used) -> None:
    keys = [Key.create(alice.account, f"key {number}", None)[0] for number in range(8)]
    for number, key in enumerate(keys):
        used(alice, days_ago=number % 2, images=number + 1, key=key)
    period = Period.last(30)
    first = [row.group for row in rows(alice.account, period, "token")][:5]
    assert first == [str(key.pk) for key in reversed(keys[3:])]
    found = cells(alice.account, period, "token", first)
    others = {cell.day: cell.images for cell in found if cell.group == OTHERS}
    assert others == {today(): 1 + 3, today() - timedelta(days=1): 2}
    assert total(found) == Figures(36, 0, 8, 36 * PRICE)


def test_nothing_used_is_an_invitation(visitor: Visitor) -> None:
    read = words(visitor.get("/usage"))
    assert "Nothing in these days" in read
    assert "Make an image" in read
    assert "$0.00" not in read.split("Nothing in these days")[1]
    assert len(file(visitor, "by=token")) == 1


def test_others_see_nothing_of_it(visitor: Visitor, bob: Customer, site: str, used: Used) -> None:
    used(bob, 1, images=7, key=bob.key)
    ended(bob, "completed")
    for by in ("day", "token", "variant"):
        assert "Nothing in these days" in words(visitor.get(f"/usage?by={by}"))
        assert len(file(visitor, f"by={by}")) == 1
    with Visitor(site) as stranger:
        for path in ("/usage", "/usage.csv"):
            assert stranger.get(path).headers["location"].startswith("/accounts/login/")


def test_a_day_begins_and_ends_in_utc(alice: Customer) -> None:
    job = ended(alice, "completed")
    midnight = timezone.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    Job.objects.filter(pk=job.pk).update(finished_at=midnight - timedelta(microseconds=1))
    (row,) = rows(alice.account, Period.last(2), "day")
    assert row.day == today() - timedelta(days=1)
    assert rows(alice.account, Period.last(1), "day") == []
