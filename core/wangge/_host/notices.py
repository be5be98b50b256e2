"""Notices of catalog changes between processes: LISTEN on PostgreSQL, looking now and then on SQLite."""

import asyncio
import contextlib
from types import TracebackType
from typing import Any, Self

import asyncpg
from sqlalchemy import make_url

from wangge._host.catalog import CHANNEL
from wangge._host.databases import CONNECTING, Place


class CatalogNotices:
    """Waits until the catalog may have changed.

    On PostgreSQL a notice wakes the waiter at once; the interval remains as a net for a connection that was
    lost. On SQLite there is the interval alone.
    """

    def __init__(self, place: Place, interval: float) -> None:
        self._place = place
        self._interval = interval
        self._woken = asyncio.Event()
        self._connection: Any | None = None  # an asyncpg connection

    async def __aenter__(self) -> Self:
        """Begin to listen."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening."""
        if self._connection is not None and not self._connection.is_closed():
            await self._connection.close(timeout=5)

    async def wait(self) -> None:
        """Return after a notice, or after the interval."""
        if not self._place.is_sqlite and (self._connection is None or self._connection.is_closed()):
            await self._listen()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), self._interval)
        self._woken.clear()

    async def _listen(self) -> None:
        url = make_url(self._place.url).set(drivername="postgresql")
        found: Any | None = None
        try:
            async with asyncio.timeout(CONNECTING):
                found = await asyncpg.connect(url.render_as_string(hide_password=False))
                await found.add_listener(CHANNEL, lambda *_: self._woken.set())
            self._connection = found
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
            if found is not None:
                found.terminate()
            self._connection = None  # the interval does meanwhile; the next wait tries again
