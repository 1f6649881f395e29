"""What is SharkAPI's alone, when one deployment is the engine of another, newer or older one."""

import asyncio
import base64
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from generations.engines import ENGINES
from generations.engines.base import ImageRequest
from generations.engines.failures import EngineFailed, EngineRefused, EngineUncertain
from generations.engines.wire import Wire
from tests.generations.engines import faults
from tests.generations.engines.asking import (
    ask,
    failure_of,
    image_of,
    photo,
    poll,
    reference_of,
    request_to,
)
from tests.generations.engines.servers import serve
from tests.generations.engines.servers.server import Server

newer = pytest.mark.parametrize("server", ["sharkapi"], indirect=True)


@pytest.fixture
def older(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A deployment without lists, cancelling and idempotency keys."""
    with serve("sharkapi", older=True) as running:
        monkeypatch.setenv(running.secret_name, running.secret)
        yield running


@newer
def test_a_job_is_sent_as_the_reference_has_it(server: Server) -> None:
    request = request_to(server, "a shark", reference=photo())
    image_of(server, request)
    (asked,) = server.asked_to("submit")
    assert asked.headers["X-API-Key"] == server.secret
    assert asked.headers["Content-Type"].startswith("application/json")
    assert asked.headers["Idempotency-Key"] == request.job_id
    body = asked.json()
    assert base64.b64decode(body.pop("image").rpartition(",")[2]) == photo()
    assert body == {"prompt": "a shark", "variant": "tiny"}


@newer
def test_a_job_that_is_sent_twice_is_one_job(server: Server) -> None:
    request = request_to(server)
    first = reference_of(server, request)
    assert reference_of(server, request) == first
    assert len(server.works) == 1


@newer
def test_a_variant_that_it_does_not_have_is_the_operators_problem(server: Server) -> None:
    request = request_to(server, options={"variant": "2k"})
    failure = failure_of(lambda: image_of(server, request), EngineRefused)
    assert failure.retry_after_seconds is None


@newer
def test_a_prompt_that_it_does_not_take_is_refused(server: Server) -> None:
    request = request_to(server, "s" * 3000)
    failure = failure_of(lambda: image_of(server, request), EngineFailed)
    assert failure.kind == "provider"
    assert len(server.asked) == 1


@newer
@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("Provider request timed out after 180s.", "timeout"),
        ("Something went wrong on our side. Please try again.", "provider"),
        ("The image engine failed to make this image. Please try again.", "provider"),
        ("This job was cancelled.", "provider"),
        (None, "provider"),
    ],
)
def test_why_a_job_failed_there_is_in_its_words(
    server: Server, error: str | None, kind: str
) -> None:
    request = request_to(server)
    reference = reference_of(server, request)
    body = {"job_id": reference, "status": "failed", "image_url": None, "error": error}
    server.fails("poll", faults.value(200, body))
    failure = failure_of(lambda: poll(server, request, reference), EngineFailed)
    assert failure.kind == kind
    assert not isinstance(failure, EngineRefused)


@newer
@pytest.mark.parametrize("name", ["../keys", "a/b", "", "a b", 5])
def test_a_job_of_a_strange_name_is_not_asked_for(server: Server, name: object) -> None:
    body = {"job_id": name, "status": "queued", "poll_url": f"/api/v1/jobs/{name}"}
    server.fails("submit", faults.value(202, body))
    failure_of(lambda: image_of(server, request_to(server)), (EngineFailed, EngineUncertain))
    assert len(server.asked) == 1


@newer
def test_a_completed_job_without_an_image_is_a_failure(server: Server) -> None:
    request = request_to(server)
    reference = reference_of(server, request)
    body = {"job_id": reference, "status": "completed", "image_url": None, "error": None}
    server.fails("poll", faults.value(200, body))
    failure_of(lambda: poll(server, request, reference), (EngineFailed, EngineUncertain))


def test_an_older_one_makes_images_all_the_same(older: Server) -> None:
    assert image_of(older, request_to(older))
    assert older.asked_to("unknown") == []


def test_an_older_one_cannot_say_what_arrived(older: Server) -> None:
    request, sent_at = request_to(older), datetime.now(UTC)
    older.fails("submit", faults.lost())
    failure_of(lambda: image_of(older, request), EngineUncertain)
    failure = failure_of(
        lambda: ask("sharkapi", lambda engine: engine.find(request, sent_at)), EngineFailed
    )
    assert failure.kind == "provider"
    assert not isinstance(failure, EngineRefused)
    assert len(older.works) == 1


def test_an_older_one_cannot_list(older: Server) -> None:
    image_of(older, request_to(older))

    async def run() -> int:
        async with Wire() as wire:
            found = ENGINES["sharkapi"](wire).list(older.options, datetime.now(UTC))
            return len([one async for one in found])

    failure_of(lambda: asyncio.run(run()), EngineFailed)


def test_an_older_one_cannot_cancel_which_does_no_harm(older: Server) -> None:
    older.seconds = 60
    request: ImageRequest = request_to(older)
    reference = reference_of(older, request)
    ask("sharkapi", lambda engine: engine.cancel(request, reference))
    (work,) = older.works.values()
    assert not work.cancelled
