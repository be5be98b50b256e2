"""The load generator: keep-alive connections in a closed loop, cheap enough not to count."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import cast

Requests = Callable[[int], bytes]
"""Gives the n-th request of a sequence, whole, as it goes over the wire."""

_END_OF_HEAD = b"\r\n\r\n"
_LAST_CHUNK = b"0\r\n\r\n"


@dataclass
class Load:
    """What came of a load.

    Attributes:
        latencies: seconds of each answer, in the order in which they came.
        seconds: how long it took, from the first request to the last answer.
        faults: what was wrong with answers, the first few of them.
        size: bytes of the last body.
    """

    latencies: list[float] = field(default_factory=list)
    seconds: float = 0.0
    faults: list[str] = field(default_factory=list)
    size: int = 0


class _Client(asyncio.Protocol):
    """One connection: sends a request as soon as the answer before it is complete."""

    def __init__(self, run: "_Run") -> None:
        self._run = run
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._begun = 0.0
        self._awaited: int | None = None  # bytes of the whole answer; -1 where it comes in chunks
        self._head = 0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        self._transport = cast(asyncio.Transport, transport)  # uvloop's are no instances of it
        self._next()

    def data_received(self, data: bytes) -> None:
        """Take in a part of an answer."""
        self._buffer += data
        if self._awaited is None and not self._read_head():
            return
        if self._awaited == -1:
            complete = self._buffer.endswith(_LAST_CHUNK)
        else:
            complete = self._awaited is not None and len(self._buffer) >= self._awaited
        if complete:
            self._run.answered(self._buffer, self._head, perf_counter() - self._begun)
            self._next()

    def connection_lost(self, error: Exception | None) -> None:
        """End this connection's part; one that was cut off is a fault."""
        if not self.done.done():
            self._run.load.faults.append(f"The connection was closed: {error or 'without a reason'}.")
            self.done.set_result(None)

    def _read_head(self) -> bool:
        end = self._buffer.find(_END_OF_HEAD)
        if end < 0:
            return False
        self._head = end + len(_END_OF_HEAD)
        self._awaited = _length(bytes(self._buffer[: self._head]))
        return True

    def _next(self) -> None:
        assert self._transport is not None  # set when the connection was made
        request = self._run.next()
        if request is None:
            self.done.set_result(None)
            self._transport.close()
            return
        self._buffer.clear()
        self._awaited = None
        self._begun = perf_counter()
        self._transport.write(request)


class _Run:
    """What the connections of one load share."""

    def __init__(
        self, requests: Requests, first: int, until: float, most: int, refuse: Sequence[bytes]
    ) -> None:
        self.load = Load()
        self.sent = 0
        self._requests = requests
        self._first = first
        self._until = until
        self._most = most
        self._refuse = refuse

    def next(self) -> bytes | None:
        """Return the next request, or nothing when time, number or patience is at its end."""
        if self.sent >= self._most or perf_counter() >= self._until or len(self.load.faults) > 5:
            return None
        self.sent += 1
        return self._requests(self._first + self.sent - 1)

    def answered(self, answer: bytearray, head: int, seconds: float) -> None:
        """Note an answer and look whether it is one."""
        self.load.latencies.append(seconds)
        self.load.size = len(answer) - head
        fault = None
        if not answer.startswith(b"HTTP/1.1 200"):
            fault = bytes(answer[:400])
        elif any(answer.find(sign, head) >= 0 for sign in self._refuse):
            fault = bytes(answer[head : head + 400])
        if fault is not None:
            self.load.faults.append(fault.decode("utf-8", "replace"))


async def drive(
    port: int,
    requests: Requests,
    *,
    connections: int,
    seconds: float,
    most: int,
    first: int = 0,
    refuse: Sequence[bytes] = (b'"errors"',),
) -> Load:
    """Load a server on this machine until the time is over, or so many requests are answered.

    Args:
        port: where it listens, on the loopback address.
        requests: the sequence of requests.
        connections: how many ask at a time.
        seconds: how long requests are sent; answers that are due then are waited for.
        most: how many requests are sent at most.
        first: place in the sequence to begin at.
        refuse: what no right answer contains.
    """
    loop = asyncio.get_running_loop()
    begun = perf_counter()
    run = _Run(requests, first, begun + seconds, most, refuse)
    clients: list[_Client] = []
    for _ in range(min(connections, most)):
        _, client = await loop.create_connection(lambda: _Client(run), "127.0.0.1", port)
        clients.append(client)
    async with asyncio.timeout(seconds + 60):
        await asyncio.gather(*(client.done for client in clients))
    run.load.seconds = perf_counter() - begun
    return run.load


def http_request(port: int, path: str, token: str | None, body: bytes) -> bytes:
    """Return a POST of JSON as it goes over the wire."""
    authorization = f"authorization: Bearer {token}\r\n" if token else ""
    head = (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n{authorization}"
        f"accept: application/json\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def body_of(answer: bytes) -> bytes:
    """Return the body of a whole answer."""
    head, _, body = answer.partition(_END_OF_HEAD)
    if _length(head + _END_OF_HEAD) != -1:
        return body
    parts = []
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size.partition(b";")[0], 16)
        parts.append(body[:length])
        body = body[length + 2 :] if length else b""
    return b"".join(parts)


def _length(head: bytes) -> int:
    """Return how long an answer is with its head, or -1 where it comes in chunks."""
    lower = head.lower()
    place = lower.find(b"\r\ncontent-length:")
    if place < 0:
        return -1
    value = lower[place + 17 : lower.find(b"\r\n", place + 2)]
    return len(head) + int(value)
