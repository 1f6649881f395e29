"""/api/v1/openapi.json: valid, and true of what the code answers."""

import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from pytest_django import Settings

from generations import jobs
from generations.models import Job
from keys.errors import STATUS_OF_CODE
from tests.api.calls import HTTP, SUBMIT, base64_text, claimed, completed, picture, status, submit
from tests.api.doors import fast_lane
from tests.conftest import Customer, NewCustomer

IMAGE_PATH, JOB_PATH = "/api/v1/image", "/api/v1/jobs/{job_id}"
Document = dict[str, Any]


@pytest.fixture(scope="module")
def document(site: str) -> Document:
    answer = HTTP.get(f"{site}/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("application/json")
    found: Document = answer.json()
    return found


def operation(document: Document, method: str) -> Document:
    path = IMAGE_PATH if method == "post" else JOB_PATH
    found: Document = document["paths"][path][method]
    return found


def check_documented(document: Document, method: str, answer: httpx.Response) -> None:
    """The status is in the document, and the body is what is said of it, no more, no less."""
    documented = operation(document, method)["responses"][str(answer.status_code)]
    schema = documented["content"]["application/json"]["schema"]
    OAS31Validator(schema | {"components": document["components"]}).validate(answer.json())
    fields = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    assert list(answer.json()) == list(fields["properties"]) == fields["required"]
    for header in documented.get("headers", {}):
        assert header in answer.headers


def test_is_valid(document: Document) -> None:
    assert document["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(document).validate()


def test_names_every_operation_and_both_ways_to_send_the_key(document: Document) -> None:
    methods = {path: set(found) for path, found in document["paths"].items()}
    assert methods == {IMAGE_PATH: {"post"}, JOB_PATH: {"get"}}
    schemes = document["components"]["securitySchemes"]
    assert document["security"] == [{name: []} for name in schemes]
    assert {scheme.get("name", scheme.get("scheme")) for scheme in schemes.values()} == {
        "X-API-Key",
        "bearer",
    }


def test_names_every_code(document: Document) -> None:
    codes = document["components"]["schemas"]["Error"]["properties"]["code"]["enum"]
    assert set(codes) == set(STATUS_OF_CODE)


@pytest.mark.parametrize(("method", "never"), [("post", {404, 405}), ("get", {400, 402, 405, 422})])
def test_documents_every_status_it_can_give(
    document: Document, method: str, never: set[int]
) -> None:
    refusals = {int(code) for code in operation(document, method)["responses"]} - {200, 202}
    assert refusals == set(STATUS_OF_CODE.values()) - never


REFUSALS: dict[int, Callable[[str, Customer], httpx.Response]] = {
    400: lambda site, customer: submit(site, customer, prompt=""),
    401: lambda site, _: HTTP.post(site + SUBMIT),
    402: lambda site, customer: submit(site, customer),
    422: lambda site, customer: submit(site, customer, variant="2k"),
}


@pytest.mark.parametrize("code", REFUSALS)
def test_submit_refused(
    site: str, document: Document, new_customer: NewCustomer, code: int
) -> None:
    answer = REFUSALS[code](site, new_customer())
    assert answer.status_code == code
    check_documented(document, "post", answer)


def test_submit_accepted(site: str, document: Document, alice: Customer) -> None:
    check_documented(document, "post", submit(site, alice))


def test_forbidden(site: str, document: Document, alice: Customer) -> None:
    alice.key.revoke()
    check_documented(document, "post", submit(site, alice))
    check_documented(document, "get", status(site, alice, "x"))


def test_status_in_every_state(site: str, document: Document, alice: Customer) -> None:
    ids = [submit(site, alice).json()["job_id"] for _ in range(4)]
    claimed(ids[1])
    completed(ids[2], "0" * 32 + ".png")
    jobs.fail(uuid.UUID(ids[3]), Job.FailureKind.PROVIDER, "It failed.")
    answers = [status(site, alice, job_id) for job_id in ids]
    states = document["components"]["schemas"]["JobStatus"]["properties"]["status"]["enum"]
    assert [answer.json()["status"] for answer in answers] == states
    for answer in answers:
        check_documented(document, "get", answer)


def test_status_refused(site: str, document: Document, alice: Customer) -> None:
    check_documented(document, "get", status(site, alice, str(uuid.uuid4())))
    check_documented(document, "get", HTTP.get(f"{site}/api/v1/jobs/x"))


def test_rate_limit(document: Document, alice: Customer, settings: Settings) -> None:
    settings.API_REQUESTS_PER_SECOND = 1
    with fast_lane() as client:
        answers = [client.get("/api/v1/jobs/x", headers=alice.headers) for _ in range(6)]
        assert answers[-1].status_code == 429
        check_documented(document, "get", answers[-1])
        check_documented(document, "post", client.post(SUBMIT, headers=alice.headers))


def test_what_the_body_may_be(site: str, document: Document, alice: Customer) -> None:
    """What the schema takes is accepted; what it does not take is refused."""
    body = operation(document, "post")["requestBody"]
    assert body["required"] is True
    schema = body["content"]["application/json"]["schema"]
    assert schema["required"] == ["prompt"]
    assert set(schema["properties"]) == {"prompt", "variant", "image", "image_url"}
    assert schema["properties"]["variant"]["default"] == "1k"
    validator = OAS31Validator(schema)
    good: list[dict[str, object]] = [
        {},
        {"prompt": "x" * 2000},
        {"variant": "1k"},
        {"image": base64_text(picture()), "image_url": None},
        {"image": None, "image_url": "https://example.com/a.png"},
        {"more": 7},
    ]
    bad: list[dict[str, object]] = [
        {"prompt": ""},
        {"prompt": "x" * 2001},
        {"prompt": None},
        {"variant": 1},
        {"image": []},
        {"image_url": {}},
    ]
    for fields in good:
        assert validator.is_valid({"prompt": "a shark"} | fields)
        assert submit(site, alice, **fields).status_code == 202
    for fields in bad:
        assert not validator.is_valid({"prompt": "a shark"} | fields)
        assert submit(site, alice, **fields).status_code == 400
