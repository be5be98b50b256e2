"""WebSockets on the wire: a close waits for nobody who takes nothing, as it does in uvicorn."""

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

ABORT = 10.0
"""Seconds after its close in which a client may still take what was sent before."""


class SocketWire(WebSocketsSansIOProtocol):
    """uvicorn's protocol, but a close does not wait until the client has taken what stands before it."""

    async def send(self, message: Any) -> None:  # as ASGI has them
        """Send a message; the reason of a close goes behind what waits already."""
        closing = message["type"] == "websocket.close"
        if closing:
            self.writable.set()
        await super().send(message)
        if closing and not self.disconnected:
            self.loop.call_later(ABORT, self.transport.abort)
