"""Server-sent events: one operation to a request, each answer an event, as graphql-sse takes them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import orjson
import structlog
from graphql import OperationType
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from wangge._host.authn import Identity
from wangge._host.events.feed import FeedClosed
from wangge._host.http.connections import EXPIRED, MOVED, REVOKED, TOO_SLOW, Connections, Ending, Visitor
from wangge._host.http.negotiation import EVENT_STREAM
from wangge._host.http.operations import Admitted, Caller, NotAdmitted
from wangge._host.http.protocol import Operation
from wangge._host.http.subscriptions import Subscriptions
from wangge._host.plans.trace import Trace
from wangge.errors import RequestError, Unauthenticated

KEEP_ALIVE = 12.0
"""Seconds between comments that tell both ends, and what lies between, that the stream still stands."""

_FAREWELL = 1.0
_COMPLETE = b"event: complete\ndata:\n\n"
_COMMENT = b":\n\n"

log = structlog.get_logger("wangge.connections")


class SubscriptionNeedsStream(RequestError):
    """Raise when a subscription is asked for by a request that takes one answer alone."""

    code = "SUBSCRIPTION_NEEDS_STREAM"
    message = "Subscribe over a WebSocket (graphql-transport-ws), or with `Accept: text/event-stream`."
    status = 406


class EventStreams:
    """Opens the event streams of all districts of a server."""

    def __init__(self, subscriptions: Subscriptions, connections: Connections) -> None:
        self._subscriptions = subscriptions
        self._connections = connections

    async def open(self, identity: Identity | None, caller: Caller, operation: Operation) -> Response:
        """Begin an operation and return its answer.

        Raises:
            RequestError: when the request as such is refused.
        """
        visitor = Visitor(caller, identity) if identity is not None else None
        stream = EventStream(self._subscriptions, self._connections, visitor, caller)
        await stream.begin(operation)
        return stream


class EventStream(Response):
    """A response that goes on until its operation completes, the client leaves or the server ends it."""

    def __init__(
        self, subscriptions: Subscriptions, connections: Connections, visitor: Visitor | None, caller: Caller
    ) -> None:
        headers = {
            "cache-control": "no-cache",
            "x-accel-buffering": "no",
            "x-request-id": caller.request_id,
        }
        super().__init__(None, 200, headers, media_type=f"{EVENT_STREAM}; charset=utf-8")
        del self.headers["content-length"]
        self.visitor = visitor
        self._subscriptions = subscriptions
        self._connections = connections
        self._caller = caller
        self._settings = subscriptions.operations.server.settings
        self._answers: AsyncIterator[bytes] | None = None
        self._turn = asyncio.Lock()
        self._over: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()

    def end(self, ending: Ending) -> None:
        """End the stream soon, with a reason."""
        if not self._over.done():
            self._over.set_result(ending)

    async def begin(self, operation: Operation) -> None:
        """Begin the operation; one that must not run is answered within the stream.

        Raises:
            RequestError: when the request as such is refused.
        """
        try:
            admitted = await self._subscriptions.operations.admit(self._caller, operation)
            if admitted.kind is not OperationType.SUBSCRIPTION:
                self._answers = self._once(admitted)
            elif self.visitor is None:
                raise Unauthenticated()
            else:
                self._answers = await self._subscriptions.open(admitted, self.visitor.principal)
        except NotAdmitted as refused:
            self._answers = self._refused(refused)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the stream to its end."""
        timer = self._wake()
        tasks: list[asyncio.Task[None]] = []
        try:
            self._connections.add(self)
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            work = (self._write(send), _until_gone(receive), self._keep_alive(send))
            tasks += [asyncio.create_task(one) for one in work]
            ends: set[asyncio.Future[Any]] = {*tasks, self._over}
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._connections.discard(self)
            if timer is not None:
                timer.cancel()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            close = getattr(self._answers, "aclose", None)
            if close is not None:
                await close()
        if self._over.done():
            await self._farewell(send, self._over.result())

    def _wake(self) -> asyncio.TimerHandle | None:
        left = self.visitor.seconds_left() if self.visitor is not None else float("inf")
        loop = asyncio.get_running_loop()
        return loop.call_later(max(0.0, left), self.end, EXPIRED) if left < float("inf") else None

    async def _write(self, send: Send) -> None:
        assert self._answers is not None  # begun before it is sent
        try:
            async for body in self._answers:
                await self._put(send, _next(body))
        except FeedClosed:
            self.end(MOVED)
            return
        except Unauthenticated:
            self.end(REVOKED)
            return
        except Exception as error:  # noqa: BLE001  # the edge: told to the client, the unexpected masked
            await self._put(send, _next(self._told(error)))
        await self._put(send, _COMPLETE, more=False)

    async def _keep_alive(self, send: Send) -> None:
        while True:
            await asyncio.sleep(KEEP_ALIVE)
            await self._put(send, _COMMENT)

    async def _put(self, send: Send, part: bytes, *, more: bool = True) -> None:
        """Send a part; a client that leaves it untaken for too long loses the stream."""
        try:
            async with asyncio.timeout(self._settings.subscription_patience), self._turn:
                await send({"type": "http.response.body", "body": part, "more_body": more})
        except TimeoutError:
            self.end(TOO_SLOW)
            await asyncio.sleep(_FAREWELL)  # cancelled with the stream

    async def _farewell(self, send: Send, ending: Ending) -> None:
        log.info("event stream ended", reason=ending.reason, request_id=self._caller.request_id)
        last = _COMPLETE if ending.error is None else _next(self._told(ending.error)) + _COMPLETE
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FAREWELL):
                await send({"type": "http.response.body", "body": last, "more_body": False})

    async def _once(self, admitted: Admitted) -> AsyncIterator[bytes]:
        """Answer a query or a mutation."""
        answer = await self._subscriptions.operations.run(admitted, Trace())
        yield answer.body if isinstance(answer.body, bytes) else orjson.dumps(answer.body)

    async def _refused(self, refused: NotAdmitted) -> AsyncIterator[bytes]:
        yield self._told(refused)

    def _told(self, error: Exception) -> bytes:
        return orjson.dumps({"errors": self._subscriptions.told(error, self._caller.locale)})


def _next(body: bytes) -> bytes:
    return b"event: next\ndata: " + body + b"\n\n"  # JSON has no line breaks of its own


async def _until_gone(receive: Receive) -> None:
    while True:
        message: Any = await receive()
        if message["type"] == "http.disconnect":
            return
