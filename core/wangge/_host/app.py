"""The ASGI application: GraphQL per district, the schema files, health and metrics."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route, WebSocketRoute

from wangge._host.background.dispatcher import background_running
from wangge._host.compose.names import owners_of
from wangge._host.http.connections import Connections
from wangge._host.http.documents import Documents
from wangge._host.http.endpoint import Endpoint
from wangge._host.http.event_stream import EventStreams
from wangge._host.http.explorer import Assets, DemoTokens, Explorer
from wangge._host.http.files import NAME, FileEndpoint
from wangge._host.http.heads import Heads
from wangge._host.http.health import Health
from wangge._host.http.limits import Limits
from wangge._host.http.operations import Operations
from wangge._host.http.protocol import PREFLIGHT
from wangge._host.http.sockets import Sockets
from wangge._host.http.subscriptions import Subscriptions
from wangge._host.logs import configure_logs
from wangge._host.runtime import Server
from wangge._host.settings import Settings
from wangge._host.stopping import Stopping
from wangge._host.tracing import TRACE_CONTEXT


def create_app(server: Server, demo: DemoTokens | None = None, assets: Assets | None = None) -> Starlette:
    """Return the application over a server; it starts and stops with it.

    Args:
        server: what it serves.
        demo: tokens that the explorer offers; `wangge demo` alone has some.
        assets: the explorer's files, where they are others than those of this package.
    """
    settings = server.settings
    documents = Documents(settings.document_cache, Limits.of(settings), *owners_of(server.plugins))
    files = assets or Assets()
    operations, connections = Operations(server, documents), Connections()
    subscriptions = Subscriptions(operations)
    endpoint = Endpoint(server, operations, EventStreams(subscriptions, connections), Explorer(files, demo))
    sockets = Sockets(server, subscriptions, connections)

    async def end_streams() -> None:
        """End what never ends by itself; requests are left to the web server, which waits for them."""
        await connections.close()

    stopping = Stopping(end_streams)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        server.fence = settings.statement_timeout
        await server.start()
        server.watch.start()
        async with background_running(server):
            with stopping.on_signals():
                yield
        await connections.close()
        await subscriptions.close()
        server.watch.stop()
        await server.stop()

    return Starlette(
        lifespan=lifespan,
        middleware=_middleware(server),
        routes=[
            Route("/{district}/graphql", endpoint),  # the one that is asked most
            Route("/graphql", endpoint),
            WebSocketRoute("/{district}/graphql", sockets),
            WebSocketRoute("/graphql", sockets),
            *[*FileEndpoint(server).routes(), *Health(server, stopping).routes()],
            *_documentation(endpoint),
            *([Route("/explorer/{name}", files.answer)] if settings.graphiql else []),
        ],
    )


def _documentation(endpoint: Endpoint) -> list[Route]:
    """Return what readers of the schema find beside an endpoint."""
    pages = {"schema.graphql": endpoint.schema, "examples.json": endpoint.examples}
    return [Route(f"{where}/{name}", page) for name, page in pages.items() for where in ("", "/{district}")]


def _middleware(server: Server) -> list[Middleware]:
    """Return what stands before the routes; without origins in the settings there is no word of CORS."""
    first = Middleware(Heads, messages=server.messages)
    if not server.settings.origins:
        return [first]
    cors = Middleware(
        CORSMiddleware,
        allow_origins=server.settings.origins,
        allow_methods=("GET", "POST"),
        allow_headers=("authorization", "content-type", "x-request-id", NAME, PREFLIGHT, *TRACE_CONTEXT),
        expose_headers=("retry-after", "server-timing", "x-request-id"),
    )
    return [first, cors]


def app_from_environment(demo: DemoTokens | None = None) -> Starlette:
    """Return the application as the environment sets it up; what server workers import."""
    settings = Settings()
    configure_logs(settings)
    return create_app(Server(settings), demo)
