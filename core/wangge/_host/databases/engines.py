"""The reading and the writing connections to one district's database, or to the catalog's."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from math import inf
from time import monotonic
from typing import Any
from weakref import WeakSet

import asyncpg
from sqlalchemy import event, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from wangge._host.databases.failures import coded, refusal_of, translate
from wangge._host.databases.group_commit import MOST, GroupCommit, Member
from wangge._host.databases.places import CONNECTING, Place, check_schema
from wangge._host.databases.reads import PostgresReads, SqliteReads, driver_arguments, fence_of
from wangge._host.databases.sqlite import ReadingConnection
from wangge.auth.scope import EVERYTHING
from wangge.db.session import Database

IDLE = 30.0
"""Seconds after which a connection to PostgreSQL is asked whether it still stands before it is used."""

_MEMBERS = 64
"""Sessions that may stand in the queue for SQLite's writer; each is an object without a thread or a file."""


class Engines:
    """A reading and a writing engine for one database.

    SQLite: readers are many and may not write; the writer is one connection on which the writers of this
    process take turns instead of colliding, many to a COMMIT (`GroupCommit`). PostgreSQL: both are the same
    pool, names are qualified by `schema_translate_map`, and the search path holds no district's schema; with
    a `fence`, the server itself ends a statement after so many seconds, should nobody else have done so.
    """

    def __init__(self, place: Place, *, pool: int = 8, group: int = MOST, fence: float | None = None) -> None:
        self.place = place
        self._opened: WeakSet[Any] = WeakSet()  # connections of asyncpg
        if place.is_sqlite:
            path = str(make_url(place.url).database)
            self._group: GroupCommit | None = GroupCommit(path, most=group)
            self.writer = _sqlite_engine(place.url, self._group.member, pool=_MEMBERS)
            self.reader = _sqlite_engine(place.url, partial(_reading, path), pool=pool)
            self._reads: SqliteReads | PostgresReads = SqliteReads(place, pool)
        else:
            self._group = None
            self.reader = self.writer = _postgres_engine(place, pool, fence, self._opened)
            self._reads = PostgresReads(place, pool, fence)
        self._reading = async_sessionmaker(self.reader, expire_on_commit=False, autoflush=False)
        self._writing = async_sessionmaker(self.writer, expire_on_commit=False, autoflush=False)

    def session(self, *, write: bool) -> AsyncSession:
        """Return a new session; the caller closes it."""
        return self._writing() if write else self._reading()

    @asynccontextmanager
    async def open(self, *, write: bool) -> AsyncIterator[Database]:
        """Open a database without a scope; what is not committed is rolled back at the end."""
        database = Database(self.session(write=write), EVERYTHING, writing=write)
        try:
            yield database
        finally:  # by the database, not the session: it knows of reads that outlive who asked for them
            await database.close()

    async def fetch(
        self, text: str, args: Sequence[Any], *, ranges: bool = False
    ) -> Any:  # a column of any type
        """Run one read statement and return the first column of its first row, or None.

        Args:
            text: final SQL, qualified names, the driver's own marks: `$1` on PostgreSQL, `?` on SQLite.
            args: its values as the driver takes them.
            ranges: its conditions are patterns or ranges, which PostgreSQL plans anew for each value.

        Returns:
            On PostgreSQL `json` as bytes and other types as the driver decodes them; on SQLite text as bytes.

        Raises:
            DatabaseUnavailable, DatabaseBusy: when the database is away, or holds the statement up.
            asyncpg.PostgresError, sqlite3.Error: what else the driver raises, untranslated.
        """
        try:
            return await self._reads.fetch(text, args, ranges=ranges)
        except Exception as error:
            refusal = refusal_of(error)
            if refusal is None:
                raise
            raise refusal from error

    async def dispose(self) -> None:
        """Close all connections."""
        await self._reads.close()
        await self.reader.dispose()
        if self.writer is not self.reader:
            await self.writer.dispose()
        if self._group is not None:
            await self._group.close()
        for left in [one for one in self._opened if not one.is_closed()]:  # in use by work nobody waits for
            left.terminate()


async def _reading(path: str) -> ReadingConnection:
    return ReadingConnection(path)


def _sqlite_engine(
    url: str, connect: Callable[[], Awaitable[ReadingConnection | Member]], *, pool: int
) -> AsyncEngine:
    engine = create_async_engine(
        url, async_creator=connect, pool_size=pool, max_overflow=0, pool_timeout=30, hide_parameters=True
    )

    event.listen(engine.sync_engine, "handle_error", translate)

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Any) -> None:  # a Connection
        connection.connection.dbapi_connection.run_async(lambda own: own.begin())

    return engine


def _postgres_engine(place: Place, pool: int, fence: float | None, opened: "WeakSet[Any]") -> AsyncEngine:
    engine = create_async_engine(
        place.url,
        async_creator=partial(_connect, place.url, fence, opened),
        pool_size=pool,
        max_overflow=0,
        pool_timeout=30,
        hide_parameters=True,
    )
    event.listen(engine.sync_engine, "handle_error", translate)
    event.listen(engine.sync_engine, "checkin", _note_time)
    event.listen(engine.sync_engine, "checkout", partial(_check_connection, engine.dialect))
    schema = check_schema(place.schema or "public")
    return engine.execution_options(schema_translate_map={None: schema})


async def _connect(url: str, fence: float | None, opened: "WeakSet[Any]") -> Any:  # a connection of asyncpg
    """Open a connection, and note it among those opened.

    Raises:
        DatabaseUnavailable: when it cannot be had, or not within five seconds.
    """
    settings = {"search_path": "pg_catalog", "application_name": "wangge", **fence_of(fence)}
    with coded():
        made = await asyncpg.connect(**driver_arguments(url), timeout=CONNECTING, server_settings=settings)
    opened.add(made)
    return made


def _note_time(_connection: Any, record: Any) -> None:  # objects of SQLAlchemy's pool
    record.info["since"] = monotonic()


def _check_connection(dialect: Any, connection: Any, record: Any, _proxy: Any) -> None:  # as above
    """Have the pool replace a connection that the server has closed.

    The driver knows of most; a ping, three round trips, is left to those that a silent network may have cut.

    Raises:
        DisconnectionError: when it is closed.
    """
    if connection.driver_connection.is_closed():
        raise DisconnectionError("The server closed the connection.")
    if monotonic() - record.info.get("since", inf) > IDLE:
        try:
            dialect.do_ping(connection)
        except dialect.dbapi.Error as error:
            raise DisconnectionError("The connection does not answer.") from error
