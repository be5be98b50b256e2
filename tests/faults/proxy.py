"""A way to PostgreSQL that can be cut, closed, stalled, or answer as a server does that lets nobody in."""

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import make_url

_SSL_REQUEST = 80877103
_CANCEL_REQUEST = 80877102


class Proxy:
    """A TCP proxy on the loopback address, in one of its states.

    `open` passes everything on; `stalled` takes connections and bytes and passes nothing on, as a network
    does that drops packets; `refusing` lets connections in only to say, with an SQLSTATE, why they must go.
    """

    def __init__(self, host: str, port: int) -> None:
        self._there = (host, port)
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._refusal: tuple[str, str] | None = None
        self._server: asyncio.Server | None = None
        self._links: set[asyncio.Task[None]] = set()
        self.port = 0
        self.connections = 0
        """How many were let in so far."""

    async def open(self) -> None:
        """Listen; the port stays the same over `close`."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Refuse connections, and cut those there are."""
        if self._server is not None:
            self._server.close()
            self._server = None
        await self.cut()

    async def cut(self) -> None:
        """Cut all connections."""
        links, self._links = self._links, set()
        for link in links:
            link.cancel()
        await asyncio.gather(*links, return_exceptions=True)

    def stall(self) -> None:
        """Pass nothing on any more, and tell nobody."""
        self._flowing.clear()

    def flow(self) -> None:
        """Pass on what was held back, and all that follows."""
        self._flowing.set()

    def refuse(self, state: str, text: str) -> None:
        """Turn new connections away as PostgreSQL does."""
        self._refusal = (state, text)

    def admit(self) -> None:
        """Let new connections in again."""
        self._refusal = None

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        link = asyncio.create_task(self._link(reader, writer))
        self._links.add(link)
        link.add_done_callback(self._links.discard)

    async def _link(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            try:
                if self._refusal is not None:
                    await _turn_away(reader, writer, *self._refusal)
                    return
                await self._flowing.wait()
                beyond, onward = await asyncio.open_connection(*self._there)
                ways = [self._pump(reader, onward), self._pump(beyond, writer)]
                tasks = [asyncio.create_task(way) for way in ways]
                try:
                    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                finally:  # one side is gone: the other shall be too
                    onward.transport.abort()
                    for task in tasks:
                        task.cancel()
                    await asyncio.gather(*tasks, return_exceptions=True)
            finally:
                writer.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            await self._flowing.wait()
            writer.write(data)
            await writer.drain()


async def _turn_away(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, state: str, text: str
) -> None:
    """Answer a start-up message with an error of PostgreSQL's protocol."""
    while True:
        length, kind = struct.unpack("!II", await reader.readexactly(8))
        await reader.readexactly(length - 8)
        if kind == _CANCEL_REQUEST:
            return
        if kind != _SSL_REQUEST:
            break
        writer.write(b"N")
    fields = f"SFATAL\0VFATAL\0C{state}\0M{text}\0\0".encode()
    writer.write(b"E" + struct.pack("!I", len(fields) + 4) + fields)
    await writer.drain()
    await reader.read()  # it hangs up


@asynccontextmanager
async def proxy_to(url: str) -> AsyncIterator[tuple[Proxy, str]]:
    """Open a proxy to the server of a URL; yield it with the URL by which it is reached."""
    parsed = make_url(url)
    proxy = Proxy(parsed.host or "127.0.0.1", parsed.port or 5432)
    await proxy.open()
    try:
        here = parsed.set(host="127.0.0.1", port=proxy.port).render_as_string(hide_password=False)
        yield proxy, here
    finally:
        proxy.flow()
        await proxy.close()
