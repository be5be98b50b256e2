"""WebSockets: the protocol `graphql-transport-ws`, over which clients subscribe, query and change."""

import asyncio
from typing import Any

import orjson
import structlog
from graphql import OperationType
from starlette.types import Message, Receive, Scope, Send

from wangge._host.authn import bearer
from wangge._host.events.feed import FeedClosed
from wangge._host.http.connections import (
    EXPIRED,
    MOVED,
    REVOKED,
    TOO_SLOW,
    Connections,
    Ending,
    Visitor,
)
from wangge._host.http.operations import Admitted, Caller
from wangge._host.http.protocol import operation_of
from wangge._host.http.subscriptions import Subscribed, Subscriptions
from wangge._host.plans.trace import Trace
from wangge.errors import RequestError, Unauthenticated

PROTOCOL = "graphql-transport-ws"
_FAREWELL = 1.0
"""Seconds for the close frame to leave."""

log = structlog.get_logger("wangge.connections")

BAD_SUBPROTOCOL = Ending(4406, f"Use the subprotocol {PROTOCOL}.")
NO_INIT = Ending(4408, "Connection initialisation timeout.")
SECOND_INIT = Ending(4429, "Too many initialisation requests.")
NOT_YET = Ending(4401, "Unauthorized: send connection_init first.")
REFUSED = Ending(4403, "Forbidden: send a valid bearer token in the payload of connection_init.")
TOO_LARGE = Ending(1009, "The message is too large.")
FAILED = Ending(1011, "Something went wrong.")


class TooManySubscriptions(RequestError):
    """Raise when a socket carries as many operations as it may."""

    code = "TOO_MANY_SUBSCRIPTIONS"
    message = "This socket carries {limit} operations already: complete one, or open another socket."


class _Ended(Exception):
    """Leaves the reading of a socket."""

    def __init__(self, ending: Ending) -> None:
        super().__init__(ending.reason)
        self.ending = ending


