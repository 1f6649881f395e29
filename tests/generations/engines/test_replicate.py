"""What is Replicate's alone: models and versions, predictions and what they can come to."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from generations.engines import ENGINES
from generations.engines.base import Image
from generations.engines.failures import EngineFailed, EngineRefused, EngineUncertain
from generations.engines.wire import Wire
from tests.generations.engines import faults
from tests.generations.engines.asking import (
    failure_of,
    image_of,
    photo,
    poll,
    reference_of,
    request_to,
)
from tests.generations.engines.servers.replicate import MODEL, VERSION, Replicate
from tests.generations.engines.servers.server import Server
from tests.generations.engines.servers.work import from_data_uri, png

pytestmark = pytest.mark.parametrize("server", ["replicate"], indirect=True)


def test_a_model_is_run_by_its_name(server: Server) -> None:
    image_of(server, request_to(server, "a shark", options={"input": {"steps": 4}}))
    (asked,) = server.asked_to("submit")
    assert asked.path == f"/v1/models/{MODEL}/predictions"
    inputs = {"prompt": "a shark", "width": 128, "height": 64, "steps": 4}
    assert asked.json() == {"input": inputs}
    # Waiting for the image while creating it would leave us without its name meanwhile.
    assert "wait" not in asked.headers.get("Prefer", "")


def test_a_version_is_run_by_its_hash(server: Server) -> None:
    options: dict[str, Any] = {"base_url": server.options["base_url"], "version": VERSION}
    request = request_to(server)
    request.options.clear()
    request.options.update(options)
    image_of(server, request)
    (asked,) = server.asked_to("submit")
    assert asked.path == "/v1/predictions"
    assert asked.json()["version"] == VERSION


@pytest.mark.parametrize("wrong", [{"model": ""}, {"version": VERSION}, {"model": "../account"}])
def test_it_is_either_a_model_or_a_version(server: Server, wrong: dict[str, str]) -> None:
    request = request_to(server, options=wrong)
    assert ENGINES["replicate"].problem_of(request.options) is not None
    failure_of(lambda: image_of(server, request), EngineRefused)
    assert server.asked == []


def test_models_name_their_inputs_as_they_like(server: Server) -> None:
    options = {
        "width_field": "",
        "height_field": "",
        "image_field": "image_input",
        "image_in_list": True,
        "input": {"aspect_ratio": "1:1"},
    }
    request = request_to(server, "a shark", options=options, reference=photo())
    reference_of(server, request)
    given = server.asked_to("submit")[0].json()["input"]
    (image,) = given.pop("image_input")
    assert from_data_uri(image) == photo()
    assert given == {"prompt": "a shark", "aspect_ratio": "1:1"}


@pytest.mark.parametrize("output_is_list", [True, False])
def test_the_output_is_a_file_or_a_list(server: Server, output_is_list: bool) -> None:
    assert isinstance(server, Replicate)
    server.output_is_list = output_is_list
    assert image_of(server, request_to(server)) == png(128, 64)


@pytest.mark.parametrize("output", [None, [], {}, 5, [5], "", [""], {"image": "x"}])
def test_an_output_without_a_file_is_a_failure(server: Server, output: object) -> None:
    request = request_to(server)
    reference = reference_of(server, request)
    body: dict[str, object] = {"id": reference, "status": "succeeded", "output": output}
    server.fails("poll", faults.value(200, body))
    failure_of(lambda: poll(server, request, reference), (EngineFailed, EngineUncertain))


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("NSFW content detected. Try running it again, or try a different prompt.", "moderated"),
        ("The input or output was flagged as sensitive. (E005) (uIJ6l3ruRD)", "moderated"),
        ("Prediction interrupted; please retry (code: PA)", "provider"),
        ("CUDA out of memory. Tried to allocate 20.00 MiB", "provider"),
        (None, "provider"),
        ({"detail": "odd"}, "provider"),
    ],
)
def test_why_a_prediction_failed_is_in_its_words(server: Server, error: object, kind: str) -> None:
    request = request_to(server)
    reference = reference_of(server, request)
    body = {"id": reference, "status": "failed", "output": None, "error": error}
    server.fails("poll", faults.value(200, body))
    assert failure_of(lambda: poll(server, request, reference), EngineFailed).kind == kind


def test_what_began_too_late_was_aborted(server: Server) -> None:
    request = request_to(server)
    reference = reference_of(server, request)
    body = {"id": reference, "status": "aborted", "error": "Deadline exceeded"}
    server.fails("poll", faults.value(200, body))
    failure = failure_of(lambda: poll(server, request, reference), EngineFailed)
    assert failure.kind in ("timeout", "provider")
    assert not isinstance(failure, EngineRefused)


def test_the_reference_may_already_be_refused_at_the_start(server: Server) -> None:
    body: dict[str, Any] = {
        "title": "Input validation failed",
        "detail": "- input.image: Does not match format 'uri'\n",
        "status": 422,
        "invalid_fields": [
            {"type": "format", "field": "input.image", "description": "Does not match format"}
        ],
    }
    server.fails("submit", faults.value(422, body))
    request = request_to(server, reference=photo())
    assert failure_of(lambda: image_of(server, request), EngineFailed).kind == "invalid_reference"


def test_an_account_that_runs_out_is_told_when_in_the_body(server: Server) -> None:
    body = {"detail": "Request was throttled.", "status": 429, "retry_after": 9}
    server.fails("submit", faults.value(429, body))
    failure = failure_of(lambda: image_of(server, request_to(server)), EngineRefused)
    assert failure.retry_after_seconds == 9


@pytest.mark.parametrize("name", ["../account", "a/b", "a?b", "", "a b", "x" * 500])
def test_a_prediction_of_a_strange_name_is_not_asked_for(server: Server, name: str) -> None:
    body = {"id": name, "status": "starting", "urls": {"get": f"{server.origin}/v1/account"}}
    server.fails("submit", faults.value(201, body))
    failure_of(lambda: image_of(server, request_to(server)), (EngineFailed, EngineUncertain))
    assert len(server.asked) == 1


def listed_prompts(server: Server, since: datetime) -> list[str]:
    async def run() -> list[str]:
        async with Wire() as wire, asyncio.timeout(5):
            found = ENGINES["replicate"](wire).list(server.options, since)
            return [one.prompt async for one in found]

    return asyncio.run(run())


def test_the_next_page_is_not_looked_for_elsewhere(server: Server, trap: Server) -> None:
    reference_of(server, request_to(server))
    body: dict[str, object] = {
        "next": f"{trap.origin}/v1/predictions?cursor=2",
        "previous": None,
        "results": [],
    }
    server.fails("list", faults.value(200, body))
    since = datetime.now(UTC) - timedelta(hours=1)
    assert listed_prompts(server, since) == []


def test_only_images_of_the_model_are_listed(server: Server) -> None:
    request = request_to(server, "a shark")
    reference = reference_of(server, request)
    assert isinstance(poll(server, request, reference), Image)
    since = datetime.now(UTC) - timedelta(hours=1)
    assert listed_prompts(server, since) == ["a shark"]
    ours = dict(server.options)
    ours["model"] = "somebody/else"

    async def run() -> list[str]:
        async with Wire() as wire:
            return [one.prompt async for one in ENGINES["replicate"](wire).list(ours, since)]

    assert asyncio.run(run()) == []
