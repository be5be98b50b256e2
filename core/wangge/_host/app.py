"""The ASGI application: GraphQL per district, the schema files, and health."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from wangge._host.compose.names import owners_of
from wangge._host.http.documents import Documents
from wangge._host.http.endpoint import Endpoint
from wangge._host.http.operations import Operations
from wangge._host.logs import configure_logs
from wangge._host.runtime import Server
from wangge._host.settings import Settings


def create_app(server: Server) -> Starlette:
    """Return the application over a server; it starts and stops with it."""
    documents = Documents(server.settings.document_cache, *owners_of(server.plugins))
    endpoint = Endpoint(server, Operations(server, documents))

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await server.start()
        yield
        await server.stop()

    async def live(_request: Request) -> Response:
        """Say that the process runs."""
        return JSONResponse({"status": "ok"})

    async def ready(_request: Request) -> Response:
        """Say whether the catalog answers, and which districts there are."""
        try:
            await server.catalog.version()
        except Exception:  # noqa: BLE001  # whatever keeps the catalog from answering, the answer is the same
            return JSONResponse({"status": "catalog unavailable"}, 503)
        return JSONResponse({"status": "ok", "districts": len(server.codes)})

    return Starlette(
        lifespan=lifespan,
        routes=[
            Route("/{district}/graphql", endpoint),  # the one that is asked most
            Route("/graphql", endpoint),
            Route("/health/live", live),
            Route("/health/ready", ready),
            Route("/schema.graphql", endpoint.schema),
            Route("/{district}/schema.graphql", endpoint.schema),
        ],
    )


def app_from_environment() -> Starlette:
    """Return the application as the environment sets it up; what server workers import."""
    settings = Settings()
    configure_logs(settings)
    return create_app(Server(settings))
