"""HTTP on the wire, where uvicorn sets no bound: how long a request's head may be, and may take."""

from asyncio import TimerHandle, Transport, get_running_loop
from typing import Any, ClassVar, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD: Final = 64 * 1024
"""Bytes of a head that has not ended. What ends within them and is still too large is refused with a
body by the application, which counts exactly."""

MAX_URL: Final = 32 * 1024
"""Bytes of an address that are kept: enough for the application to see that it is too long."""
_NO_MORE: Final = b"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's protocol, but a head that never ends costs neither memory nor a connection.

    Attributes:
        head_seconds: how long a head may take, from the connection or its first byte on.
    """

    head_seconds: ClassVar[float] = 10.0

    def __init__(self, *args: Any, **options: Any) -> None:  # uvicorn's
        super().__init__(*args, **options)
        self._open_head = False
        self._head_size = 0
        self._head_timer: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Give the first head its time."""
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the timer."""
        self._forget_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Count what belongs to a head that began earlier and has not ended."""
        began_earlier = self._open_head
        super().data_received(data)
        if began_earlier and self._open_head:
            self._head_size += len(data)
            if self._head_size > MAX_HEAD:
                self._refuse(b"431 Request Header Fields Too Large")

    def on_message_begin(self) -> None:
        """Give a further head its time."""
        super().on_message_begin()
        self._open_head, self._head_size = True, 0
        if self._head_timer is None:
            self._await_head()

    def on_url(self, url: bytes) -> None:
        """Keep no more of an address than can be parsed: the parser gives up at 64 KiB."""
        super().on_url(url[: MAX_URL - len(self.url)])

    def on_headers_complete(self) -> None:
        """Let the request go on without a bound; the application has its own."""
        self._open_head = False
        self._forget_timer()
        super().on_headers_complete()

    def _await_head(self) -> None:
        self._head_timer = get_running_loop().call_later(self.head_seconds, self._give_up)

    def _forget_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up(self) -> None:
        self._head_timer = None
        self._refuse(b"408 Request Timeout")

    def _refuse(self, status: bytes) -> None:
        """Close, with an answer where a request has begun and no other answer is under way."""
        if self.transport.is_closing():
            return
        if self._open_head and (self.cycle is None or self.cycle.response_complete):
            self.transport.write(
                b"HTTP/1.1 " + status + b"\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            )
        self._open_head = False
        self.transport.close()
