"""What every engine does until a provider that takes its time has the image, or is told to stop.

A poll that gets no answer is only that: whoever asks next may get one.
"""

import asyncio
import time
from contextlib import suppress

import pytest

from generations.engines import ENGINES
from generations.engines.base import Image, ImageRequest, Pending
from generations.engines.failures import BROKEN, EngineFailed, EngineRefused, EngineUncertain
from generations.engines.wire import Wire
from tests.generations.engines import faults
from tests.generations.engines.asking import (
    POLL_SECONDS_MAX,
    ask,
    failure_of,
    finish,
    poll,
    reference_of,
    request_to,
)
from tests.generations.engines.conftest import POLLED
from tests.generations.engines.servers.server import Fault, Server

polled = pytest.mark.parametrize("server", POLLED, indirect=True)
ANSWER_LIMIT_BYTES = 4 * 1024 * 1024
# Answers to a poll after which one asks again.
NO_ANSWERS = {
    "429": faults.problem("rate_limit", Retry_After="7"),
    "503": faults.problem("unavailable"),
    "500": faults.problem("error"),
    "502": faults.page(502),
    "504": faults.page(504),
    "lost": faults.lost(),
    "cut": faults.cut(),
    "page": faults.page(200),
    "list": faults.value(200, []),
    "other": faults.value(200, {"status": 5}),
    "new status": faults.value(200, {"status": "daydreaming"}),
    "empty": faults.text(200, "", "application/json"),
}


@polled
def test_it_is_pending_until_it_is_done(server: Server) -> None:
    server.seconds = 0.15
    request = request_to(server)
    reference = reference_of(server, request)
    answer = poll(server, request, reference)
    assert isinstance(answer, Pending)
    assert 0 < answer.retry_after_seconds <= POLL_SECONDS_MAX
    time.sleep(0.15)
    # Each of these polls is of another wire, as of another process.
    assert isinstance(poll(server, request, reference), Image)
    assert isinstance(poll(server, request, reference), Image)
    assert len(server.asked_to("submit")) == 1


