"""The reading and the writing connections to one district's database, or to the catalog's."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from wangge._host.databases.places import Place, check_schema
from wangge._host.databases.reads import PostgresReads, SqliteReads
from wangge.auth.scope import EVERYTHING
from wangge.db.session import Database


class Engines:
    """A reading and a writing engine for one database.

    SQLite: readers are many and may not write; the writer is one connection that begins IMMEDIATE, so that
    writers of this process queue instead of colliding. PostgreSQL: both are the same pool, names are
    qualified by `schema_translate_map`, and the search path holds no district's schema.
    """

    def __init__(self, place: Place, *, pool: int = 8) -> None:
        self.place = place
        if place.is_sqlite:
            self.reader = _sqlite_engine(place.url, pool=pool, writing=False)
            self.writer = _sqlite_engine(place.url, pool=1, writing=True)
            self._reads: SqliteReads | PostgresReads = SqliteReads(place, pool)
        else:
            self.reader = self.writer = _postgres_engine(place, pool)
            self._reads = PostgresReads(place, pool)
        self._reading = async_sessionmaker(self.reader, expire_on_commit=False, autoflush=False)
        self._writing = async_sessionmaker(self.writer, expire_on_commit=False, autoflush=False)

    def session(self, *, write: bool) -> AsyncSession:
        """Return a new session; the caller closes it."""
        return self._writing() if write else self._reading()

    @asynccontextmanager
    async def open(self, *, write: bool) -> AsyncIterator[Database]:
        """Open a database without a scope; what is not committed is rolled back at the end."""
        async with self.session(write=write) as session:
            yield Database(session, EVERYTHING, writing=write)

    async def fetch(self, text: str, args: Sequence[Any]) -> Any:  # a column of any type
        """Run one read statement and return the first column of its first row, or None.

        Args:
            text: final SQL, qualified names, the driver's own marks: `$1` on PostgreSQL, `?` on SQLite.
            args: its values as the driver takes them.

        Returns:
            On PostgreSQL `json` as bytes and other types as the driver decodes them; on SQLite text as bytes.

        Raises:
            asyncpg.PostgresError, sqlite3.Error: what the driver raises, untranslated.
        """
        return await self._reads.fetch(text, args)

    async def dispose(self) -> None:
        """Close all connections."""
        await self._reads.close()
        await self.reader.dispose()
        if self.writer is not self.reader:
            await self.writer.dispose()


def _sqlite_engine(url: str, *, pool: int, writing: bool) -> AsyncEngine:
    engine = create_async_engine(url, pool_size=pool, max_overflow=0, pool_timeout=30, hide_parameters=True)
    begin = "BEGIN IMMEDIATE" if writing else "BEGIN"

    @event.listens_for(engine.sync_engine, "connect")
    def connect(connection: Any, _record: Any) -> None:  # driver objects of SQLAlchemy's adapter
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "busy_timeout=15000"):
            cursor.execute(f"PRAGMA {pragma}")
        if not writing:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def start(connection: Any) -> None:  # a Connection
        connection.exec_driver_sql(begin)

    return engine


def _postgres_engine(place: Place, pool: int) -> AsyncEngine:
    engine = create_async_engine(
        place.url,
        pool_size=pool,
        max_overflow=0,
        pool_timeout=30,
        hide_parameters=True,
        pool_pre_ping=True,
        connect_args={"server_settings": {"search_path": "pg_catalog", "application_name": "wangge"}},
    )
    schema = check_schema(place.schema or "public")
    return engine.execution_options(schema_translate_map={None: schema})
