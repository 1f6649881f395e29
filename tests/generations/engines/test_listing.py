"""Lists that are longer than what is read at once: none is left out, and the oldest come first."""

import asyncio
import logging
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from generations.engines import ENGINES, listing
from generations.engines.base import Listed
from generations.engines.failures import EngineUncertain
from generations.engines.wire import Wire
from tests.generations.engines.asking import failure_of
from tests.generations.engines.servers.server import Server
from tests.generations.engines.servers.work import Work

pytestmark = pytest.mark.parametrize("server", ["replicate", "sharkapi"], indirect=True)
IMAGES = 60
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    monkeypatch.setattr(listing, "PAGES_MAX", 3)
    server.page_size = 2


def made(server: Server, ages: list[timedelta]) -> list[str]:
    """Their names, oldest first."""
    works = []
    now = datetime.now(UTC).replace(microsecond=0)
    for age in sorted(ages, reverse=True):
        asked = {"input": {"prompt": "a shark"}}
        name = str(uuid.uuid4())
        works.append(Work(name, "a shark", 64, 64, asked=asked, created_at=now - age))
    return [server.take(work).id for work in works]


def listed_by(server: Server, since: datetime) -> list[Listed]:
    async def run() -> list[Listed]:
        async with Wire() as wire, asyncio.timeout(20):
            found = ENGINES[server.name](wire).list(server.options, since)
            return [one async for one in found]

    return asyncio.run(run())


def month_ago() -> datetime:
    return datetime.now(UTC) - 30 * DAY


EVENLY = [29 * DAY * number / IMAGES for number in range(1, IMAGES)]
# Nothing for weeks, then many in a few minutes, then a few again.
IN_A_BURST = [
    *(DAY + timedelta(seconds=5 * number) for number in range(IMAGES)),
    *(timedelta(minutes=10 * number) for number in range(1, 5)),
    28 * DAY,
]


@pytest.mark.parametrize("ages", [EVENLY, IN_A_BURST], ids=["evenly", "in a burst"])
def test_a_long_list_is_read_whole(server: Server, ages: list[timedelta]) -> None:
    names = made(server, ages)
    assert [one.reference for one in listed_by(server, month_ago())] == names
    assert server.counts["list"] < 20 * len(ages)


def test_what_there_is_no_time_for_is_left_to_the_next_round(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(listing, "LISTING_SECONDS", 0.0)
    names = made(server, EVENLY)
    first = [one.reference for one in listed_by(server, month_ago())]
    assert 0 < len(first) < len(names)
    assert [line.levelno for line in caplog.records if "next round" in line.message] == [
        logging.WARNING
    ]
    seen, since = first, month_ago()
    while len(seen) < len(names):
        found = listed_by(server, since)
        seen += [one.reference for one in found if one.reference not in seen]
        assert found[-1].created_at > since, "each round gets further"
        since = found[-1].created_at
    assert seen == names


def test_too_many_in_a_second_are_not_half_a_list(server: Server) -> None:
    made(server, [DAY] * 7)
    failure_of(lambda: listed_by(server, month_ago()), EngineUncertain)


def test_a_short_list_takes_one_question(server: Server) -> None:
    names = made(server, [DAY])
    assert [one.reference for one in listed_by(server, month_ago())] == names
    assert server.counts["list"] == 1