@polled
@pytest.mark.parametrize("fault", NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_a_poll_without_an_answer_may_be_repeated(server: Server, fault: Fault) -> None:
    request = request_to(server)
    reference = reference_of(server, request)
    # A question does no harm, so that an engine may put it twice.
    server.fails("poll", fault, times=2)
    failure_of(lambda: poll(server, request, reference), (EngineRefused, EngineUncertain))
    server.heals()
    assert isinstance(poll(server, request, reference), Image)


@polled
def test_a_poll_says_how_long_to_wait(server: Server) -> None:
    request = request_to(server)
    reference = reference_of(server, request)
    server.fails("poll", faults.problem("rate_limit", Retry_After="7"))
    failure = failure_of(lambda: poll(server, request, reference), EngineRefused)
    assert failure.retry_after_seconds == 7


@polled
def test_no_question_is_redirected(server: Server, trap: Server) -> None:
    server.seconds = 60
    request = request_to(server)
    reference = reference_of(server, request)
    for step in ("poll", "cancel"):
        server.fails(step, faults.redirect(f"{trap.origin}/v1/predictions"))
    failure_of(lambda: poll(server, request, reference), (EngineFailed, EngineUncertain))
    with suppress(EngineFailed, EngineUncertain):
        ask(server.name, lambda engine: engine.cancel(request, reference))


@polled
def test_a_poll_without_an_end_is_ended(server: Server) -> None:
    request = request_to(server)
    reference = reference_of(server, request)
    server.fails("poll", faults.endless())
    failure_of(lambda: poll(server, request, reference), (EngineFailed, EngineUncertain))


@polled
@pytest.mark.parametrize("step", ["submit", "poll"])
def test_hundreds_of_answers_fit_in_memory(server: Server, step: str) -> None:
    """Read, an answer takes many times its length."""
    request = request_to(server)
    reference = reference_of(server, request)

    def question() -> object:
        if step == "poll":
            return poll(server, request, reference)
        return reference_of(server, request)

    server.fails(step, faults.padded(ANSWER_LIMIT_BYTES // 2))
    assert question()
    server.fails(step, faults.padded(ANSWER_LIMIT_BYTES))
    failure = failure_of(question, EngineFailed)
    assert (failure.kind, failure.message) == ("provider", BROKEN)


@polled
def test_a_poll_can_be_cut_short(server: Server) -> None:
    request = request_to(server)
    reference = reference_of(server, request)
    server.fails("poll", faults.hang())

    async def poll_in_time() -> None:
        async with Wire() as wire, asyncio.timeout(0.05):
            await ENGINES[server.name](wire).poll(request, reference)

    began = time.monotonic()
    with pytest.raises(TimeoutError):
        asyncio.run(poll_in_time())
    assert time.monotonic() - began < 1


@polled
def test_a_poll_of_nobody_is_no_answer_either(server: Server) -> None:
    request = request_to(server)
    reference = reference_of(server, request)
    server.stop()
    try:
        failure_of(lambda: poll(server, request, reference), (EngineRefused, EngineUncertain))
    finally:
        server.start()
    assert isinstance(poll(server, request, reference), Image)


@polled
def test_what_the_provider_does_not_know_ends_the_job(server: Server) -> None:
    request = request_to(server)
    reference = reference_of(server, request)
    server.works.clear()
    failure = failure_of(lambda: poll(server, request, reference), EngineFailed)
    assert failure.kind == "provider"
    assert not isinstance(failure, EngineRefused)


@polled
def test_what_the_provider_stopped_ends_the_job(server: Server) -> None:
    server.seconds = 60
    request = request_to(server)
    reference = reference_of(server, request)
    (work,) = server.works.values()
    work.cancelled = True
    failure = failure_of(lambda: poll(server, request, reference), EngineFailed)
    assert failure.kind == "provider"
    assert not isinstance(failure, EngineRefused)


@polled
def test_cancelling_reaches_the_provider(server: Server) -> None:
    server.seconds = 60
    request = request_to(server)
    reference = reference_of(server, request)
    ask(server.name, lambda engine: engine.cancel(request, reference))
    (work,) = server.works.values()
    assert work.cancelled
    # Once more does no harm.
    ask(server.name, lambda engine: engine.cancel(request, reference))


@polled
def test_cancelling_what_is_done_is_harmless(server: Server) -> None:
    request = request_to(server)
    reference = reference_of(server, request)
    ask(server.name, lambda engine: engine.cancel(request, reference))
    assert isinstance(poll(server, request, reference), Image)


@polled
@pytest.mark.parametrize("fault", NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_cancelling_in_vain_is_no_surprise(server: Server, fault: Fault) -> None:
    server.seconds = 60
    request = request_to(server)
    reference = reference_of(server, request)
    server.fails("cancel", fault, times=2)
    with suppress(EngineFailed, EngineUncertain):
        ask(server.name, lambda engine: engine.cancel(request, reference))
    assert 1 <= len(server.asked_to("cancel")) <= 2


@pytest.mark.parametrize("name", ["openai", "demo"])
def test_where_nothing_can_be_cancelled_one_may_still_try(name: str) -> None:
    request = ImageRequest("1", "a shark", 64, 64)
    ask(name, lambda engine: engine.cancel(request, "0"))


def test_fifty_at_once_share_a_wire(server: Server) -> None:
    server.seconds = 0.1
    requests = [request_to(server, f"shark {number}") for number in range(50)]

    async def all_of_them() -> list[bytes]:
        async with Wire() as wire, asyncio.timeout(5):
            engine = ENGINES[server.name](wire)
            return await asyncio.gather(*(finish(engine, request) for request in requests))

    assert len(asyncio.run(all_of_them())) == 50
    assert {work.prompt for work in server.works.values()} == {one.prompt for one in requests}
    assert len(server.asked_to("submit")) == 50
