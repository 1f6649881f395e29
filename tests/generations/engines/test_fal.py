"""What is fal's alone: a queue of applications, whose input is judged when the result is due."""

import pytest

from generations.engines.base import Image, Pending
from generations.engines.failures import EngineFailed, EngineRefused, EngineUncertain
from tests.generations.engines import faults
from tests.generations.engines.asking import (
    failure_of,
    image_of,
    photo,
    poll,
    reference_of,
    request_to,
)
from tests.generations.engines.servers.fal import APP, Fal, detail
from tests.generations.engines.servers.server import Fault, Server
from tests.generations.engines.servers.work import from_data_uri, png

pytestmark = pytest.mark.parametrize("server", ["fal"], indirect=True)
NO_ANSWERS = {
    "429": faults.problem("rate_limit"),
    "502": faults.page(502),
    "cut": faults.cut(),
    "page": faults.page(200),
    "list": faults.value(200, []),
}


def test_only_the_submission_knows_the_subpath(server: Server) -> None:
    image_of(server, request_to(server, "a shark", options={"input": {"num_images": 1}}))
    submit, status, result, _file = server.asked
    assert submit.path == f"/{APP}"
    assert submit.json() == {
        "prompt": "a shark",
        "image_size": {"width": 128, "height": 64},
        "num_images": 1,
    }
    (name,) = server.works
    assert status.path.split("?")[0] == f"/fal-ai/shark/requests/{name}/status"
    assert result.path.startswith(f"/fal-ai/shark/requests/{name}")


def test_applications_name_their_inputs_as_they_like(server: Server) -> None:
    options = {"image_field": "image_urls", "image_in_list": True}
    reference_of(server, request_to(server, options=options, reference=photo()))
    (image,) = server.asked_to("submit")[0].json()["image_urls"]
    assert from_data_uri(image) == photo()


def test_the_secret_does_not_follow_the_addresses_in_an_answer(
    server: Server, trap: Server
) -> None:
    body = {"status": "IN_QUEUE", "request_id": "764cabcf-b745-4b3e-ae38-1200304cf45b"}
    for name in ("status_url", "response_url", "cancel_url"):
        body[name] = f"{trap.origin}/fal-ai/shark/requests/{body['request_id']}"
    server.fails("submit", faults.value(200, body))
    failure_of(lambda: image_of(server, request_to(server)), (EngineFailed, EngineUncertain))


def test_the_result_may_be_at_the_longer_address(server: Server, trap: Server) -> None:
    request = request_to(server)
    reference = reference_of(server, request)
    (name,) = server.works
    for origin in (server.origin, trap.origin):
        url = f"{origin}/fal-ai/shark/requests/{name}/response"
        body = {"status": "COMPLETED", "request_id": name, "response_url": url, "logs": None}
        server.fails("poll", faults.value(200, body))
        assert poll(server, request, reference) == Image(png(128, 64))


def test_a_queued_request_is_pending(server: Server) -> None:
    request = request_to(server)
    reference = reference_of(server, request)
    server.fails("poll", faults.value(202, {"status": "IN_QUEUE", "queue_position": 12}))
    assert isinstance(poll(server, request, reference), Pending)


@pytest.mark.parametrize("fault", NO_ANSWERS.values(), ids=NO_ANSWERS)
def test_a_result_that_does_not_come_may_be_asked_for_again(server: Server, fault: Fault) -> None:
    request = request_to(server)
    reference = reference_of(server, request)
    server.fails("result", fault)
    failure_of(lambda: poll(server, request, reference), (EngineRefused, EngineUncertain))
    assert isinstance(poll(server, request, reference), Image)


def test_a_blackened_image_was_moderated(server: Server) -> None:
    assert isinstance(server, Fal)
    server.flags_nsfw = True
    failure = failure_of(lambda: image_of(server, request_to(server)), EngineFailed)
    assert failure.kind == "moderated"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (422, detail("content_policy_violation", "flagged", "prompt"), "moderated"),
        (422, detail("content_policy_violation", "flagged", "image_url"), "moderated"),
        (422, detail("image_too_small", "Image too small", "image_url"), "invalid_reference"),
        (422, detail("file_download_error", "Download", "image_url"), "invalid_reference"),
        (422, detail("image_load_error", "Load", "body"), "invalid_reference"),
        (422, detail("greater_than", "Input should be greater than 0", "steps"), "provider"),
        (400, detail("downstream_service_error", "Downstream service error"), "provider"),
        (500, detail("internal_server_error", "Internal server error"), "provider"),
        (504, detail("generation_timeout", "Generation timeout"), "timeout"),
        (504, {"detail": "Request timed out", "error_type": "request_timeout"}, "timeout"),
        (503, {"detail": "Disconnected", "error_type": "runner_disconnected"}, "provider"),
    ],
)
def test_why_a_request_failed_is_in_its_type(
    server: Server, status: int, body: object, kind: str
) -> None:
    request = request_to(server, reference=photo())
    reference = reference_of(server, request)
    server.fails("result", faults.value(status, body))
    failure = failure_of(lambda: poll(server, request, reference), EngineFailed)
    assert failure.kind == kind
    # The queue keeps the failure: asking again cannot help.
    assert not isinstance(failure, EngineRefused)


@pytest.mark.parametrize(
    "result",
    [
        {"images": []},
        {"images": None},
        {"images": [{}]},
        {"images": [{"url": 5}]},
        {"images": "x"},
        {"image": []},
        {},
    ],
)
def test_a_result_without_a_file_is_a_failure(server: Server, result: object) -> None:
    request = request_to(server)
    reference = reference_of(server, request)
    server.fails("result", faults.value(200, result))
    failure_of(lambda: poll(server, request, reference), (EngineFailed, EngineUncertain))


def test_some_applications_give_one_image(server: Server) -> None:
    request = request_to(server)
    reference = reference_of(server, request)
    (name,) = server.works
    result = {"image": {"url": f"{server.origin}/files/{name}.png"}}
    server.fails("result", faults.value(200, result))
    assert poll(server, request, reference) == Image(png(128, 64))


@pytest.mark.parametrize("name", ["../account", "a/b", "", "a b", 5])
def test_a_request_of_a_strange_name_is_not_asked_for(server: Server, name: object) -> None:
    body = {"request_id": name, "status_url": f"{server.origin}/fal-ai/{name}/status"}
    server.fails("submit", faults.value(200, body))
    failure_of(lambda: image_of(server, request_to(server)), (EngineFailed, EngineUncertain))
    assert len(server.asked) == 1
