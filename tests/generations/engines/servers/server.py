"""A provider's server on loopback: a thread with a loop of its own, and a memory of requests.

Owns the server's life, the record of requests, the faults' way in, and the result files. What is
asked and answered is each provider's own. It never listens on anything but 127.0.0.1.
"""

import asyncio
import socket
import threading
import time
import uuid
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, ClassVar

from aiohttp import web

from tests.generations.engines.servers.work import Asked, Work

HOST = "127.0.0.1"
BODY_LIMIT_BYTES = 64 * 1024 * 1024
STOP_TIMEOUT_SECONDS = 0.05

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
# Method, path, step and what answers.
Route = tuple[str, str, str, Handler]
# The answer that the server would give.
Answer = Callable[[], Awaitable[web.StreamResponse]]
# Answers in the server's stead.
Fault = Callable[["Server", web.Request, Answer], Awaitable[web.StreamResponse]]


class Refused(Exception):
    """The request is answered with an error of the provider's own form."""

    def __init__(self, status: int, body: object) -> None:
        super().__init__(status)
        self.status = status
        self.body = body


class Server:
    """What all providers' servers share. The levers may be pulled while it runs.

    `seconds`: how long an image takes. `picture`: the file to give instead of the right one.
    `file_url`: where results are said to be, instead of here. `page_size`: of lists.
    """

    name: ClassVar[str]
    secret_name: ClassVar[str]
    # The provider's status and body for each kind of error.
    problems: ClassVar[dict[str, tuple[int, Any]]]

    def __init__(self, seconds: float = 0.0, remembers: bool = True) -> None:
        self.seconds = seconds
        self.remembers = remembers
        self.secret = f"{self.name}-{uuid.uuid4().hex}"
        # Some servers on one's own machines want no secret, and then must not be sent one.
        self.is_open = False
        self.picture: bytes | None = None
        self.file_url: str | None = None
        self.page_size = 100
        self.port = 0
        self.works: dict[str, Work] = {}
        self.asked: list[Asked] = []
        self.counts: Counter[str] = Counter()
        # Requests whose caller hung up before there was an answer.
        self.hangups = 0
        self._faults: dict[str, deque[Fault]] = {}

    @property
    def origin(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def options(self) -> dict[str, Any]:
        """The engine's options that lead to this server."""
        raise NotImplementedError

    def routes(self) -> Iterable[Route]:
        """The provider's protocol."""
        raise NotImplementedError

    def authenticate(self, request: web.Request) -> None:
        """Raises Refused unless the request carries the secret in the provider's way."""
        raise NotImplementedError

    def asked_to(self, step: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.step == step]

    def fails(self, step: str, fault: Fault, times: int = 1) -> None:
        """The next requests of this step meet the fault."""
        self._faults.setdefault(step, deque()).extend([fault] * times)

    def heals(self) -> None:
        """No faults are left."""
        self._faults.clear()

    def refusal(self, problem: str) -> Refused:
        return Refused(*self.problems[problem])

    def take(self, work: Work) -> Work:
        """The work is taken on, and ready in due time."""
        work.ready_at = time.monotonic() + self.seconds
        self.works[work.id] = work
        return work

    async def until_ready(self, work: Work) -> None:
        """For APIs that answer when the image is there."""
        await asyncio.sleep(work.ready_at - time.monotonic())

    def url_of(self, work: Work) -> str:
        return f"{self.origin}/files/{work.id}.png" if self.file_url is None else self.file_url

    def picture_of(self, work: Work) -> bytes:
        return work.picture if self.picture is None else self.picture

    async def _file(self, request: web.Request) -> web.StreamResponse:
        work = self.works.get(request.match_info["id"])
        if work is None:
            raise self.refusal("not_found")
        return web.Response(body=self.picture_of(work), content_type="image/png")

    async def _counts(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response({**self.counts, "images": len(self.works)})

    async def _unknown(self, _request: web.Request) -> web.StreamResponse:
        raise self.refusal("not_found")

    def _wrapped(self, step: str, handler: Handler) -> Handler:
        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                if not self.is_open and step != "file":
                    self.authenticate(request)
                return await handler(request)
            except Refused as refused:
                return web.json_response(refused.body, status=refused.status)

        async def serve(request: web.Request) -> web.StreamResponse:
            body = await request.read()
            self.counts[step] += 1
            if self.remembers:
                headers = request.headers.copy()
                self.asked.append(Asked(step, request.method, request.path_qs, headers, body))
            waiting = self._faults.get(step)
            try:
                if waiting:
                    return await waiting.popleft()(self, request, lambda: answer(request))
                return await answer(request)
            except asyncio.CancelledError:
                self.hangups += 1
                raise

        return serve

    def start(self, port: int = 0) -> None:
        """Listens from now on. After `stop` it can go on where it was, on the same port."""
        listener = socket.create_server((HOST, port or self.port), backlog=1024)
        self.port = listener.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._stopped = asyncio.Event()
        self._thread = threading.Thread(target=self._run, args=(listener,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends every connection, whatever is under way."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopped.set)
            self._thread.join()

    def _run(self, listener: socket.socket) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve(listener))

    async def _serve(self, listener: socket.socket) -> None:
        app = web.Application(client_max_size=BODY_LIMIT_BYTES)
        app.router.add_get("/_counts", self._counts)
        app.router.add_get("/files/{id}.png", self._wrapped("file", self._file))
        for method, path, step, handler in self.routes():
            app.router.add_route(method, path, self._wrapped(step, handler))
        app.router.add_route("*", "/{path:.*}", self._wrapped("unknown", self._unknown))
        runner = web.AppRunner(
            app,
            access_log=None,
            handler_cancellation=True,
            shutdown_timeout=STOP_TIMEOUT_SECONDS,
        )
        await runner.setup()
        await web.SockSite(runner, listener).start()
        await self._stopped.wait()
        await runner.cleanup()
