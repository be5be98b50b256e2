"""Single read statements on raw driver connections: no ORM, one round trip or one thread hop each."""

import asyncio
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any

import asyncpg
from sqlalchemy import make_url
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg

from wangge._host.databases.lanes import Lane
from wangge._host.databases.places import CONNECTING, Place
from wangge._host.databases.sqlite import STEPS

_PATIENCE = 10.0
"""Seconds that statements under way get when the connections are closed."""

_SPARE = 5.0
"""Seconds after which the pool closes a connection that its lane returned as unused: districts are many."""

_LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.exceptions.AdminShutdownError,
    asyncpg.exceptions.CrashShutdownError,
    asyncpg.exceptions.CannotConnectNowError,
    asyncpg.InternalClientError,  # the server's last words have come, the end of the connection not yet
    ConnectionError,
)
"""What a statement raises when the server goes away."""


class PostgresReads:
    """A pool of its own beside SQLAlchemy's, which decodes JSON and costs twice the time.

    Statements are prepared once per connection and never expire: their number is bounded by the plans that
    the server keeps. Nothing here sets a session's state, so connections go back without a reset.

    Statements whose conditions are equalities are planned by the database once for all values; the rest,
    patterns and ranges, each time, on connections of their own, fewer and only when they are needed.
    """

    def __init__(self, place: Place, pool: int, fence: float | None = None) -> None:
        self._place = place
        self._fence = fence_of(fence)
        self._sizes = {False: pool, True: max(1, pool // 4)}
        self._lanes: dict[bool, Lane] = {}
        self._opening = asyncio.Lock()
        self._closed = False

    async def fetch(self, text: str, args: Sequence[Any], *, ranges: bool = False) -> Any:
        """Run a statement and return the first column of its first row; `json` comes as bytes."""
        lane = self._lanes.get(ranges) or await self._open(ranges)
        try:
            return await _first(lane, text, args)
        except _LOST:
            if lane.pool.is_closing():
                raise
            # The server went away and came back: every connection made before is as dead as this one.
            await lane.pool.expire_connections()
            await lane.close()
            return await _first(lane, text, args)

    async def close(self) -> None:
        """Close the connections; statements under way may end first."""
        self._closed = True
        lanes, self._lanes = self._lanes, {}
        for lane in lanes.values():
            try:
                await lane.close()
                await asyncio.wait_for(lane.pool.close(), _PATIENCE)
            except TimeoutError:
                lane.pool.terminate()

    async def _open(self, ranges: bool) -> Lane:
        async with self._opening:
            if self._closed:
                raise asyncpg.InterfaceError("The connections to this database are closed.")
            if ranges not in self._lanes:
                pool = await asyncpg.create_pool(
                    **driver_arguments(self._place.url),
                    timeout=CONNECTING,
                    min_size=0,
                    max_size=self._sizes[ranges],
                    init=_pass_json_through,
                    reset=_keep,
                    statement_cache_size=1024,
                    max_cached_statement_lifetime=0,
                    max_inactive_connection_lifetime=_SPARE,
                    server_settings={
                        "search_path": "pg_catalog",
                        "application_name": "wangge",
                        "jit": "off",
                        **self._fence,
                        "plan_cache_mode": "force_custom_plan" if ranges else "force_generic_plan",
                    },
                )
                self._lanes[ranges] = Lane(pool, self._sizes[ranges])
            return self._lanes[ranges]


async def _first(lane: Lane, text: str, args: Sequence[Any]) -> Any:
    connection = await lane.take()
    try:
        found = await connection.fetchval(text, *args)
    except BaseException as error:
        closed = _is_gone(connection)
        await lane.drop(connection)
        if closed and isinstance(error, asyncpg.InterfaceError):  # arguments that do not fit raise it too
            raise ConnectionResetError("The server closed the connection.") from error
        raise
    lane.give(connection)
    return found


def _is_gone(connection: Any) -> bool:  # the pool's proxy of a connection
    """Say whether a connection is closed; the pool takes its proxy away when that happens unnoticed."""
    try:
        return bool(connection.is_closed())
    except asyncpg.InterfaceError:
        return True


def fence_of(seconds: float | None) -> dict[str, str]:
    """Return the setting with which PostgreSQL ends statements after so many seconds."""
    return {} if seconds is None else {"statement_timeout": str(round(seconds * 1000))}


def driver_arguments(url: str) -> dict[str, Any]:  # what the driver's connect() takes, of several types
    """Return a URL's parts as SQLAlchemy reads them, so that both pools reach the same server."""
    dialect: Any = PGDialect_asyncpg  # SQLAlchemy leaves its dialects untyped
    _, arguments = dialect().create_connect_args(make_url(url))
    for own in ("prepared_statement_cache_size", "prepared_statement_name_func"):
        arguments.pop(own, None)
    return dict(arguments)


async def _pass_json_through(connection: Any) -> None:  # a connection, or the pool's proxy of one
    await connection.set_type_codec(
        "json", schema="pg_catalog", encoder=_as_bytes, decoder=bytes, format="binary"
    )


async def _keep(_connection: Any) -> None:  # as above
    """Reset nothing: a pool's own reset is a round trip for each statement."""


def _as_bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


class _Job:
    """A statement on its way through a thread."""

    __slots__ = ("args", "future", "loop", "text")

    def __init__(self, text: str, args: Sequence[Any]) -> None:
        self.text = text
        self.args = args
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[Any] = self.loop.create_future()  # a column of any type

    def answer(self, value: Any, error: BaseException | None) -> None:  # as above
        """Hand over the outcome, from the thread; nobody may be waiting any more."""
        try:
            self.loop.call_soon_threadsafe(self._settle, value, error)
        except RuntimeError:  # the loop was closed meanwhile, and whoever waited with it
            return

    def _settle(self, value: Any, error: BaseException | None) -> None:  # as above
        if self.future.done():
            return
        if error is None:
            self.future.set_result(value)
        else:
            self.future.set_exception(error)


class SqliteReads:
    """Reading connections, each in a thread of its own that takes the next statement from a common queue."""

    def __init__(self, place: Place, pool: int) -> None:
        file = Path(str(make_url(place.url).database))
        self._uri = f"{file.absolute().as_uri()}?mode=rw"  # who reads makes no file
        self._size = pool
        self._queue: SimpleQueue[_Job | None] = SimpleQueue()
        self._readers: list[_Reader] = []
        self._waiting = 0
        self._closed = False

    async def fetch(self, text: str, args: Sequence[Any], *, ranges: bool = False) -> Any:
        """Run a statement and return the first column of its first row; text comes as bytes."""
        if self._closed:
            raise sqlite3.ProgrammingError("The connections to this database are closed.")
        job = _Job(text, args)
        self._waiting += 1
        if self._waiting > len(self._readers) < self._size:
            self._readers.append(_Reader(self._uri, self._queue))
        self._queue.put(job)
        try:
            return await job.future
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        """Close the connections and end their threads; long statements under way are broken off."""
        self._closed = True
        readers, self._readers = self._readers, []
        for reader in readers:
            reader.closing = True
            self._queue.put(None)
        for reader in readers:
            await reader.ended
            reader.thread.join()  # it has nothing left to do


class _Reader:
    """One connection and its thread."""

    def __init__(self, uri: str, queue: "SimpleQueue[_Job | None]") -> None:
        self.closing = False
        self._uri = uri
        self._queue = queue
        self._job: _Job | None = None
        self._connection: sqlite3.Connection | None = None
        self._loop = asyncio.get_running_loop()
        self.ended: asyncio.Future[None] = self._loop.create_future()
        self.thread = Thread(target=self._run, name="wangge-read", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            while (job := self._queue.get()) is not None:
                if job.future.cancelled():
                    continue
                self._job = job
                try:
                    job.answer(self._fetch(job), None)
                except BaseException as error:  # noqa: BLE001  # raised again where the statement is awaited
                    job.answer(None, error)
                self._job = job = None
        finally:
            if self._connection is not None:
                self._connection.close()
            self._loop.call_soon_threadsafe(self.ended.set_result, None)

    def _fetch(self, job: _Job) -> Any:  # a column of any type
        connection = self._connection or self._connect()
        cursor = connection.execute(job.text, job.args)
        try:
            row = cursor.fetchone()
        finally:
            cursor.close()  # an open cursor would hold the snapshot it reads
        return None if row is None else row[0]

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._uri, uri=True, isolation_level=None, cached_statements=512)
        try:
            connection.text_factory = bytes
            for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=15000", "query_only=ON"):
                connection.execute(f"PRAGMA {pragma}").close()
            # Unlike interrupt(), it cannot be lost before the statement begins, nor hit the next one.
            connection.set_progress_handler(self._is_given_up, STEPS)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return connection

    def _is_given_up(self) -> bool:
        return self.closing or self._job is None or self._job.future.cancelled()
