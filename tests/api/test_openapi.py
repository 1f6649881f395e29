"""/api/v1/openapi.json: valid, and true of what the code answers."""

import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from openapi_spec_validator import OpenAPIV31SpecValidator
from pytest_django import Settings

from generations import jobs
from generations.api.schema import JobQuery
from generations.models import Job
from keys.errors import STATUS_OF_CODE
from tests.api.calls import (
    HTTP,
    LIST,
    PRICE_MICROS,
    SUBMIT,
    base64_text,
    cancel,
    claimed,
    completed,
    list_jobs,
    picture,
    status,
    submit,
    submit_once,
)
from tests.api.doors import fast_lane
from tests.conftest import Customer, NewCustomer

# Every operation, by the name that programs made from the document call it.
OPERATIONS = {
    "generateImage": ("/api/v1/image", "post"),
    "listJobs": ("/api/v1/jobs", "get"),
    "jobStatus": ("/api/v1/jobs/{job_id}", "get"),
    "cancelJob": ("/api/v1/jobs/{job_id}/cancel", "post"),
}
Document = dict[str, Any]


@pytest.fixture(scope="module")
def document(site: str) -> Document:
    answer = HTTP.get(f"{site}/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("application/json")
    found: Document = answer.json()
    return found


def operation(document: Document, name: str) -> Document:
    path, method = OPERATIONS[name]
    found: Document = document["paths"][path][method]
    assert found["operationId"] == name
    return found


def check_documented(document: Document, name: str, answer: httpx.Response) -> None:
    """The status is in the document, and the body is what is said of it, no more, no less."""
    documented = operation(document, name)["responses"][str(answer.status_code)]
    schema = documented["content"]["application/json"]["schema"]
    OAS31Validator(schema | {"components": document["components"]}).validate(answer.json())
    check_fields(document, schema["$ref"], answer.json())
    for header in documented.get("headers", {}):
        assert header in answer.headers


def check_fields(document: Document, reference: str, found: Document) -> None:
    """The object has the schema's fields, all of them in their order."""
    fields = document["components"]["schemas"][reference.rpartition("/")[2]]
    assert list(found) == list(fields["properties"]) == fields["required"]


def test_is_valid(document: Document) -> None:
    assert document["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(document).validate()


def test_names_every_operation_and_both_ways_to_send_the_key(document: Document) -> None:
    found = [(path, method) for path, each in document["paths"].items() for method in each]
    assert sorted(found) == sorted(OPERATIONS.values())
    schemes = document["components"]["securitySchemes"]
    assert document["security"] == [{name: []} for name in schemes]
    assert {scheme.get("name", scheme.get("scheme")) for scheme in schemes.values()} == {
        "X-API-Key",
        "bearer",
    }


def test_names_every_code(document: Document) -> None:
    codes = document["components"]["schemas"]["Error"]["properties"]["code"]["enum"]
    assert set(codes) == set(STATUS_OF_CODE)


@pytest.mark.parametrize(
    ("name", "never"),
    [
        ("generateImage", {404, 405}),
        ("listJobs", {402, 404, 405, 409, 422}),
        ("jobStatus", {400, 402, 405, 409, 422}),
        ("cancelJob", {400, 402, 405, 422}),
    ],
)
def test_documents_every_status_it_can_give(document: Document, name: str, never: set[int]) -> None:
    refusals = {int(code) for code in operation(document, name)["responses"]} - {200, 202}
    assert refusals == set(STATUS_OF_CODE.values()) - never


REFUSALS: dict[int, Callable[[str, Customer], httpx.Response]] = {
    400: lambda site, customer: submit(site, customer, prompt=""),
    401: lambda site, _: HTTP.post(site + SUBMIT),
    402: lambda site, customer: submit(site, customer),
    409: lambda site, customer: submit_once(site, customer, "order-1", prompt="another"),
    422: lambda site, customer: submit(site, customer, variant="2k"),
}


@pytest.mark.parametrize("code", REFUSALS)
def test_submit_refused(
    site: str, document: Document, new_customer: NewCustomer, code: int
) -> None:
    customer = new_customer(credit_micros=0 if code == 402 else PRICE_MICROS)
    if code == 409:
        submit_once(site, customer, "order-1")
    answer = REFUSALS[code](site, customer)
    assert answer.status_code == code
    check_documented(document, "generateImage", answer)


def test_submit_accepted(site: str, document: Document, alice: Customer) -> None:
    check_documented(document, "generateImage", submit(site, alice))


def test_forbidden(site: str, document: Document, alice: Customer) -> None:
    alice.key.revoke()
    check_documented(document, "generateImage", submit(site, alice))
    check_documented(document, "listJobs", list_jobs(site, alice))
    check_documented(document, "jobStatus", status(site, alice, "x"))
    check_documented(document, "cancelJob", cancel(site, alice, "x"))


def test_status_in_every_state(site: str, document: Document, alice: Customer) -> None:
    ids = [submit(site, alice).json()["job_id"] for _ in range(4)]
    claimed(ids[1])
    completed(ids[2], "0" * 32 + ".png")
    jobs.fail(uuid.UUID(ids[3]), Job.FailureKind.PROVIDER, "It failed.")
    answers = [status(site, alice, job_id) for job_id in ids]
    states = document["components"]["schemas"]["JobStatus"]["properties"]["status"]["enum"]
    assert [answer.json()["status"] for answer in answers] == states
    for answer in answers:
        check_documented(document, "jobStatus", answer)


def test_status_refused(site: str, document: Document, alice: Customer) -> None:
    check_documented(document, "jobStatus", status(site, alice, str(uuid.uuid4())))
    check_documented(document, "jobStatus", HTTP.get(f"{site}/api/v1/jobs/x"))


def test_cancel(site: str, document: Document, alice: Customer) -> None:
    job_id = submit(site, alice).json()["job_id"]
    answers = [cancel(site, alice, each) for each in (job_id, job_id, str(uuid.uuid4()))]
    assert [answer.status_code for answer in answers] == [200, 409, 404]
    for answer in answers:
        check_documented(document, "cancelJob", answer)


def test_list(site: str, document: Document, alice: Customer) -> None:
    submit(site, alice)
    submit_once(site, alice, "order-1")
    check_documented(document, "listJobs", list_jobs(site, alice, limit=0))
    for limit in (1, 2):
        answer = list_jobs(site, alice, limit=limit)
        check_documented(document, "listJobs", answer)
        for job in answer.json()["jobs"]:
            check_fields(document, "ListedJob", job)


def test_what_the_query_may_be(site: str, document: Document, alice: Customer) -> None:
    """What the schema takes is accepted; what it does not take is refused."""
    parameters = operation(document, "listJobs")["parameters"]
    assert [parameter["name"] for parameter in parameters] == list(JobQuery.model_fields)
    schemas = {parameter["name"]: parameter["schema"] for parameter in parameters}
    assert schemas["limit"]["default"] == 20
    good: list[tuple[str, str | int]] = [
        ("status", "failed"),
        ("token", "sk_live_Ab1C"),
        ("token", "playground"),
        ("created_after", "2025-01-15T10:23:44Z"),
        ("created_before", "2025-01-15"),
        ("limit", 1),
        ("limit", 100),
    ]
    bad: list[tuple[str, str | int]] = [
        ("status", "cancelled"),
        ("token", "sk_live_"),
        ("created_after", "soon"),
        ("created_before", "2025-01-15T10:23:44"),
        ("limit", 0),
        ("limit", 101),
    ]
    for name, value in good:
        assert _is_valid(schemas[name], value)
        assert list_jobs(site, alice, **{name: value}).status_code == 200
    for name, value in bad:
        assert not _is_valid(schemas[name], value)
        assert list_jobs(site, alice, **{name: value}).status_code == 400


def _is_valid(schema: Document, value: object) -> bool:
    return bool(OAS31Validator(schema, format_checker=oas31_format_checker).is_valid(value))


def test_what_the_idempotency_key_may_be(site: str, document: Document, alice: Customer) -> None:
    (header,) = operation(document, "generateImage")["parameters"]
    assert (header["name"], header["in"], header["required"]) == (
        "Idempotency-Key",
        "header",
        False,
    )
    validator = OAS31Validator(header["schema"])
    for key, code in (("x", 202), ("!~" * 127, 202), ("", 400), ("a b", 400), ("x" * 256, 400)):
        assert validator.is_valid(key) is (code == 202)
        assert submit_once(site, alice, key).status_code == code


def test_rate_limit(document: Document, alice: Customer, settings: Settings) -> None:
    settings.API_REQUESTS_PER_SECOND = 1
    with fast_lane() as client:
        answers = [client.get("/api/v1/jobs/x", headers=alice.headers) for _ in range(6)]
        assert answers[-1].status_code == 429
        check_documented(document, "jobStatus", answers[-1])
        check_documented(document, "generateImage", client.post(SUBMIT, headers=alice.headers))
        check_documented(document, "listJobs", client.get(LIST, headers=alice.headers))
        refused = client.post("/api/v1/jobs/x/cancel", headers=alice.headers)
        check_documented(document, "cancelJob", refused)


def test_what_the_body_may_be(site: str, document: Document, alice: Customer) -> None:
    """What the schema takes is accepted; what it does not take is refused."""
    body = operation(document, "generateImage")["requestBody"]
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