class Socket:
    """One WebSocket, from its acceptance to its end.

    Messages are handled in the order in which they come, a subscription up to the point from which it misses
    nothing: a `pong` tells that what was subscribed before its `ping` stands.
    """

    def __init__(
        self,
        subscriptions: Subscriptions,
        connections: Connections,
        opened: Caller,
        scope: Scope,
        receive: Receive,
        send: Send,
    ) -> None:
        self.visitor: Visitor | None = None
        self._subscriptions = subscriptions
        self._operations = subscriptions.operations
        self._settings = subscriptions.operations.server.settings
        self._connections = connections
        self._opened = opened
        self._heads = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        self._subprotocols: list[str] = scope.get("subprotocols") or []
        self._receive = receive
        self._send = send
        self._turn = asyncio.Lock()
        self._running: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._over: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        self._timer: asyncio.TimerHandle | None = None

    def end(self, ending: Ending) -> None:
        """End the socket soon, with a reason."""
        if not self._over.done():
            self._over.set_result(ending)

    async def serve(self) -> None:
        """Accept the socket and serve it to its end."""
        chosen = PROTOCOL if PROTOCOL in self._subprotocols else None
        await self._send({"type": "websocket.accept", "subprotocol": chosen})
        if chosen is None:
            await self._close(BAD_SUBPROTOCOL)
            return
        self._wake(self._settings.socket_init_timeout, NO_INIT)
        self._connections.add(self)
        reader = asyncio.create_task(self._read())
        try:
            ends: set[asyncio.Future[Any]] = {reader, self._over}
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            if self._over.done():
                await self._close(self._over.result())
        finally:
            self._connections.discard(self)
            if self._timer is not None:
                self._timer.cancel()
            await _cancelled(reader, *self._tasks)

    async def _read(self) -> None:
        try:
            while True:
                message = await self._receive()
                if message["type"] == "websocket.disconnect":
                    return
                await self._take(message)
        except _Ended as ended:
            self.end(ended.ending)
        except Exception:  # whatever failed, only a code leaves the server
            log.exception("a socket failed", request_id=self._opened.request_id)
            self.end(FAILED)

    async def _take(self, message: Message) -> None:
        """Handle one message of the client."""
        text = message.get("text")
        if text is None:
            raise _bad("Messages are text.")
        if len(text) > self._settings.message_limit or len(text.encode()) > self._settings.message_limit:
            raise _Ended(TOO_LARGE)
        try:
            given = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise _bad("The message is not JSON.") from None
        if not isinstance(given, dict):
            raise _bad("A message is an object.")
        match given.get("type"):
            case "connection_init":
                await self._init(given.get("payload"))
            case "ping":
                await self._tell({"type": "pong"})
            case "pong":
                return
            case "subscribe":
                await self._subscribe(given.get("id"), given.get("payload"))
            case "complete":
                self._complete(given.get("id"))
            case _:
                raise _bad("The message's type is not known.")

    async def _init(self, payload: Any) -> None:  # JSON of the client
        """Let the client in, or not."""
        if self.visitor is not None:
            raise _Ended(SECOND_INIT)
        if payload is not None and not isinstance(payload, dict):
            raise _bad("The payload of connection_init is an object.")
        given = {str(name).lower(): value for name, value in (payload or {}).items()}
        token = given.get("authorization", self._heads.get("authorization"))
        try:
            if not isinstance(token, str):
                raise Unauthenticated()
            identity = await self._operations.server.authenticator.identify(bearer(token))
            visitor = Visitor(self._opened, identity)
            await visitor.principal()
        except RequestError:
            raise _Ended(REFUSED) from None
        self.visitor = visitor
        self._wake(visitor.seconds_left(), EXPIRED)
        await self._tell({"type": "connection_ack"})

    async def _subscribe(self, id: Any, payload: Any) -> None:  # JSON of the client
        if self.visitor is None:
            raise _Ended(NOT_YET)
        if not isinstance(id, str) or not id or not isinstance(payload, dict):
            raise _bad("subscribe needs an id and a payload.")
        if id in self._running:
            raise _Ended(Ending(4409, f"Subscriber for {id[:40]} already exists."))
        if not isinstance(payload.get("query"), str | None):
            raise _bad("The payload of subscribe needs a query.")
        try:
            if len(self._running) >= self._settings.subscription_limit:
                raise TooManySubscriptions(limit=self._settings.subscription_limit)
            async with asyncio.timeout(self._settings.request_timeout):
                admitted = await self._operations.admit(await self.visitor.caller(), operation_of(payload))
                followed = await self._followed(admitted)
        except Exception as error:  # noqa: BLE001  # the edge: told to the client, the unexpected masked
            await self._fail(id, error)
            return
        work = self._run(id, admitted) if followed is None else self._follow(id, followed)
        self._running[id] = task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._ran(id, done, followed))

    async def _followed(self, admitted: Admitted) -> Subscribed | None:
        assert self.visitor is not None  # nobody asks before being let in
        if admitted.kind is not OperationType.SUBSCRIPTION:
            return None
        return await self._subscriptions.open(admitted, self.visitor.principal)

    def _complete(self, id: Any) -> None:  # JSON of the client
        task = self._running.pop(id, None) if isinstance(id, str) else None
        if task is not None:
            task.cancel()

    def _ran(self, id: str, task: "asyncio.Task[None]", followed: Subscribed | None) -> None:
        self._tasks.discard(task)
        if self._running.get(id) is task:
            del self._running[id]
        if followed is not None:  # a task that is cancelled before its first step closes nothing itself
            closing = asyncio.ensure_future(followed.aclose())
            self._tasks.add(closing)
            closing.add_done_callback(self._tasks.discard)

    async def _run(self, id: str, admitted: Admitted) -> None:
        """Answer a query or a mutation."""
        try:
            answer = await self._operations.run(admitted, Trace())
            body = answer.body if isinstance(answer.body, bytes) else orjson.dumps(answer.body)
            if not answer.executed:
                errors = answer.body["errors"] if isinstance(answer.body, dict) else []
                await self._tell({"id": id, "type": "error", "payload": errors})
                return
            await self._next(id, body)
            await self._tell({"id": id, "type": "complete"})
        except Exception as error:  # noqa: BLE001  # as above
            await self._fail(id, error)

    async def _follow(self, id: str, followed: Subscribed) -> None:
        """Answer each event of a subscription."""
        try:
            async for body in followed:
                await self._next(id, body)
            await self._tell({"id": id, "type": "complete"})
        except Exception as error:  # noqa: BLE001  # as above
            await self._fail(id, error)
        finally:
            await followed.aclose()

    async def _fail(self, id: str, error: Exception) -> None:
        """Tell why an operation has ended; what concerns the whole socket ends it."""
        if isinstance(error, FeedClosed):
            self.end(MOVED)
        elif isinstance(error, Unauthenticated) and self.visitor is not None:
            self.end(EXPIRED if self.visitor.seconds_left() <= 0 else REVOKED)
        else:
            errors = self._subscriptions.told(error, self._opened.locale)
            await self._tell({"id": id, "type": "error", "payload": errors})

    async def _next(self, id: str, body: bytes) -> None:
        name = orjson.dumps(id)
        await self._put(b'{"id":' + name + b',"type":"next","payload":' + body + b"}")

    async def _tell(self, message: dict[str, Any]) -> None:  # JSON to the client
        await self._put(orjson.dumps(message))

    async def _put(self, message: bytes) -> None:
        """Send a message; a client that leaves it untaken for too long loses the socket."""
        try:
            async with asyncio.timeout(self._settings.subscription_patience), self._turn:
                if not self._over.done():
                    await self._send({"type": "websocket.send", "text": message.decode()})
        except TimeoutError:
            self.end(TOO_SLOW)
            await asyncio.sleep(_FAREWELL)  # cancelled with the socket

    async def _close(self, ending: Ending) -> None:
        log.info("socket closed", code=ending.code, reason=ending.reason, request_id=self._opened.request_id)
        try:
            async with asyncio.timeout(_FAREWELL):
                closing = {"type": "websocket.close", "code": ending.code, "reason": ending.reason}
                await self._send(closing)
        except TimeoutError:
            log.info("a socket did not take its close", request_id=self._opened.request_id)

    def _wake(self, seconds: float, ending: Ending) -> None:
        """End the socket after some time, unless woken anew."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        if seconds < float("inf"):
            self._timer = asyncio.get_running_loop().call_later(max(0.0, seconds), self.end, ending)


def _bad(reason: str) -> _Ended:
    return _Ended(Ending(4400, f"Bad request: {reason}"))


async def _cancelled(*tasks: "asyncio.Task[None]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
