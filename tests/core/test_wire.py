"""Heads of requests on the wire: one that never ends costs neither memory nor a connection."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.types import Receive, Scope, Send
from uvicorn import Config
from uvicorn.server import ServerState

from wangge._host.http.protocol import MAX_QUERY_STRING
from wangge._host.http.wire import MAX_HEAD, MAX_URL, BoundedProtocol

HEAD = b"GET /health/live HTTP/1.1\r\nhost: wangge.test\r\n"


class Wire(asyncio.Transport):
    """A connection that keeps what is written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Keep it."""
        self.written += bytes(data)

    def close(self) -> None:
        """Note it."""
        self.closed = True

    def is_closing(self) -> bool:
        """Say whether it was closed."""
        return self.closed

    def pause_reading(self) -> None:
        """Read on all the same."""

    def resume_reading(self) -> None:
        """Read on."""


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the size of the headers, once the body is read."""
    while (await receive()).get("more_body"):
        pass
    size = str(sum(len(name) + len(value) for name, value in scope["headers"])).encode()
    headers = [(b"content-length", str(len(size)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": size})


class Connection:
    """A client's side of the protocol, without a network."""

    def __init__(self, kind: type[BoundedProtocol]) -> None:
        self.wire = Wire()
        config = Config(application, lifespan="off", log_config=None)
        self.protocol = kind(config=config, server_state=ServerState(), app_state={})
        self.protocol.connection_made(self.wire)

    async def send(self, data: bytes) -> bytes:
        """Send something and return what has been answered when the application is waiting or done."""
        self.protocol.data_received(data)
        for _ in range(10):
            await asyncio.sleep(0)
        return self.wire.written

    async def closed(self) -> bytes:
        """Return what has been answered when the server has closed the connection."""
        for _ in range(1000):
            if self.wire.closed:
                return self.wire.written
            await asyncio.sleep(0.01)
        raise AssertionError("The connection stays open.")


class Hasty(BoundedProtocol):
    """The protocol, with little patience."""

    head_seconds = 0.01


@pytest.fixture
async def connect() -> AsyncIterator[Any]:  # a function that makes connections
    made: list[Connection] = []

    def open_one(kind: type[BoundedProtocol] = BoundedProtocol) -> Connection:
        made.append(Connection(kind))
        return made[-1]

    yield open_one
    for one in made:
        one.protocol.connection_lost(None)


async def test_a_head_in_pieces_is_served(connect: Any) -> None:
    connection = connect()
    for byte in HEAD:
        await connection.send(bytes([byte]))

    answer = await connection.send(b"\r\n")

    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b"\r\n\r\n15")
    assert not connection.wire.closed


async def test_a_large_body_is_no_head(connect: Any) -> None:
    connection = connect()
    size = 4 * MAX_HEAD
    await connection.send(b"POST / HTTP/1.1\r\ncontent-length: %d\r\n\r\n" % size)

    for _ in range(4):
        answer = await connection.send(b" " * MAX_HEAD)

    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize("piece", [b"x: " + b"a" * 1000 + b"\r\n", b"a" * 1000], ids=["headers", "a header"])
async def test_a_head_without_an_end_is_refused(connect: Any, piece: bytes) -> None:
    connection = connect()
    await connection.send(HEAD + b"x: ")

    sent = 0
    while not connection.wire.closed and sent < 2 * MAX_HEAD:
        answer = await connection.send(piece)
        sent += len(piece)

    assert answer == (
        b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    )
    assert sent - len(piece) <= MAX_HEAD < sent


async def test_an_address_of_any_length_reaches_the_application_as_too_long(connect: Any) -> None:
    connection = connect()

    answer = await connection.send(b"GET /370703/graphql?" + b"q" * 70_000 + b" HTTP/1.1\r\n\r\n")

    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert (
        len(connection.protocol.scope["query_string"]) == MAX_URL - len("/370703/graphql?") > MAX_QUERY_STRING
    )


async def test_a_head_that_is_not_sent_to_its_end_is_given_up(connect: Any) -> None:
    connection = connect(Hasty)
    await connection.send(HEAD)

    assert (await connection.closed()).startswith(b"HTTP/1.1 408 Request Timeout\r\n")


async def test_a_connection_without_a_request_is_closed_without_a_word(connect: Any) -> None:
    assert await connect(Hasty).closed() == b""


async def test_a_further_head_has_its_own_time(connect: Any) -> None:
    connection = connect(Hasty)
    first = await connection.send(HEAD + b"\r\n")

    await connection.send(HEAD)

    assert (await connection.closed()).removeprefix(first).startswith(b"HTTP/1.1 408 Request Timeout\r\n")


async def test_an_answer_under_way_is_not_written_into(connect: Any) -> None:
    connection = connect()
    connection.protocol.data_received(b"POST / HTTP/1.1\r\ncontent-length: 2\r\n\r\n 1" + HEAD)

    for _ in range(7):
        assert not connection.wire.closed
        connection.protocol.data_received(b"x: " + b"a" * 10_000 + b"\r\n")

    assert (connection.wire.closed, connection.wire.written) == (True, b"")
