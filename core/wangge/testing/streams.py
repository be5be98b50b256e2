"""Clients of sockets and event streams in this process, without a network between."""

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

import orjson
from starlette.types import ASGIApp, Message

PATIENCE = 30.0
"""Seconds after which a test that waits in vain fails."""


class Closed(Exception):
    """Raised when the server has closed the socket, or refused to open it."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(f"{code} {reason}")
        self.code = code
        self.reason = reason


class _Peer:
    """The client's end of an ASGI connection; what the server sends may be left untaken."""

    def __init__(self, app: ASGIApp, scope: dict[str, Any]) -> None:
        self._app = app
        self._scope = {"asgi": {"version": "3.0", "spec_version": "2.4"}, "http_version": "1.1", **scope}
        self._to_server: asyncio.Queue[Message] = asyncio.Queue()
        self._from_server: asyncio.Queue[Message] = asyncio.Queue()
        self._taking = asyncio.Event()
        self._taking.set()
        self._task: asyncio.Task[None] | None = None

    def hold(self) -> None:
        """Take nothing more, so that the server's next message waits."""
        self._taking.clear()

    def go_on(self) -> None:
        """Take what comes."""
        self._taking.set()

    async def _send(self, message: Message) -> None:
        await self._taking.wait()
        await self._from_server.put(message)

    def _begin(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        await self._app(self._scope, self._to_server.get, self._send)

    async def _next(self) -> Message:
        async with asyncio.timeout(PATIENCE):
            return await self._from_server.get()

    async def _end(self, farewell: Message) -> None:
        self.go_on()
        self._to_server.put_nowait(farewell)
        if self._task is not None:
            async with asyncio.timeout(PATIENCE):
                await self._task


class Socket(_Peer):
    """A WebSocket of `graphql-transport-ws`; enter it to open it, and leave it to close it."""

    def __init__(
        self,
        app: ASGIApp,
        path: str,
        token: str | None = None,
        *,
        subprotocols: Sequence[str] = ("graphql-transport-ws",),
        headers: Sequence[tuple[str, str]] = (),
    ) -> None:
        sent = [("host", "wangge.test"), ("accept-language", "en"), *headers]
        raw = [(name.encode(), value.encode()) for name, value in sent]
        scope = {"type": "websocket", "path": path, "raw_path": path.encode(), "query_string": b""}
        scope |= {"scheme": "ws", "headers": raw, "subprotocols": list(subprotocols)}
        super().__init__(app, {**scope, "extensions": {"websocket.http.response": {}}})
        self._token = token

    async def __aenter__(self) -> Self:
        """Open the socket and, with a token, sign in.

        Raises:
            Closed: when the server refuses; the code is then the status of its answer.
        """
        self._to_server.put_nowait({"type": "websocket.connect"})
        self._begin()
        message = await self._next()
        if message["type"] == "websocket.http.response.start":
            body = (await self._next())["body"]
            raise Closed(message["status"], body.decode())
        assert message["type"] == "websocket.accept"
        self.subprotocol = message.get("subprotocol")
        if self._token is not None:
            await self.tell(type="connection_init", payload={"Authorization": f"Bearer {self._token}"})
            assert await self.hear() == {"type": "connection_ack"}
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        await self._end({"type": "websocket.disconnect", "code": 1000})

    async def tell(self, **message: Any) -> None:  # JSON to the server
        """Send a message."""
        await self.tell_text(orjson.dumps(message).decode())

    async def tell_text(self, text: str) -> None:
        """Send a message as it is."""
        self._to_server.put_nowait({"type": "websocket.receive", "text": text})

    async def hear(self) -> dict[str, Any]:  # JSON of the server
        """Return the next message.

        Raises:
            Closed: when there is none, because the server has closed the socket.
        """
        message = await self._next()
        if message["type"] == "websocket.close":
            raise Closed(message["code"], message["reason"])
        heard: dict[str, Any] = orjson.loads(message["text"])
        return heard

    async def subscribe(self, id: str, document: str, **variables: Any) -> None:  # JSON variables
        """Begin an operation and wait until a subscription stands.

        Raises:
            AssertionError: when the server says anything else first.
        """
        await self.tell(type="subscribe", id=id, payload={"query": document, "variables": variables})
        await self.settle()

    async def settle(self) -> None:
        """Wait until the server has handled all messages; nothing else may come meanwhile."""
        await self.tell(type="ping")
        heard = await self.hear()
        assert heard == {"type": "pong"}, heard

    async def next(self, id: str) -> dict[str, Any]:  # JSON of the server
        """Return the data of the next answer, which must be one to this operation, without errors."""
        heard = await self.hear()
        assert (heard.get("id"), heard["type"]) == (id, "next"), heard
        assert "errors" not in heard["payload"], heard
        data: dict[str, Any] = heard["payload"]["data"]
        return data

    async def closed(self) -> tuple[int, str]:
        """Return the code and reason with which the server closes the socket; messages before are skipped."""
        while True:
            try:
                await self.hear()
            except Closed as closed:
                return closed.code, closed.reason


class EventStream(_Peer):
    """A request with `Accept: text/event-stream`; enter it to send it, and leave it to go away."""

    def __init__(self, app: ASGIApp, path: str, token: str | None, document: str, **variables: Any) -> None:
        headers = [("host", "wangge.test"), ("accept", "text/event-stream"), ("accept-language", "en")]
        headers += [("content-type", "application/json")]
        headers += [("authorization", f"Bearer {token}")] if token is not None else []
        raw = [(name.encode(), value.encode()) for name, value in headers]
        scope = {"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "headers": raw}
        super().__init__(app, {**scope, "scheme": "http", "query_string": b""})
        body = orjson.dumps({"query": document, "variables": variables})
        self._to_server.put_nowait({"type": "http.request", "body": body, "more_body": False})
        self._rest = b""
        self.status = 0
        self.media = ""

    async def __aenter__(self) -> Self:
        """Send the request and wait for the head of the answer."""
        self._begin()
        start = await self._next()
        self.status = start["status"]
        heads = {name.decode(): value.decode() for name, value in start["headers"]}
        self.media = heads["content-type"].partition(";")[0]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Go away."""
        await self._end({"type": "http.disconnect"})

    async def hear(self) -> tuple[str, Any]:  # JSON of the server
        """Return the next event: its name, and its data or None."""
        while b"\n\n" not in self._rest:
            message = await self._next()
            self._rest += message["body"]
        event, _, self._rest = self._rest.partition(b"\n\n")
        lines = dict(line.partition(": ")[::2] for line in event.decode().split("\n"))
        data = lines.get("data")
        return lines.get("event", ""), orjson.loads(data) if data else None

    async def body(self) -> Any:  # JSON of the server
        """Return the body of an answer that is no stream."""
        return orjson.loads((await self._next())["body"])
