"""What every engine can say of requests whose answers were lost, and of all that were answered.

Where a provider cannot tell, an engine says that, rather than that there is nothing.
"""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from generations.engines import ENGINES, failures
from generations.engines.base import ImageRequest, Listed
from generations.engines.failures import EngineFailed, EngineUncertain
from generations.engines.wire import Wire
from tests.generations.engines import faults
from tests.generations.engines.asking import ask, failure_of, image_of, request_to, wait
from tests.generations.engines.servers.server import Fault, Server

FINDING = ("sharkapi",)
LISTING = ("replicate", "sharkapi")
listing = pytest.mark.parametrize("server", LISTING, indirect=True)
finding = pytest.mark.parametrize("server", FINDING, indirect=True)
NO_ANSWERS = {
    "429": faults.problem("rate_limit"),
    "503": faults.problem("unavailable"),
    "401": faults.problem("unauthorized"),
    "404": faults.problem("not_found"),
    "500": faults.problem("error"),
    "502": faults.page(502),
    "lost": faults.lost(),
    "cut": faults.cut(),
    "page": faults.page(200),
    "list": faults.value(200, []),
    "no jobs": faults.value(200, {}),
    "odd jobs": faults.value(200, {"jobs": 5, "results": 5, "next_cursor": None}),
    "odd job": faults.value(200, {"jobs": [5], "results": [5], "next_cursor": None}),
}


def lost_request(server: Server, after_work: bool) -> tuple[ImageRequest, datetime]:
    """A request whose answer did not come, and when it was sent."""
    request, sent_at = request_to(server), datetime.now(UTC)
    server.fails("submit", faults.lost(after_work))
    failure_of(lambda: image_of(server, request), EngineUncertain)
    return request, sent_at


def find(server: Server, request: ImageRequest, sent_at: datetime) -> str | None:
    return ask(server.name, lambda engine: engine.find(request, sent_at))


def listed_by(server: Server, since: datetime) -> list[Listed]:
    async def run() -> list[Listed]:
        async with Wire() as wire, asyncio.timeout(5):
            found = ENGINES[server.name](wire).list(server.options, since)
            return [one async for one in found]

    return asyncio.run(run())


@finding
def test_what_arrived_is_found_and_finished(server: Server) -> None:
    request, sent_at = lost_request(server, after_work=True)
    reference = find(server, request, sent_at)
    assert reference is not None
    data = ask(server.name, lambda engine: wait(engine, request, reference))
    (work,) = server.works.values()
    assert data == work.picture
    assert len(server.asked_to("submit")) == 1


@finding
def test_what_arrived_is_found_among_others(server: Server) -> None:
    for number in range(3):
        image_of(server, request_to(server, f"before {number}"))
    request, sent_at = lost_request(server, after_work=True)
    (*_, wanted) = server.works
    for _ in range(5):
        image_of(server, request_to(server, request.prompt))
    server.page_size = 2
    assert find(server, request, sent_at) == wanted


@listing
def test_no_list_is_redirected(server: Server, trap: Server) -> None:
    server.fails("list", faults.redirect(f"{trap.origin}/v1/predictions"))
    failure_of(lambda: listed_by(server, datetime.now(UTC)), (EngineFailed, EngineUncertain))


@finding
def test_what_never_arrived_is_not_found(server: Server) -> None:
    image_of(server, request_to(server))
    request, sent_at = lost_request(server, after_work=False)
    assert find(server, request, sent_at) is None
    # Looking for it does not make it.
    assert len(server.works) == 1


@finding
@pytest.mark.parametrize("fault", NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_no_answer_does_not_mean_that_nothing_arrived(server: Server, fault: Fault) -> None:
    request, sent_at = lost_request(server, after_work=True)
    server.fails("list", fault, times=2)
    failure_of(lambda: find(server, request, sent_at), (EngineFailed, EngineUncertain))


@pytest.mark.parametrize("server", ["openai", "replicate", "fal"], indirect=True)
def test_where_it_cannot_be_found_the_engine_says_so(server: Server) -> None:
    request, sent_at = lost_request(server, after_work=True)
    failure = failure_of(lambda: find(server, request, sent_at), EngineFailed)
    assert (failure.kind, failure.message) == ("provider", failures.LOST)
    assert not ENGINES[server.name].repeatable


@listing
def test_finished_images_are_listed_oldest_first(server: Server) -> None:
    image_of(server, request_to(server, "too old"))
    since = datetime.now(UTC)
    requests = [request_to(server, f"shark {number}") for number in range(5)]
    for request in requests:
        image_of(server, request)
    failure_of(lambda: image_of(server, request_to(server, "broken")), EngineFailed)
    server.seconds = 60
    ask(server.name, lambda engine: engine.start(request_to(server, "not done")))
    for work in server.works.values():
        # Times are told to the second, so these are apart.
        is_old = work.prompt == "too old"
        work.created_at += timedelta(
            seconds=-60 if is_old else 2 * list(server.works).index(work.id)
        )
    server.page_size = 2
    found = listed_by(server, since)
    assert [one.prompt for one in found] == [request.prompt for request in requests]
    if server.name in FINDING:
        assert [one.job_id for one in found] == [request.job_id for request in requests]
    assert [one.created_at for one in found] == sorted(one.created_at for one in found)
    assert all(one.created_at.tzinfo is not None for one in found)
    request, one = requests[3], found[3]
    data = ask(server.name, lambda engine: wait(engine, request, one.reference))
    assert data == server.works[one.reference].picture


@listing
@pytest.mark.parametrize("fault", NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_a_list_without_an_answer_is_not_an_empty_one(server: Server, fault: Fault) -> None:
    image_of(server, request_to(server))
    server.fails("list", fault, times=2)
    since = datetime.now(UTC) - timedelta(hours=1)
    failure_of(lambda: listed_by(server, since), (EngineFailed, EngineUncertain))


@listing
def test_a_list_that_breaks_off_does_not_pretend_to_be_whole(server: Server) -> None:
    server.page_size = 2
    for number in range(5):
        image_of(server, request_to(server, f"shark {number}"))
    for _ in range(2):
        server.fails("list", faults.slow(0))
    server.fails("list", faults.problem("unavailable"))
    since = datetime.now(UTC) - timedelta(hours=1)
    failure_of(lambda: listed_by(server, since), (EngineFailed, EngineUncertain))


def test_engines_say_whether_they_list() -> None:
    lists = {name for name, engine in ENGINES.items() if engine.lists}
    assert lists == set(LISTING)
