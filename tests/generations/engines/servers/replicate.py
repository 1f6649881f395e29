"""Replicate's predictions API, as replicate.com/docs/reference/http and its clients have it.

Owns this protocol alone: create, get, cancel and list predictions. Models here take `prompt`,
`width`, `height` and a data URI in any other field.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from aiohttp import web

from tests.generations.engines.servers.server import Refused, Route, Server
from tests.generations.engines.servers.work import Work, data_uri_among, timestamp

MODEL = "shark-labs/painter"
VERSION = "39ed52f2a78e934b3ba6e2a89f5b1c712de7dfea535525255b1aa35c5565e08b"
ERRORS = {
    "moderated": "The input or output was flagged as sensitive. Please try again with different "
    "inputs. (E005) (uIJ6l3ruRD)",
    "invalid_reference": "cannot identify image file <_io.BytesIO object at 0x7f2f3c1d0e50>",
    "failed": "CUDA error on node-17.internal:8443: out of memory",
}


class Replicate(Server):
    """`output_is_list`: whether the model gives its one file in a list, as most do."""

    name = "replicate"
    secret_name = "REPLICATE_API_TOKEN"
    output_is_list = True
    problems: ClassVar = {
        "unauthorized": (
            401,
            {
                "title": "Unauthenticated",
                "detail": "You did not pass a valid authentication token",
                "status": 401,
            },
        ),
        "forbidden": (403, {"detail": "You do not have permission to do this.", "status": 403}),
        "not_found": (404, {"detail": "The requested resource could not be found.", "status": 404}),
        "quota": (
            402,
            {
                "title": "Insufficient credit",
                "detail": "You have insufficient credit to run this model. Go to "
                "https://replicate.com/account/billing#billing to purchase credit.",
                "status": 402,
            },
        ),
        "rate_limit": (
            429,
            {"detail": "Request was throttled. Your rate limit resets in ~30s.", "status": 429},
        ),
        "error": (500, {"detail": "Internal server error", "status": 500}),
        "unavailable": (503, {"detail": "Service unavailable", "status": 503}),
    }

    @property
    def options(self) -> dict[str, Any]:
        return {"base_url": f"{self.origin}/v1", "model": MODEL}

    def routes(self) -> Iterable[Route]:
        yield "POST", "/v1/predictions", "submit", self._create
        yield "POST", "/v1/models/{owner}/{model}/predictions", "submit", self._create
        yield "GET", "/v1/predictions", "list", self._list
        yield "GET", "/v1/predictions/{id}", "poll", self._get
        yield "POST", "/v1/predictions/{id}/cancel", "cancel", self._cancel

    def authenticate(self, request: web.Request) -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme not in ("Bearer", "Token") or token != self.secret:
            raise self.refusal("unauthorized")

    async def _create(self, request: web.Request) -> web.StreamResponse:
        if request.content_type != "application/json":
            raise Refused(415, {"detail": "Unsupported media type", "status": 415})
        body = await request.json()
        given = body.get("input")
        if not isinstance(given, dict):
            raise invalid("input", "input is required")
        if not isinstance(given.get("prompt"), str):
            raise invalid("input", "prompt is required")
        if "model" not in request.match_info and "version" not in body:
            raise invalid("version", "version is required")
        for name in ("width", "height"):
            if not isinstance(given.get(name, 1024), int):
                raise invalid(f"input.{name}", "Invalid type. Expected: integer")
        work = Work(
            # 26 characters of base32, as Replicate's.
            secrets.token_hex(13),
            given["prompt"],
            given.get("width", 1024),
            given.get("height", 1024),
            reference=data_uri_among(given.values()),
            asked=body,
        )
        return web.json_response(self._prediction(self.take(work)), status=201)

    async def _get(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(self._prediction(self._work(request)))

    async def _cancel(self, request: web.Request) -> web.StreamResponse:
        work = self._work(request)
        # A finished prediction stays what it is, and the answer is 200 all the same.
        work.cancelled = work.cancelled or not work.is_finished
        return web.json_response(self._prediction(work))

    async def _list(self, request: web.Request) -> web.StreamResponse:
        query = request.query
        after, before = (
            datetime.fromisoformat(query[name]) if name in query else None
            for name in ("created_after", "created_before")
        )
        found = [
            work
            for work in reversed(self.works.values())
            if (after is None or work.created_at >= after)
            and (before is None or work.created_at < before)
        ]
        start = int(query.get("cursor", "0"))
        end = start + self.page_size
        more = {**query, "cursor": str(end)}
        following = request.url.with_query(more) if end < len(found) else None
        return web.json_response(
            {
                "previous": None,
                "next": str(following) if following else None,
                "results": [self._prediction(work) for work in found[start:end]],
            }
        )

    def _work(self, request: web.Request) -> Work:
        work = self.works.get(request.match_info["id"])
        if work is None:
            raise self.refusal("not_found")
        return work

    def _prediction(self, work: Work) -> dict[str, Any]:
        url = f"{self.origin}/v1/predictions/{work.id}"
        status = _status(work)
        file = self.url_of(work)
        output: object = [file] if self.output_is_list else file
        ended = timestamp(work.created_at + timedelta(seconds=self.seconds))
        return {
            "id": work.id,
            "model": MODEL,
            "version": work.asked.get("version", "hidden"),
            "input": work.asked["input"],
            "logs": "",
            "output": output if status == "succeeded" else None,
            "data_removed": False,
            "error": ERRORS[work.trouble] if status == "failed" else None,
            "source": "api",
            "status": status,
            "created_at": timestamp(work.created_at),
            "started_at": timestamp(work.created_at) if status != "starting" else None,
            "completed_at": ended if work.is_finished else None,
            "urls": {"get": url, "cancel": f"{url}/cancel"},
        }


def invalid(field: str, description: str) -> Refused:
    """What Replicate says of input that does not fit the model's schema."""
    return Refused(
        422,
        {
            "title": "Input validation failed",
            "detail": f"- {field}: {description}\n",
            "status": 422,
            "invalid_fields": [{"type": "invalid", "field": field, "description": description}],
        },
    )


def _status(work: Work) -> str:
    if work.cancelled:
        return "canceled"
    if not work.is_finished:
        return "processing"
    return "failed" if work.trouble else "succeeded"
