"""Notices that a client has gone while its request is served, so that nobody works for nobody."""

import asyncio
from types import TracebackType
from typing import Self

from starlette.requests import Request

AFTER = 0.25
"""Seconds before anyone looks: most requests are answered by then, and pay for no look."""


class ClientGone(Exception):
    """Raise when the client of a request has gone; there is nobody to answer."""


class Departure:
    """Cancels what runs in its block once the client has gone.

    Raises:
        ClientGone: at the end of the block, where that happened.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self._gone = False
        self._watcher: asyncio.Task[None] | None = None

    def __enter__(self) -> Self:
        """Look after a while."""
        task = asyncio.current_task()
        assert task is not None  # requests are served in one
        self._task = task
        self._timer = asyncio.get_running_loop().call_later(AFTER, self._watch)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Look no more."""
        self._timer.cancel()
        if self._watcher is not None:
            self._watcher.cancel()
        if self._gone and kind is asyncio.CancelledError:
            self._task.uncancel()
            raise ClientGone from error

    def _watch(self) -> None:
        self._watcher = asyncio.ensure_future(self._wait())

    async def _wait(self) -> None:
        while (await self._request.receive())["type"] != "http.disconnect":
            continue
        self._gone = True
        self._task.cancel()
