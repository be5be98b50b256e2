"""The headers of every request, looked at before anything else: their size, and the trace they belong to."""

import re
from typing import Final

import orjson
import structlog
from graphql import GraphQLError
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from wangge._host.http.errors import format_errors
from wangge._host.http.negotiation import JSON
from wangge._host.messages import Messages, locale_of
from wangge.errors import RequestError

MAX_HEADERS: Final = 16 * 1024
_TRACE: Final = re.compile(
    rb"(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?"
)


class HeadersTooLarge(RequestError):
    """Raise when the headers of a request are larger together than the server takes."""

    code = "HEADERS_TOO_LARGE"
    message = "The headers are larger than {limit} bytes together: send fewer or shorter ones."
    status = 431


class Heads:
    """An ASGI application before the application."""

    def __init__(self, app: ASGIApp, messages: Messages) -> None:
        self._app = app
        self._messages = messages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse headers above 16 KiB; log the rest under the trace that the caller names."""
        size, traceparent, language = 0, None, None
        for name, value in scope.get("headers", ()):
            size += len(name) + len(value)
            if name == b"traceparent":
                traceparent = value
            elif name == b"accept-language":
                language = value
        if size > MAX_HEADERS:
            await self._refuse(scope, receive, send, language)
            return
        trace_id = trace_of(traceparent)
        if trace_id is None:
            await self._app(scope, receive, send)
            return
        with structlog.contextvars.bound_contextvars(trace_id=trace_id):
            await self._app(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, language: bytes | None) -> None:
        if scope["type"] == "websocket" and "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 1009, "reason": HeadersTooLarge.code})
            return
        error = HeadersTooLarge(limit=MAX_HEADERS)
        wrapped = GraphQLError(str(error), original_error=error)
        locale = locale_of(language.decode("latin-1") if language else None)
        body = orjson.dumps({"errors": format_errors([wrapped], self._messages, locale)})
        closing = {"connection": "close"}  # whoever goes on like this does so on a connection of its own
        await Response(body, error.status, closing, media_type=JSON)(scope, receive, send)


def trace_of(traceparent: bytes | None) -> str | None:
    """Return the trace id of a W3C `traceparent` header, or None where it is none of a valid form."""
    found = _TRACE.fullmatch(traceparent) if traceparent else None
    if found is None or (found[1] == b"00" and found[3]):
        return None
    return found[2].decode("ascii")
