"""The public API as Django serves it, and its OpenAPI description at /api/v1/openapi.json.

Authentication, parsing and errors are the operations' own, so that both doors are alike; here
they are only described.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from generations.api import operations
from generations.api.schema import (
    Accepted,
    Error,
    ImageSubmission,
    JobPage,
    JobQuery,
    JobStatus,
)

api = NinjaAPI(
    title="SharkAPI",
    version="1.0.0",
    description="Asynchronous image generation: submit a job, poll until it is terminal. "
    "You are charged only for images you get.",
    docs_url=None,
    # Served below as an operation, so that a wrong method is answered like everywhere else.
    openapi_url=None,
    urls_namespace="api",
    openapi_extra={"security": [{"apiKey": []}, {"bearer": []}]},
)

SECURITY_SCHEMES = {
    "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "bearer": {"type": "http", "scheme": "bearer"},
}

REFUSED = {401: Error, 403: Error, 429: Error, 500: Error}
SECONDS = {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}
HEADERS: dict[str, Any] = {"responses": {429: {"headers": {"Retry-After": SECONDS}}}}
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": ImageSubmission.model_json_schema()}},
    }
}

ONCE: dict[str, Any] = {
    "parameters": [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": "Makes a retry safe: the same key with the same request answers with "
            "the job that the first one made, and reserves nothing more. Keys belong to the "
            "account and do not expire; a key sent with another request is refused.",
            "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
            "example": "order-1042",
        }
    ]
}


def _in_query(properties: dict[str, Any]) -> dict[str, Any]:
    """The fields of an object as the parameters of a query."""
    parameters = []
    for name, schema in properties.items():
        if schema["default"] is None:
            del schema["default"]
        described = {"description": schema.pop("description"), "schema": schema}
        parameters.append({"name": name, "in": "query", "required": False, **described})
    return {"parameters": parameters}


@api.post(
    "/image",
    response={202: Accepted, 400: Error, 402: Error, 409: Error, 422: Error, **REFUSED},
    operation_id="generateImage",
    summary="Submit an image generation job",
    openapi_extra=BODY | ONCE | HEADERS,
)
def submit(request: HttpRequest) -> HttpResponse:
    """Answers at once with a job_id; the job is processed asynchronously."""
    return operations.answer(operations.submit, request.META).to_http()


@api.get(
    "/jobs",
    response={200: JobPage, 400: Error, **REFUSED},
    operation_id="listJobs",
    summary="List the account's jobs, newest first",
    openapi_extra=_in_query(JobQuery.model_json_schema()["properties"]) | HEADERS,
)
def list_jobs(request: HttpRequest) -> HttpResponse:
    """Page by page: send next_cursor back as cursor until it is null."""
    return operations.answer(operations.list_jobs, request.META).to_http()


@api.get(
    "/jobs/{job_id}",
    response={200: JobStatus, 404: Error, **REFUSED},
    operation_id="jobStatus",
    summary="Poll a job",
    openapi_extra=HEADERS,
)
def status(request: HttpRequest, job_id: str) -> HttpResponse:
    """Poll every 2 seconds until status is "completed" or "failed"."""
    return operations.answer(operations.status, request.META, job_id).to_http()


@api.post(
    "/jobs/{job_id}/cancel",
    response={200: JobStatus, 404: Error, 409: Error, **REFUSED},
    operation_id="cancelJob",
    summary="Cancel a job",
    openapi_extra=HEADERS,
)
def cancel(request: HttpRequest, job_id: str) -> HttpResponse:
    """Ends a queued or processing job, which then is "failed" and charged nothing.

    One that has ended before is left as it is and answered with 409.
    """
    return operations.answer(operations.cancel, request.META, job_id).to_http()


@api.get("/openapi.json", include_in_schema=False)
def document(request: HttpRequest) -> dict[str, Any]:
    """This API in the words of OpenAPI 3.1."""
    described = api.get_openapi_schema()
    # Given as `openapi_extra`, they would be dropped for the components that ninja itself makes.
    described["components"]["securitySchemes"] = SECURITY_SCHEMES
    return described
