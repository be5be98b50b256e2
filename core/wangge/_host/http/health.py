"""What balancers and Prometheus ask: whether the process runs, whether it is ready, its figures."""

import secrets

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from wangge._host.background.figures import QueueFigures
from wangge._host.metrics import MEDIA_TYPE
from wangge._host.runtime import Server
from wangge._host.stopping import Stopping


class Health:
    """Answers about the server itself; none of them holds anything of a district's data."""

    def __init__(self, server: Server, stopping: Stopping) -> None:
        self._server = server
        self._stopping = stopping
        self._queues = QueueFigures(server)

    def routes(self) -> list[Route]:
        """Return the routes that this server offers."""
        routes = [Route("/health/live", self.live), Route("/health/ready", self.ready)]
        if self._server.settings.metrics:
            routes.append(Route("/metrics", self.metrics))
        return routes

    async def live(self, _request: Request) -> Response:
        """Say that the process runs."""
        return JSONResponse({"status": "ok"})

    async def ready(self, _request: Request) -> Response:
        """Say whether the catalog answers, and how many districts there are; not while stopping."""
        if self._stopping.begun:
            return JSONResponse({"status": "stopping"}, 503)
        try:
            await self._server.catalog.version()
        except Exception:  # noqa: BLE001  # whatever keeps the catalog from answering, the answer is the same
            return JSONResponse({"status": "catalog unavailable"}, 503)
        return JSONResponse({"status": "ok", "districts": len(self._server.codes)})

    async def metrics(self, request: Request) -> Response:
        """Answer Prometheus."""
        token = self._server.settings.metrics_token
        given = request.headers.get("authorization", "")
        if token is not None and not _same(given, f"Bearer {token.get_secret_value()}"):
            return PlainTextResponse("Send the token that WANGGE_METRICS_TOKEN names.", 401)
        await self._queues.refresh()
        return Response(self._server.metrics.page(len(self._server.codes)), media_type=MEDIA_TYPE)


def _same(given: str, wanted: str) -> bool:
    return secrets.compare_digest(given.encode(), wanted.encode())
