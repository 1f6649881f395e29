"""Another SharkAPI deployment, as the API reference has it.

Owns this protocol alone: submit, poll, cancel, list. An older deployment has no list and no cancel,
and takes every submission for a new one, whatever its Idempotency-Key says.
"""

import base64
import binascii
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from aiohttp import web

from generations.engines import failures
from tests.generations.engines.servers.server import Refused, Route, Server
from tests.generations.engines.servers.work import Work, from_data_uri

# A deployment of this project says why a job failed in the very sentences of `failures`.
ERRORS = {
    "moderated": failures.MODERATED,
    "invalid_reference": failures.REFERENCE_REFUSED,
    "failed": failures.BROKEN,
}
# The variants on offer, and the side of their square pictures.
SIDES = {"1k": 1024, "tiny": 64}
PROMPT_MAX_CHARACTERS = 2000


class SharkAPI(Server):
    """`older`: a deployment from before lists, cancelling and idempotency keys."""

    name = "sharkapi"
    secret_name = "SHARKAPI_UPSTREAM_KEY"
    problems: ClassVar = {
        "unauthorized": (401, {"error": "The API key is invalid.", "code": "UNAUTHORIZED"}),
        "forbidden": (403, {"error": "This API key was revoked.", "code": "KEY_REVOKED"}),
        "not_found": (404, {"error": "There is no such job.", "code": "NOT_FOUND"}),
        "quota": (
            402,
            {"error": "Insufficient wallet balance.", "code": "INSUFFICIENT_BALANCE"},
        ),
        "rate_limit": (429, {"error": "Too many requests.", "code": "RATE_LIMITED"}),
        "error": (500, {"error": "Something went wrong.", "code": "INTERNAL"}),
        "unavailable": (503, {"error": "Not ready.", "code": "INTERNAL"}),
    }

    def __init__(self, older: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.older = older
        self.variant = "tiny"

    @property
    def options(self) -> dict[str, Any]:
        return {"base_url": self.origin, "variant": self.variant}

    def routes(self) -> Iterable[Route]:
        yield "POST", "/api/v1/image", "submit", self._submit
        yield "GET", "/api/v1/jobs/{id}", "poll", self._poll
        if not self.older:
            yield "GET", "/api/v1/jobs", "list", self._list
            yield "POST", "/api/v1/jobs/{id}/cancel", "cancel", self._cancel

    def authenticate(self, request: web.Request) -> None:
        key = request.headers.get("X-API-Key")
        bearer = request.headers.get("Authorization")
        if key != self.secret and bearer != f"Bearer {self.secret}":
            raise self.refusal("unauthorized")

    async def _submit(self, request: web.Request) -> web.StreamResponse:
        if request.content_type != "application/json":
            raise invalid("Send the body as application/json.")
        body = await request.json()
        prompt = body.get("prompt")
        if not isinstance(prompt, str) or not 1 <= len(prompt.strip()) <= PROMPT_MAX_CHARACTERS:
            raise invalid("prompt is required: describe the image to generate.")
        variant = body.get("variant", "1k")
        if variant not in SIDES:
            problem = {"error": f"No active model for “{variant}”.", "code": "NO_ACTIVE_MODEL"}
            raise Refused(422, problem)
        key = "" if self.older else request.headers.get("Idempotency-Key", "")
        work = next((work for work in self.works.values() if key and work.key == key), None)
        if work is not None and work.asked != body:
            conflict = "This Idempotency-Key belongs to another request."
            raise Refused(409, {"error": conflict, "code": "IDEMPOTENCY_CONFLICT"})
        if work is None:
            side = SIDES[variant]
            name = str(uuid.uuid4())
            work = Work(name, prompt, side, side, key, reference_in(body), body)
            if work.trouble == "invalid_reference":
                raise invalid("The reference image is not a whole JPEG, PNG or WebP file.")
            self.take(work)
        return web.json_response(
            {
                "job_id": work.id,
                "status": "queued",
                "poll_url": f"/api/v1/jobs/{work.id}",
                "price_usd": 0.03,
                "created_at": timestamp(work.created_at),
            },
            status=202,
        )

    async def _poll(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(self._job(self._work(request)))

    async def _cancel(self, request: web.Request) -> web.StreamResponse:
        work = self._work(request)
        if work.is_finished:
            raise Refused(409, {"error": "This job has ended before.", "code": "JOB_FINISHED"})
        work.cancelled = True
        return web.json_response(self._job(work))

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
            and query.get("status", status_of(work)) == status_of(work)
        ]
        # A cursor continues the list that it came from, with the same filters, and no other.
        filters = sorted(pair for pair in query.items() if pair[0] not in ("cursor", "limit"))
        cursor_start, _, scope = query.get("cursor", f"0-{filters}").partition("-")
        if scope != str(filters):
            raise invalid("cursor must be the next_cursor of a page, sent with the same filters.")
        start = int(cursor_start)
        end = start + min(int(query.get("limit", "20")), self.page_size)
        jobs = [
            self._job(work)
            | {"variant": self.variant, "prompt": work.prompt, "idempotency_key": work.key or None}
            for work in found[start:end]
        ]
        following = f"{end}-{filters}" if end < len(found) else None
        return web.json_response({"jobs": jobs, "next_cursor": following})

    def _work(self, request: web.Request) -> Work:
        work = self.works.get(request.match_info["id"])
        if work is None:
            raise self.refusal("not_found")
        return work

    def _job(self, work: Work) -> dict[str, Any]:
        status = status_of(work)
        ended = timestamp(work.created_at + timedelta(seconds=self.seconds))
        error = "Cancelled. Nothing was charged." if work.cancelled else ERRORS.get(work.trouble)
        return {
            "job_id": work.id,
            "status": status,
            "image_url": self.url_of(work) if status == "completed" else None,
            "cost": "$0.03" if status == "completed" else None,
            "error": error if status == "failed" else None,
            "queued_at": timestamp(work.created_at),
            "started_at": timestamp(work.created_at),
            "completed_at": ended if status == "completed" else None,
            "created_at": timestamp(work.created_at),
        }


def invalid(message: str) -> Refused:
    return Refused(400, {"error": message, "code": "INVALID_REQUEST"})


def status_of(work: Work) -> str:
    if not work.is_finished:
        return "processing"
    return "failed" if work.cancelled or work.trouble else "completed"


def timestamp(moment: datetime) -> str:
    """To the second, as the reference shows them."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def reference_in(body: dict[str, Any]) -> bytes | None:
    """The bytes of `image`: base64, raw or as a data URI. Raises Refused."""
    image = body.get("image")
    if image is None:
        return None
    if (data := from_data_uri(image)) is not None:
        return data
    try:
        return base64.b64decode(image, validate=True)
    except (binascii.Error, TypeError):
        raise invalid("image is not valid base64.") from None
