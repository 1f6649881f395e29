"""fal's queue API, as fal.ai/docs (queue, errors, request-errors) and its clients have it.

Owns this protocol alone: submit, status, result, cancel. Whatever is wrong with the input shows
when the result is asked for. A model's subpath is part of the submission's address only.
"""

import uuid
from collections.abc import Iterable
from typing import Any, ClassVar

from aiohttp import web

from tests.generations.engines.servers.server import Refused, Route, Server
from tests.generations.engines.servers.work import Work, data_uri_among

APP = "fal-ai/shark/painter"
REQUEST = "/{owner}/{alias}/requests/{id}"


def detail(kind: str, message: str, *where: str) -> dict[str, Any]:
    """A model's error, https://fal.ai/docs/documentation/model-apis/errors."""
    address = f"https://docs.fal.ai/errors/#{kind}"
    return {"detail": [{"loc": ["body", *where], "msg": message, "type": kind, "url": address}]}


TROUBLES = {
    "moderated": (
        422,
        detail(
            "content_policy_violation",
            "The content could not be processed because it contained material flagged by a "
            "content checker.",
            "prompt",
        ),
    ),
    "invalid_reference": (422, detail("image_load_error", "Image load error", "image_url")),
    "failed": (500, detail("internal_server_error", "worker-3.internal:8443 died")),
}


class Fal(Server):
    """`flags_nsfw`: the model's safety checker blacks the image out and says so in the result."""

    name = "fal"
    secret_name = "FAL_KEY"
    flags_nsfw = False
    problems: ClassVar = {
        "unauthorized": (401, {"detail": "No user found for Key ID and Secret"}),
        "forbidden": (403, {"detail": "Forbidden"}),
        "not_found": (404, {"detail": "Not Found"}),
        "quota": (
            403,
            {
                "detail": "User is locked. Reason: Exhausted balance. Top up your balance at "
                "fal.ai/dashboard/billing."
            },
        ),
        "rate_limit": (429, {"detail": "Too many requests, please try again later."}),
        "error": (500, {"detail": "Internal error", "error_type": "internal_error"}),
        "unavailable": (
            503,
            {"detail": "No runner available", "error_type": "runner_scheduling_failure"},
        ),
    }

    @property
    def options(self) -> dict[str, Any]:
        return {"base_url": self.origin, "app": APP}

    def routes(self) -> Iterable[Route]:
        yield "GET", f"{REQUEST}/status", "poll", self._status
        yield "GET", REQUEST, "result", self._result
        yield "GET", f"{REQUEST}/response", "result", self._result
        yield "PUT", f"{REQUEST}/cancel", "cancel", self._cancel
        yield "POST", f"/{APP}", "submit", self._submit

    def authenticate(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != f"Key {self.secret}":
            raise self.refusal("unauthorized")

    async def _submit(self, request: web.Request) -> web.StreamResponse:
        if request.content_type != "application/json":
            raise Refused(422, {"detail": "The body is not JSON"})
        body = await request.json()
        size = body.get("image_size")
        if not isinstance(size, dict):
            size = {"width": 1024, "height": 1024}
        work = Work(
            str(uuid.uuid4()),
            str(body.get("prompt", "")),
            size["width"],
            size["height"],
            reference=data_uri_among(body.values()),
            asked=body,
        )
        return web.json_response(self._place(self.take(work), "IN_QUEUE"))

    async def _status(self, request: web.Request) -> web.StreamResponse:
        work = self._work(request)
        if not work.is_finished:
            return web.json_response(self._place(work, "IN_PROGRESS"), status=202)
        place = self._place(work, "COMPLETED")
        if work.cancelled:
            place |= {"error": "Request was cancelled", "error_type": "client_cancelled"}
        return web.json_response(place)

    async def _result(self, request: web.Request) -> web.StreamResponse:
        work = self._work(request)
        if work.cancelled:
            # https://fal.ai/docs/documentation/model-apis/request-errors
            raise Refused(
                499, {"detail": "Request was cancelled", "error_type": "client_cancelled"}
            )
        if not work.is_finished:
            raise Refused(400, {"detail": "Request is still in progress"})
        if not work.prompt:
            raise Refused(422, detail("missing", "Field required", "prompt"))
        if work.trouble:
            raise Refused(*TROUBLES[work.trouble])
        file = {"url": self.url_of(work), "content_type": "image/png", "file_name": "out.png"}
        return web.json_response(
            {
                "images": [{**file, "width": work.width, "height": work.height}],
                "timings": {"inference": self.seconds},
                "seed": 42,
                "has_nsfw_concepts": [self.flags_nsfw],
                "prompt": work.prompt,
            }
        )

    async def _cancel(self, request: web.Request) -> web.StreamResponse:
        work = self.works.get(request.match_info["id"])
        if work is None:
            raise Refused(404, {"status": "NOT_FOUND"})
        if work.is_finished:
            raise Refused(400, {"status": "ALREADY_COMPLETED"})
        work.cancelled = True
        return web.json_response({"status": "CANCELLATION_REQUESTED"}, status=202)

    def _work(self, request: web.Request) -> Work:
        work = self.works.get(request.match_info["id"])
        # The address of a request has the application's owner and alias, and not its subpath.
        if work is None or not request.path.startswith(f"/{_root()}/requests/"):
            raise self.refusal("not_found")
        return work

    def _place(self, work: Work, status: str) -> dict[str, Any]:
        url = f"{self.origin}/{_root()}/requests/{work.id}"
        return {
            "status": status,
            "request_id": work.id,
            "response_url": url,
            "status_url": f"{url}/status",
            "cancel_url": f"{url}/cancel",
            "logs": None,
            "metrics": {},
            **({"queue_position": 0} if status == "IN_QUEUE" else {}),
        }


def _root() -> str:
    return "/".join(APP.split("/")[:2])
