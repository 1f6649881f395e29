"""What is OpenAI's alone: its two endpoints, its two kinds of answer, and who else speaks so."""

import json

import pytest

from generations.engines.failures import EngineFailed, EngineRefused, EngineUncertain
from tests.generations.engines import faults
from tests.generations.engines.asking import failure_of, image_of, photo, request_to
from tests.generations.engines.servers.openai import OpenAI
from tests.generations.engines.servers.server import Server
from tests.generations.engines.servers.work import png

pytestmark = pytest.mark.parametrize("server", ["openai"], indirect=True)


def test_words_go_out_as_json(server: Server) -> None:
    image_of(server, request_to(server, "a shark"))
    (asked,) = server.asked
    assert asked.path == "/v1/images/generations"
    assert asked.json() == {"model": "gpt-image-2", "prompt": "a shark", "size": "128x64"}


def test_a_reference_goes_out_as_a_form(server: Server) -> None:
    image_of(server, request_to(server, "a shark", reference=photo("JPEG")))
    (asked,) = server.asked
    assert asked.path == "/v1/images/edits"
    assert b"image/jpeg" in asked.body
    (work,) = server.works.values()
    assert work.asked == {"model": "gpt-image-2", "prompt": "a shark", "size": "128x64"}


@pytest.mark.parametrize("reference", [None, photo()])
def test_further_fields_are_passed_on(server: Server, reference: bytes | None) -> None:
    extra = {"quality": "low", "background": "opaque", "n": 1}
    image_of(server, request_to(server, options={"extra": extra}, reference=reference))
    (work,) = server.works.values()
    # A form knows texts alone.
    assert {name: str(work.asked[name]) for name in extra} == {
        name: str(value) for name, value in extra.items()
    }


def test_further_fields_do_not_replace_what_the_customer_asked_for(server: Server) -> None:
    extra = {"prompt": "a whale", "size": "64x64", "model": "dall-e-2"}
    image_of(server, request_to(server, "a shark", options={"extra": extra}))
    (work,) = server.works.values()
    assert (work.prompt, work.width, work.height) == ("a shark", 128, 64)


@pytest.mark.parametrize(("form", "files"), [("url", 1), ("b64_json", 0)])
def test_a_model_may_answer_with_an_address(server: Server, form: str, files: int) -> None:
    assert isinstance(server, OpenAI)
    server.model = "dall-e-2"
    extra = {"response_format": form}
    assert image_of(server, request_to(server, options={"extra": extra})) == png(128, 64)
    assert len(server.asked_to("file")) == files


def test_an_address_elsewhere_is_not_gone_to(server: Server, trap: Server) -> None:
    assert isinstance(server, OpenAI)
    server.model = "dall-e-2"
    server.file_url = f"{trap.origin}/out.png"
    failure_of(lambda: image_of(server, request_to(server)), (EngineFailed, EngineUncertain))


def test_the_older_models_moderate_too(server: Server) -> None:
    assert isinstance(server, OpenAI)
    server.model = "dall-e-3"
    request = request_to(server, "something forbidden")
    assert failure_of(lambda: image_of(server, request), EngineFailed).kind == "moderated"


def test_a_server_of_ones_own_needs_no_secret(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.is_open = True
    monkeypatch.delenv(server.secret_name)
    image_of(server, request_to(server, options={"secret": ""}))
    (asked,) = server.asked
    assert "Authorization" not in asked.headers


@pytest.mark.parametrize(
    ("status", "error"),
    [
        # LiteLLM: https://docs.litellm.ai/docs/exception_mapping
        (
            400,
            {
                "message": "litellm.ContentPolicyViolationError: Your request was rejected as a "
                "result of our safety system.",
                "type": None,
                "param": None,
                "code": "400",
            },
        ),
        # Azure: https://learn.microsoft.com/azure/ai-services/openai/dall-e-quickstart
        (
            400,
            {
                "code": "content_policy_violation",
                "message": "This request has been blocked by our content filters.",
                "inner_error": {"code": "ResponsibleAIPolicyViolation"},
            },
        ),
    ],
)
def test_moderation_of_others_who_speak_so(server: Server, status: int, error: object) -> None:
    server.fails("submit", faults.value(status, {"error": error}))
    failure = failure_of(lambda: image_of(server, request_to(server)), EngineFailed)
    assert failure.kind == "moderated"


def test_a_reference_of_an_unknown_type_is_the_references_fault(server: Server) -> None:
    body = {
        "error": {
            "message": "Invalid file 'image': unsupported mimetype ('image/gif').",
            "type": "invalid_request_error",
            "param": "image",
            "code": "unsupported_file_mimetype",
        }
    }
    server.fails("submit", faults.value(400, body))
    request = request_to(server, reference=photo())
    assert failure_of(lambda: image_of(server, request), EngineFailed).kind == "invalid_reference"


def test_a_limit_says_in_its_headers_when_it_ends(server: Server) -> None:
    headers = {"x_ratelimit_reset_requests": "1m30s", "x_ratelimit_remaining_requests": "0"}
    server.fails("submit", faults.problem("rate_limit", **headers))
    failure = failure_of(lambda: image_of(server, request_to(server)), EngineRefused)
    assert failure.retry_after_seconds == 90


def test_an_empty_answer_is_no_image(server: Server) -> None:
    for body in ({"created": 1, "data": []}, {"created": 1, "data": None}, {"created": 1}):
        server.fails("submit", faults.text(200, json.dumps(body), "application/json"))
        failure = failure_of(
            lambda: image_of(server, request_to(server)), (EngineFailed, EngineUncertain)
        )
        assert not isinstance(failure, EngineRefused)
