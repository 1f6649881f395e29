"""A server that nobody should ask anything: where redirects and result addresses lead astray.

It answers everything with a picture, so that whoever follows gets what they want and is seen.
"""

from collections.abc import Iterable
from typing import Any

from aiohttp import web

from tests.generations.engines.servers.server import Route, Server
from tests.generations.engines.servers.work import png


class Trap(Server):
    """Whatever arrives is in `asked`."""

    name = "trap"
    secret_name = "SHARKAPI_ENGINE_TRAP"

    @property
    def options(self) -> dict[str, Any]:
        return {}

    def routes(self) -> Iterable[Route]:
        return ()

    def authenticate(self, request: web.Request) -> None:
        """Lets everybody in."""

    async def _unknown(self, _request: web.Request) -> web.StreamResponse:
        return web.Response(body=png(128, 64), content_type="image/png")
