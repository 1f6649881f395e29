"""What every engine makes of a network, or a provider, that breaks while the request is put.

Then the request may have been taken, which an engine says and never sends it again; and whatever
comes as an answer, it ends quickly, in one of the three ways in which engines fail.
"""

import asyncio
import time
import tracemalloc
from typing import Any

import pytest

from generations.engines.base import Engine, Image, Link
from generations.engines.failures import EngineFailed, EngineRefused, EngineUncertain
from tests.generations.engines import faults
from tests.generations.engines.asking import ask, failure_of, finish, image_of, request_to
from tests.generations.engines.servers.server import Fault, Server

NOT_THE_PROMISED = ["text", 5, None, True, [], [1], {}]
WRONG_VALUES: tuple[Any, ...] = (
    *("", 5, None, [], [5], {}, [{}], {"b64_json": 5}, [{"b64_json": "%"}]),
    *({"code": 5}, {"code": []}, [{"type": 5}], [{"url": 5}]),
)
WRONG_ANSWERS = [
    *NOT_THE_PROMISED,
    *({"data": wrong, "id": wrong, "request_id": wrong, "job_id": wrong} for wrong in WRONG_VALUES),
    *({"error": wrong, "detail": wrong, "title": wrong, "code": wrong} for wrong in WRONG_VALUES),
]
UNPACKED_BYTES_MAX = 32 * 1024 * 1024


def test_a_slow_answer_is_an_answer(server: Server) -> None:
    server.fails("submit", faults.slow(0.1))
    image_of(server, request_to(server))
    assert len(server.asked_to("submit")) == 1


@pytest.mark.parametrize("after_work", [False, True])
def test_waiting_for_a_silent_provider_can_be_cut_short(server: Server, after_work: bool) -> None:
    server.fails("submit", faults.hang(after_work))
    request = request_to(server)

    async def start_in_time(engine: Engine) -> None:
        async with asyncio.timeout(0.05):
            await engine.start(request)

    began = time.monotonic()
    with pytest.raises(TimeoutError):
        ask(server.name, start_in_time)
    assert time.monotonic() - began < 1
    # The connection is closed as well, so the provider knows that nobody waits.
    while server.hangups == 0 and time.monotonic() - began < 2:
        time.sleep(0.01)
    assert server.hangups == 1


@pytest.mark.parametrize(
    "fault",
    [
        faults.lost(),
        faults.lost(after_work=False),
        faults.cut(),
        faults.problem("error"),
        # The gateway that says so may have passed the request on.
        faults.page(408),
        faults.page(500),
        faults.page(502),
        faults.page(504),
    ],
    ids=["lost", "lost before", "cut", "500", "408", "500 page", "502", "504"],
)
def test_without_a_clear_answer_it_is_uncertain_and_not_sent_again(
    server: Server, fault: Fault
) -> None:
    server.fails("submit", fault)
    failure_of(lambda: image_of(server, request_to(server)), EngineUncertain)
    assert len(server.asked) == 1


def test_a_page_that_claims_success_is_not_a_reason_to_send_it_again(server: Server) -> None:
    server.fails("submit", faults.page(200))
    failure = failure_of(
        lambda: image_of(server, request_to(server)), (EngineFailed, EngineUncertain)
    )
    assert not isinstance(failure, EngineRefused)


@pytest.mark.parametrize("status", [200, 400, 422, 429, 500])
def test_an_answer_of_another_form_is_a_failure_like_others(server: Server, status: int) -> None:
    request = request_to(server)

    async def start(engine: Engine) -> None:
        for body in WRONG_ANSWERS:
            server.fails("submit", faults.value(status, body))
            with pytest.raises((EngineFailed, EngineUncertain)):
                # Where the start seems to have worked, the poll must not.
                await finish(engine, request)
            server.heals()

    ask(server.name, start)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422, 429, 503])
def test_a_proxys_page_is_a_failure_like_others(server: Server, status: int) -> None:
    server.fails("submit", faults.page(status))
    failure_of(lambda: image_of(server, request_to(server)), (EngineFailed, EngineUncertain))
    assert len(server.asked_to("submit")) == 1


def test_an_answer_without_an_end_is_ended(server: Server) -> None:
    server.fails("submit", faults.endless())
    failure_of(lambda: image_of(server, request_to(server)), (EngineFailed, EngineUncertain))


@pytest.mark.parametrize(
    ("status", "kind"), [(401, EngineRefused), (500, EngineUncertain), (503, EngineRefused)]
)
def test_an_error_without_an_end_is_the_error_that_it_is(
    server: Server, status: int, kind: type[EngineFailed | EngineUncertain]
) -> None:
    server.fails("submit", faults.endless(status))
    failure_of(lambda: image_of(server, request_to(server)), kind)


def test_nothing_is_unpacked(server: Server) -> None:
    server.fails("submit", faults.bomb())
    request = request_to(server)
    tracemalloc.start()
    try:
        failure_of(lambda: image_of(server, request), (EngineFailed, EngineUncertain))
        assert tracemalloc.get_traced_memory()[1] < UNPACKED_BYTES_MAX
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(server: Server, status: int, trap: Server) -> None:
    server.fails("submit", faults.redirect(f"{trap.origin}/v1/images", status))
    failure_of(lambda: image_of(server, request_to(server)), (EngineFailed, EngineUncertain))
    assert len(server.asked) == 1


def test_the_wire_serves_again_after_a_fault(server: Server) -> None:
    request = request_to(server)
    server.fails("submit", faults.cut())

    async def twice(engine: Engine) -> str | Image | Link:
        with pytest.raises(EngineUncertain):
            await engine.start(request)
        return await engine.start(request)

    assert ask(server.name, twice)
