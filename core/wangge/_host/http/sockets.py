"""Opens WebSockets at the addresses of GraphQL, for the server's own pages and those that may."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

import orjson
from starlette.types import Receive, Scope, Send

from wangge._host.http.connections import Connections
from wangge._host.http.endpoint import address_of, request_id_of
from wangge._host.http.operations import Caller
from wangge._host.http.protocol import HttpRequest
from wangge._host.http.socket import Socket
from wangge._host.http.subscriptions import Subscriptions
from wangge._host.messages import locale_of
from wangge._host.runtime import Server
from wangge.errors import RequestError


class ForeignOrigin(RequestError):
    """Raise when a page of another site opens a socket."""

    code = "FOREIGN_ORIGIN"
    message = "Pages of this origin may not open sockets here: the operator names those that may."
    status = 403


class Sockets:
    """Serves `graphql-transport-ws` for all districts of a server, as an ASGI application."""

    def __init__(self, server: Server, subscriptions: Subscriptions, connections: Connections) -> None:
        self._server = server
        self._subscriptions = subscriptions
        self._connections = connections

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Open a socket and serve it to its end."""
        await receive()  # websocket.connect
        request = HttpRequest({**scope, "type": "http"}, receive)
        code, locale = request.path_params.get("district"), locale_of(request.heads.get("accept-language"))
        try:
            check_origin(request.heads, self._server.settings.origins)
            district = self._server.only_district() if code is None else self._server.district(code)
            nobody = await district.principal(None)
        except RequestError as error:
            body = {"errors": self._subscriptions.told(error, locale)}
            await _refuse(scope, send, error.status, orjson.dumps(body))
            return
        opened = Caller(district, nobody, locale, request_id_of(request), address_of(request))
        await Socket(self._subscriptions, self._connections, opened, scope, receive, send).serve()


def check_origin(heads: Mapping[str, str], allowed: Sequence[str]) -> None:
    """Insist that a page which opens a socket is the server's own or an allowed one: browsers do not ask.

    Raises:
        ForeignOrigin: for a page of another site. What is no browser names no origin.
    """
    origin = heads.get("origin")
    if origin is None or origin in allowed:
        return
    if urlsplit(origin).netloc.lower() != heads.get("host", "").lower():
        raise ForeignOrigin()


async def _refuse(scope: Scope, send: Send, status: int, body: bytes) -> None:
    """Answer the opening of a socket as any other request that is refused."""
    if "websocket.http.response" not in (scope.get("extensions") or {}):
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": body})
