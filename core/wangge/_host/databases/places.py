"""Where a database is, and how a file, a schema and a URL are named."""

import re
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url, text
from sqlalchemy.ext.asyncio import create_async_engine

from wangge.errors import ConfigurationError

_SCHEMA = re.compile(r"[a-z_][a-z0-9_]{0,62}")
LOCK = text("SELECT pg_advisory_xact_lock(hashtext('wangge'), hashtext(:schema))")
"""Held, to the end of the transaction, by who makes or migrates a schema."""


CONNECTING = 5.0
"""Seconds within which a server must let a connection in, or it counts as away."""


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
