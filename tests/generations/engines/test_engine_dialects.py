"""Rarer words of the providers: what the contract that all engines share does not get to see."""

import base64
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from generations.engines.base import Engine, Image
from generations.engines.failures import (
    LOST,
    MISCONFIGURED,
    REFERENCE_REFUSED,
    REFERENCE_UNSUPPORTED,
    REJECTED,
    RESULT_UNUSABLE,
    EngineFailed,
    EngineRefused,
)
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
from tests.generations.engines.servers.work import png

BASE64 = base64.b64encode(png(128, 64)).decode()
DATA_URI = f"data:image/png;base64,{BASE64}"


@pytest.fixture(scope="session", autouse=True)
def database() -> None:
    """Engines know no database."""


@pytest.fixture
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with serve(request.param) as running:
        monkeypatch.setenv(running.secret_name, running.secret)
        yield running


def of(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("server", names, indirect=True)


@of("replicate", "fal")
def test_a_model_without_an_input_for_it_is_sent_no_reference(server: Server) -> None:
    request = request_to(server, reference=photo(), options={"image_field": ""})
    failure = failure_of(lambda: image_of(server, request), EngineRefused)
    assert (failure.kind, failure.message) == ("invalid_reference", REFERENCE_UNSUPPORTED)
    assert server.asked == []


@of("openai")
@pytest.mark.parametrize("item", [{"b64_json": DATA_URI}, {"url": f"data:;base64,{BASE64}"}])
def test_base64_may_come_wrapped(server: Server, item: dict[str, str]) -> None:
    server.fails("submit", faults.value(200, {"created": 1, "data": [item]}))
    assert image_of(server, request_to(server)) == png(128, 64)


@of("openai")
@pytest.mark.parametrize("item", [{"b64_json": "???"}, {"b64_json": "QQ"}, {"url": "data:,text"}])
def test_base64_may_be_broken(server: Server, item: dict[str, str]) -> None:
    server.fails("submit", faults.value(200, {"data": [item]}))
    failure = failure_of(lambda: image_of(server, request_to(server)), EngineFailed)
    assert failure.message == RESULT_UNUSABLE


@of("openai")
@pytest.mark.parametrize(
    ("status", "error", "message"),
    [
        # It is about a parameter of that name, not about the prompt.
        (400, {"message": "Unknown parameter: 'moderation'.", "param": "moderation"}, REJECTED),
        (400, "the prompt is too long", REJECTED),
        (429, {"type": "insufficient_quota", "code": "credit_balance_exhausted"}, MISCONFIGURED),
    ],
)
def test_another_engine_may_still_take_it(
    server: Server, status: int, error: object, message: str
) -> None:
    server.fails("submit", faults.value(status, {"error": error}))
    failure = failure_of(lambda: image_of(server, request_to(server)), EngineRefused)
    assert (failure.message, failure.retry_after_seconds) == (message, None)


@of("openai")
@pytest.mark.parametrize(
    ("status", "error"),
    [(413, None), (400, {"code": 400, "param": "image[0]"}), (500, "Invalid image file or mode")],
)
def test_a_reference_is_refused_in_many_ways(server: Server, status: int, error: object) -> None:
    server.fails("submit", faults.value(status, {"error": error}))
    request = request_to(server, reference=photo())
    failure = failure_of(lambda: image_of(server, request), EngineFailed)
    assert (failure.kind, failure.message) == ("invalid_reference", REFERENCE_REFUSED)


@of("replicate")
def test_predictions_end_by_themselves(server: Server) -> None:
    reference_of(server, request_to(server))
    assert server.asked[0].headers["Cancel-After"] == "180s"


@of("replicate")
@pytest.mark.parametrize("output", [DATA_URI, [DATA_URI]], ids=["alone", "in a list"])
def test_small_files_come_in_the_answer(server: Server, output: object) -> None:
    request = request_to(server)
    reference = reference_of(server, request)
    body = {"id": reference, "status": "succeeded", "output": output}
    server.fails("poll", faults.value(200, body))
    assert poll(server, request, reference) == Image(png(128, 64))


@of("replicate")
def test_the_pages_of_a_list_are_asked_for_at_our_address(server: Server) -> None:
    following = "https://api.replicate.com/v1/predictions?cursor=a%2Bb"
    server.fails("list", faults.value(200, {"next": following, "results": []}))

    async def listed(engine: Engine) -> list[Any]:
        since = datetime.now(UTC) - timedelta(hours=1)
        return [one async for one in engine.list(server.options, since)]

    server.fails("list", faults.value(200, {"next": None, "results": []}))
    assert ask("replicate", listed) == []
    assert server.asked_to("list")[1].path == "/v1/predictions?cursor=a%2Bb"


@of("fal")
def test_fal_is_told_not_to_run_it_twice_or_too_late(server: Server) -> None:
    reference_of(server, request_to(server))
    headers = server.asked[0].headers
    assert headers["X-Fal-No-Retry"] == "1"
    assert 0 < float(headers["X-Fal-Request-Timeout"]) < 180


@of("fal")
def test_reference_images_may_have_another_application(server: Server) -> None:
    app = server.options["app"]
    options = {"app": "fal-ai/other", "app_with_image": app, "size_field": ""}
    reference_of(server, request_to(server, reference=photo(), options=options))
    assert server.asked[0].path == f"/{app}"
    assert set(server.asked[0].json()) == {"prompt", "image_url"}


@of("fal")
@pytest.mark.parametrize(
    "status_url",
    [
        "",
        "https://elsewhere.example/fal-ai/shark/requests/{id}/status",
        "{own}@elsewhere.example/fal-ai/shark/requests/{id}/status",
        "{own}/../account/requests/{id}/status",
        "{own}/fal-ai/shark/requests/another/status",
        "{own}/fal-ai/shark/requests/{id}/status?key=1",
    ],
)
def test_a_request_is_called_by_its_own_address_alone(server: Server, status_url: str) -> None:
    name = str(uuid.uuid4())
    url = status_url.format(own=server.origin, id=name)
    server.fails("submit", faults.value(200, {"request_id": name, "status_url": url}))
    assert reference_of(server, request_to(server)) == f"/fal-ai/shark/requests/{name}"


@of("fal")
def test_the_address_that_fal_names_is_taken_if_it_is_its_own(server: Server) -> None:
    path = "/workflows/me/flow/requests/7"
    named = {"request_id": "7", "status_url": f"{server.origin}{path}/status"}
    server.fails("submit", faults.value(200, named))
    assert reference_of(server, request_to(server)) == path


@of("fal")
@pytest.mark.parametrize(
    ("app", "root"),
    [
        ("fal-ai/flux", "/fal-ai/flux"),
        ("fal-ai/flux/dev/image-to-image", "/fal-ai/flux"),
        ("workflows/me/flow", "/workflows/me/flow"),
        ("comfy/me/flow/deep", "/comfy/me/flow"),
    ],
)
def test_without_one_it_is_made_as_fals_clients_do(server: Server, app: str, root: str) -> None:
    server.fails("unknown", faults.value(200, {"request_id": "7"}))
    request = request_to(server, options={"app": app})
    assert reference_of(server, request) == f"{root}/requests/7"


@of("sharkapi")
def test_a_list_without_keys_cannot_tell_what_arrived(server: Server) -> None:
    job = {"job_id": "7", "status": "queued", "created_at": "2025-01-15T10:23:44Z"}
    server.fails("list", faults.value(200, {"jobs": [job], "next_cursor": None}))
    request = request_to(server)
    failure = failure_of(
        lambda: ask("sharkapi", lambda engine: engine.find(request, datetime.now(UTC))),
        EngineFailed,
    )
    assert failure.message == LOST


@of("sharkapi")
def test_a_picture_may_have_moved_within_its_own_server(server: Server) -> None:
    request = request_to(server)
    reference = reference_of(server, request)
    (work,) = server.works.values()
    server.fails("file", faults.redirect(f"/files/{work.id}.png", 302))
    assert poll(server, request, reference) == Image(work.picture)
    assert len(server.asked_to("file")) == 2
