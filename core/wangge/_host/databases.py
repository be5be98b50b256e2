"""Opens the catalog and the districts' databases: a file each, or a schema each on PostgreSQL."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import event, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from wangge.auth.scope import EVERYTHING
from wangge.db.session import Database
from wangge.errors import ConfigurationError

_SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,62}")
LOCK = text("SELECT pg_advisory_xact_lock(hashtext('wangge'), hashtext(:schema))")
"""Held, to the end of the transaction, by who makes or migrates a schema."""


@dataclass(frozen=True)
class Place:
    """Where a database is: its URL and, on PostgreSQL, the schema of the district in it."""

    url: str
    schema: str | None = None

    @property
    def is_sqlite(self) -> bool:
        """Whether it is a file."""
        return self.url.startswith("sqlite")

    def is_absent(self) -> bool:
        """Say whether it is a file that has not been made yet."""
        return self.is_sqlite and not Path(str(make_url(self.url).database)).exists()


def sqlite_url(path: Path) -> str:
    """Return the URL of a database file."""
    return f"sqlite+aiosqlite:///{path.absolute()}"


def normal_url(url: str) -> str:
    """Return a database URL with the driver this server uses.

    Raises:
        ConfigurationError: when it is neither PostgreSQL nor SQLite.
    """
    try:
        parsed = make_url(url)
    except Exception as error:  # SQLAlchemy raises several kinds for a bad URL
        raise ConfigurationError(
            "The database URL is not readable: use postgresql://user@host:port/name."
        ) from error
    backend = parsed.get_backend_name()
    drivers = {
        "postgresql": "postgresql+asyncpg",
        "postgres": "postgresql+asyncpg",
        "sqlite": "sqlite+aiosqlite",
    }
    if backend not in drivers:
        raise ConfigurationError(f"{backend} is not supported: use PostgreSQL or SQLite.")
    return parsed.set(drivername=drivers[backend]).render_as_string(hide_password=False)


def check_schema(name: str) -> str:
    """Return a schema name that is safe to write into a statement.

    Raises:
        ConfigurationError: when it is not.
    """
    if not _SCHEMA.fullmatch(name):
        raise ConfigurationError(
            f"{name!r} cannot name a schema: use lower-case letters, digits and underscores."
        )
    return name


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
        else:
            self.reader = self.writer = _postgres_engine(place, pool)
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

    async def dispose(self) -> None:
        """Close all connections."""
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


async def create_schema(place: Place) -> None:
    """Make the schema or the folder of a database, where it is not there yet."""
    if place.is_sqlite:
        database = make_url(place.url).database
        Path(str(database)).parent.mkdir(parents=True, exist_ok=True)
        return
    engine = create_async_engine(place.url)
    try:
        async with engine.begin() as connection:
            await connection.execute(LOCK, {"schema": place.schema or "public"})
            await connection.execute(
                text(f'CREATE SCHEMA IF NOT EXISTS "{check_schema(place.schema or "public")}"')
            )
    finally:
        await engine.dispose()
