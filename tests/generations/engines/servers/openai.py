"""OpenAI's Images API, as its OpenAPI description and the official client have it.

Owns this protocol alone: generations and edits. A `gpt-image…` model answers with base64 and knows
no `response_format`; any other one answers with a URL unless it is asked for base64.
"""

import asyncio
import base64
import re
import time
import uuid
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any, ClassVar

import aiohttp
from aiohttp import web
from aiohttp.base_protocol import BaseProtocol

from tests.generations.engines.servers.server import Refused, Route, Server
from tests.generations.engines.servers.work import Work

MODEL = "gpt-image-2"
SIZE = re.compile(r"([1-9]\d{1,3})x([1-9]\d{1,3})")
# https://platform.openai.com/docs/api-reference/images
PARAMETERS = {
    "prompt", "background", "model", "moderation", "n", "output_compression", "output_format",
    "partial_images", "quality", "response_format", "size", "stream", "style", "user",
}  # fmt: skip
EDIT_PARAMETERS = PARAMETERS - {"moderation", "style"} | {"input_fidelity"}
MIMETYPES = ("image/jpeg", "image/png", "image/webp")


def problem(kind: str, code: str | None, message: str, param: str | None = None) -> Any:
    """The body of every error."""
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


class OpenAI(Server):
    """`seconds` pass before the answer, since this API is not polled."""

    name = "openai"
    secret_name = "OPENAI_API_KEY"
    model = MODEL
    problems: ClassVar = {
        "forbidden": (
            403,
            problem(
                "request_forbidden",
                "unsupported_country_region_territory",
                "Country, region, or territory not supported",
            ),
        ),
        "not_found": (404, problem("invalid_request_error", None, "Invalid URL")),
        "quota": (
            429,
            problem(
                "insufficient_quota",
                "insufficient_quota",
                "You exceeded your current quota, please check your plan and billing details.",
            ),
        ),
        "rate_limit": (
            429,
            problem(
                "input-images",
                "rate_limit_exceeded",
                "Rate limit reached for gpt-image-2 in organization org-internal on images per "
                "min: Limit 5, Used 5. Please try again in 12s.",
            ),
        ),
        "error": (
            500,
            problem("server_error", None, "The server had an error while processing your request."),
        ),
        "unavailable": (
            503,
            problem(
                "server_error",
                "server_is_overloaded",
                "The engine is currently overloaded, please try again later.",
            ),
        ),
    }

    def refusal(self, problem_name: str) -> Refused:
        if problem_name == "unauthorized":
            # The real one, too, shows parts of the key that it was sent.
            text = f"Incorrect API key provided: {self.secret}. You can find your API key at …"
            return Refused(401, problem("invalid_request_error", "invalid_api_key", text))
        return super().refusal(problem_name)

    @property
    def options(self) -> dict[str, Any]:
        return {"base_url": f"{self.origin}/v1", "model": self.model}

    def routes(self) -> Iterable[Route]:
        yield "POST", "/v1/images/generations", "submit", self._generate
        yield "POST", "/v1/images/edits", "submit", self._edit

    def authenticate(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != f"Bearer {self.secret}":
            raise self.refusal("unauthorized")

    async def _generate(self, request: web.Request) -> web.StreamResponse:
        if request.content_type != "application/json":
            raise bad("Unsupported content type. This API method only accepts 'application/json'.")
        return await self._answer(await request.json(), PARAMETERS, None)

    async def _edit(self, request: web.Request) -> web.StreamResponse:
        if request.content_type != "multipart/form-data":
            raise bad("Unsupported content type. This API only accepts 'multipart/form-data'.")
        fields: dict[str, Any] = {}
        reference = None
        async for part in _parts(request.headers, await request.read()):
            if part.name not in ("image", "image[]"):
                fields[part.name or ""] = await part.text()
                continue
            kind = part.headers.get("Content-Type", "")
            if part.filename is None:
                raise bad("Invalid type for 'image': expected a file, but got a string.", "image")
            if kind not in MIMETYPES:
                raise bad(
                    f"Invalid file 'image': unsupported mimetype ('{kind}'). Supported file "
                    "formats are 'image/jpeg', 'image/png', and 'image/webp'.",
                    "image",
                    "unsupported_file_mimetype",
                )
            reference = bytes(await part.read())
        if reference is None:
            raise bad("Missing required parameter: 'image'.", "image", "missing_required_parameter")
        return await self._answer(fields, EDIT_PARAMETERS, reference)

    async def _answer(
        self, given: Mapping[str, Any], known: set[str], reference: bytes | None
    ) -> web.StreamResponse:
        work = self.take(self._work(given, known, reference))
        # What the caller hangs up on has been taken on, and paid for, all the same.
        await self.until_ready(work)
        request_id = f"Include the request ID req_{uuid.uuid4().hex}."
        if work.trouble == "moderated":
            text = f"Your request was rejected by the safety system. {request_id}"
            code = "moderation_blocked" if self._is_gpt(given) else "content_policy_violation"
            raise Refused(400, problem("image_generation_user_error", code, text))
        if work.trouble == "invalid_reference":
            text = f"Invalid image file or mode for image 1, please check it. {request_id}"
            raise Refused(400, problem("image_generation_user_error", "invalid_image_file", text))
        if work.trouble:
            raise self.refusal("error")
        wants_url = not self._is_gpt(given) and given.get("response_format", "url") == "url"
        data = self.picture_of(work)
        item = (
            {"url": self.url_of(work)}
            if wants_url
            else {"b64_json": base64.b64encode(data).decode()}
        )
        return web.json_response({"created": int(time.time()), "data": [item]})

    def _work(self, given: Mapping[str, Any], known: set[str], reference: bytes | None) -> Work:
        for name in given:
            is_known = name in known and not (name == "response_format" and self._is_gpt(given))
            if not is_known:
                raise bad(f"Unknown parameter: '{name}'.", name, "unknown_parameter")
        if not isinstance(given.get("prompt"), str):
            raise bad(
                "Missing required parameter: 'prompt'.", "prompt", "missing_required_parameter"
            )
        if given.get("model") != self.model:
            raise bad("The model does not exist.", "model", "invalid_value")
        size = SIZE.fullmatch(str(given.get("size", "1024x1024")))
        if size is None or int(size[1]) % 16 or int(size[2]) % 16:
            raise bad(f"Invalid value: '{given.get('size')}'.", "size", "invalid_value")
        return Work(
            uuid.uuid4().hex,
            given["prompt"],
            int(size[1]),
            int(size[2]),
            reference=reference,
            asked=dict(given),
        )

    @staticmethod
    def _is_gpt(given: Mapping[str, Any]) -> bool:
        return str(given.get("model")).startswith("gpt-image")


async def _parts(headers: Mapping[str, str], body: bytes) -> AsyncIterator[aiohttp.BodyPartReader]:
    """A form's parts, from a body that was read and noted down before."""
    loop = asyncio.get_running_loop()
    stream = aiohttp.StreamReader(BaseProtocol(loop), len(body) + 1, loop=loop)
    stream.feed_data(body)
    stream.feed_eof()
    async for part in aiohttp.MultipartReader(headers, stream):
        assert isinstance(part, aiohttp.BodyPartReader)
        yield part


def bad(message: str, param: str | None = None, code: str | None = None) -> Refused:
    """A request that does not fit the API."""
    return Refused(400, problem("invalid_request_error", code, message, param))
