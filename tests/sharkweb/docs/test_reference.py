"""The reference says of the API what the API says of itself: every field, every error code."""

import re
from typing import Any

import pytest

from generations.api.routes import document
from keys.errors import STATUS_OF_CODE
from sharkweb.docs import chapters, facts
from tests.conftest import CHECKOUT

Document = dict[str, Any]
# A field, its kind, and what follows up to the next one.
FIELD = re.compile(r"^- `([\w-]+)`(?: \*([^*]+)\*)?", re.MULTILINE)
CODE = re.compile(r"`([A-Z]+(?:_[A-Z]+)*)`")
# Where the reference lists the fields of a schema of the OpenAPI document.
ANSWERS = {
    "submit-answer": "Accepted",
    "poll-answer": "JobStatus",
    "list-answer": "JobPage",
    "errors": "Error",
}
# Where it lists the errors of an operation.
OPERATIONS = {
    "submit-errors": ("/api/v1/image", "post"),
    "poll-errors": ("/api/v1/jobs/{job_id}", "get"),
    "list-errors": ("/api/v1/jobs", "get"),
    "cancel-errors": ("/api/v1/jobs/{job_id}/cancel", "post"),
}


@pytest.fixture(scope="module")
def openapi(database: None) -> Document:
    found: Document = document(None)  # type: ignore[arg-type]  # It looks at no request.
    return found


@pytest.fixture(scope="module")
def sections(database: None) -> dict[str, str]:
    """The Markdown below each heading, by its anchor."""
    known = facts.read("https://images.example.com")
    found: dict[str, str] = {}
    for chapter in chapters.CHAPTERS:
        parts = chapters.ANCHOR.split(chapters.text(chapter, "en", known))
        found |= dict(zip(parts[2::3], parts[3::3], strict=True))
    return found


def fields(markdown: str) -> dict[str, str]:
    """The kinds of the fields that it lists, by their names."""
    return dict(FIELD.findall(markdown))


def schema(openapi: Document, name: str) -> Document:
    found: Document = openapi["components"]["schemas"][name]
    return found


def operation(openapi: Document, path: str, method: str) -> Document:
    found: Document = openapi["paths"][path][method]
    return found


@pytest.mark.parametrize("anchor", ANSWERS)
def test_answers(openapi: Document, sections: dict[str, str], anchor: str) -> None:
    described = fields(sections[anchor])
    properties = schema(openapi, ANSWERS[anchor])["properties"]
    assert list(described) == list(properties)
    for name, kind in described.items():
        assert ("null" in kind) == ({"type": "null"} in properties[name].get("anyOf", [])), name


def test_listed_jobs_have_more_fields(openapi: Document, sections: dict[str, str]) -> None:
    listed = schema(openapi, "ListedJob")["properties"]
    polled = fields(sections["poll-answer"])
    assert list(polled) + list(fields(sections["list-job"])) == list(listed)


def test_requests(openapi: Document, sections: dict[str, str]) -> None:
    submit = operation(openapi, "/api/v1/image", "post")
    body = submit["requestBody"]["content"]["application/json"]["schema"]
    described = fields(sections["submit-body"])
    assert list(described) == list(body["properties"])
    assert [name for name, kind in described.items() if "required" in kind] == body["required"]
    headers = [parameter["name"] for parameter in submit["parameters"]]
    assert list(fields(sections["submit-headers"])) == headers
    query = operation(openapi, "/api/v1/jobs", "get")["parameters"]
    assert list(fields(sections["list-query"])) == [parameter["name"] for parameter in query]


def test_states(openapi: Document, sections: dict[str, str]) -> None:
    states = schema(openapi, "JobStatus")["properties"]["status"]["enum"]
    assert list(fields(sections["states"])) == states


def test_every_error_code_and_no_other(sections: dict[str, str]) -> None:
    described: dict[str, str] = {}
    for anchor in ("errors-request", "errors-account", "errors-retry"):
        described |= fields(sections[anchor])
    assert {code: int(status) for code, status in described.items()} == STATUS_OF_CODE
    # What is in capitals elsewhere is one of them, too, but for the methods and the like.
    named = {code for text in sections.values() for code in CODE.findall(text) if "_" in code}
    assert named <= set(STATUS_OF_CODE)


def test_every_error_code_can_be_answered() -> None:
    sources = [*(CHECKOUT / "keys").glob("*.py"), *(CHECKOUT / "generations/api").rglob("*.py")]
    text = "".join(path.read_text() for path in sources if path.name != "errors.py")
    assert [code for code in STATUS_OF_CODE if f'"{code}"' not in text] == []


@pytest.mark.parametrize("anchor", OPERATIONS)
def test_errors_of_each_call(openapi: Document, sections: dict[str, str], anchor: str) -> None:
    codes = set(CODE.findall(sections[anchor]))
    responses = operation(openapi, *OPERATIONS[anchor])["responses"]
    statuses = {int(status) for status in responses if int(status) >= 400}
    assert {STATUS_OF_CODE[code] for code in codes} == statuses
    # A token may be refused everywhere, for every reason.
    assert codes >= {code for code, status in STATUS_OF_CODE.items() if status == 403}
