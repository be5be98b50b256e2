"""Notices between server processes that a district has new events: LISTEN and NOTIFY on PostgreSQL.

A notice is a nudge to look at the outbox and carries nothing. One that is lost costs the time to the feed's
next look; SQLite has none, and its feeds look.
"""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import asyncpg
import structlog
from sqlalchemy import make_url

if TYPE_CHECKING:
    from wangge._host.runtime import DistrictRuntime

CHANNEL = "wangge_events"
"""Channels belong to a database: those of two databases on one server are apart."""

_NOTIFY = "SELECT count(pg_notify($1, $2))"
_AGAIN = 2.0
"""Seconds between attempts to connect."""
_PATIENCE = 5.0

Nudge = Callable[[], None]
"""Called when there may be something new."""

log = structlog.get_logger("wangge.events")


class EventNotices:
    """Sends and hears the notices of one server process."""

    def __init__(self) -> None:
        self._own = secrets.token_hex(6)
        """Names this process in its notices: it needs none of its own."""
        self._nudges: dict[str, list[Nudge]] = {}
        """By district: what is to be told of events that were committed in this process."""
        self._listeners: dict[str, _Listener] = {}
        self._due: set[str] = set()
        self._sending: dict[str, asyncio.Task[None]] = {}

    def told(self, district: "DistrictRuntime") -> None:
        """Spread that events of a district were committed here."""
        code = district.record.code
        for nudge in self._nudges.get(code, ()):
            nudge()
        if district.record.place.is_sqlite:
            return
        self._due.add(code)
        if code not in self._sending:
            self._sending[code] = asyncio.create_task(self._send(district, code))

    async def _send(self, district: "DistrictRuntime", code: str) -> None:
        """Send after the commit, not within: that would make commits wait for each other. Many become one."""
        try:
            while code in self._due:
                self._due.discard(code)
                payload = f"{district.record.place.schema} {self._own}"
                await district.engines.fetch(_NOTIFY, (CHANNEL, payload))
        except Exception as error:  # noqa: BLE001  # others look for themselves within a second
            log.warning("a notice was not sent", district=code, reason=type(error).__name__)
        finally:
            del self._sending[code]

    @asynccontextmanager
    async def listening(self, district: "DistrictRuntime", nudge: Nudge) -> AsyncIterator[None]:
        """Call `nudge` whenever a process tells of events of a district, for as long as the block runs."""
        own = self._nudges.setdefault(district.record.code, [])
        own.append(nudge)
        try:
            async with self._hearing(district, nudge):
                yield
        finally:
            own.remove(nudge)

    @asynccontextmanager
    async def _hearing(self, district: "DistrictRuntime", nudge: Nudge) -> AsyncIterator[None]:
        place = district.record.place
        if place.is_sqlite:
            yield
            return
        listener = self._listeners.get(place.url)
        if listener is None:
            listener = self._listeners[place.url] = _Listener(place.url, self._own)
        told = (str(place.schema), nudge)
        listener.nudges.append(told)
        try:
            yield
        finally:
            listener.nudges.remove(told)
            if not listener.nudges and self._listeners.get(place.url) is listener:
                del self._listeners[place.url]
                listener.stop()

    async def close(self) -> None:
        """Send what is due and end."""
        for task in [*self._sending.values()]:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(task), _PATIENCE)
        for listener in [*self._listeners.values()]:
            listener.stop()
            with contextlib.suppress(asyncio.CancelledError):
                await listener.task


class _Listener:
    """A connection to one database that hears its notices, made anew whenever it is lost."""

    def __init__(self, url: str, own: str) -> None:
        self.nudges: list[tuple[str, Nudge]] = []
        """Schema of a district, and what is to be told of its events."""
        self._url = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._own = own
        self.task = asyncio.create_task(self._run())

    def stop(self) -> None:
        """Hear no more."""
        self.task.cancel()

    async def _run(self) -> None:
        while True:
            try:
                await self._hear()
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("notices of events are not heard", reason=type(error).__name__)
            await asyncio.sleep(_AGAIN)

    async def _hear(self) -> None:
        connection: Any = await asyncpg.connect(self._url, timeout=_PATIENCE)
        lost = asyncio.Event()
        try:
            connection.add_termination_listener(lambda _: lost.set())
            await connection.add_listener(CHANNEL, self._heard)
            for _, nudge in self.nudges:
                nudge()  # of what was told meanwhile nothing was heard
            await lost.wait()
        finally:
            connection.terminate()

    def _heard(self, _connection: object, _process: int, _channel: str, payload: object) -> None:
        schema, _, sender = str(payload).partition(" ")
        if sender != self._own:
            for own, nudge in self.nudges:
                if own == schema:
                    nudge()
