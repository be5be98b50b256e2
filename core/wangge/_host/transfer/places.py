"""New places for districts, and the catalog's account of what is on its way and what was left behind."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import structlog
from sqlalchemy import delete, make_url, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from wangge._host.catalog import Catalog, schema_of
from wangge._host.databases import Place, check_schema, normal_url, sqlite_url
from wangge._host.databases.reads import driver_arguments
from wangge._host.transfer.failures import CopyFailed
from wangge.db.base import utc_now
from wangge.districts.models import Move, Placement
from wangge.errors import ConfigurationError

LEASE = 30.0
"""Seconds for which servers hold writes back when whoever copies has vanished."""
BEAT = 10.0
"""Seconds after which the lease is prolonged."""

log = structlog.get_logger("wangge.transfer")


@dataclass(frozen=True)
class Spot:
    """A place as the catalog's placement says it: a URL and a schema, or what goes without saying."""

    url: str | None
    schema: str | None


def fresh_spot(catalog: Catalog, folder: Path, code: str, to: str | None) -> Spot:
    """Return a place that nothing stands at yet.

    Args:
        catalog: beside which a district lives when `to` is None.
        folder: of the server's data.
        code: of the district.
        to: a database URL; `embedded` for a file in the data folder.

    Raises:
        ConfigurationError: when the URL is not usable, or names a file that is there.
    """
    stamp = f"{utc_now():%Y%m%d%H%M%S}_{secrets.token_hex(2)}"
    file, schema = f"{code}-{stamp}", f"{schema_of(code)}_{stamp}"
    if to in {None, "embedded"} and catalog.place.is_sqlite:
        return Spot(None, file)
    if to is None:
        return Spot(None, schema)
    if to == "embedded":
        return Spot(sqlite_url(folder / "districts" / f"{file}.sqlite3"), None)
    url = normal_url(to)
    if not url.startswith("sqlite"):
        return Spot(None if url == catalog.place.url else url, schema)
    if not make_url(url).database or not Place(url).is_absent():
        raise ConfigurationError("Name a file that is not there yet: a district never goes into another's.")
    return Spot(url, None)


def spot_now(code: str, placement: Placement | None) -> Spot:
    """Return where a district is, with a schema or a file's name in any case."""
    url, schema = (placement.database_url, placement.schema_name) if placement else (None, None)
    if schema is None and url is None:
        return Spot(None, code)
    return Spot(url, schema)


def told_place(place: Place) -> str:
    """Return a place in words, without a password."""
    url = make_url(place.url)
    if place.is_sqlite:
        return str(url.database)
    return f"{url.set(drivername='postgresql').render_as_string(hide_password=True)} schema {place.schema}"


class Moves:
    """The catalog's account of moves."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog

    async def begin(self, code: str, to: Spot) -> UUID:
        """Note that a new place is about to be made."""
        async with self._catalog.changing() as session:
            placement = await session.get(Placement, code)
            here = spot_now(code, placement) if placement else Spot(None, None)
            row = Move(
                district_code=code,
                from_url=here.url,
                from_schema=here.schema,
                to_url=to.url,
                to_schema=to.schema,
                alive_until=_later(),
            )
            session.add(row)
            await session.flush()
            return row.id

    @contextlib.asynccontextmanager
    async def alive(self, move: UUID) -> AsyncIterator[None]:
        """Say, as long as the block lasts, that somebody works at a move."""
        task = asyncio.create_task(self._beat(move))
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _beat(self, move: UUID) -> None:
        while True:
            await asyncio.sleep(BEAT)
            try:
                async with self._catalog.changing() as session:
                    await session.execute(update(Move).where(Move.id == move).values(alive_until=_later()))
            except (OSError, TimeoutError, DBAPIError):  # the locks of the copy hold without it
                log.warning("the catalog does not answer while a district is copied")

    async def hold_writes(self, move: UUID, *, on: bool = True) -> None:
        """Have servers hold writes to the district back, or let them through again."""
        async with self._catalog.changing() as session:
            await session.execute(update(Move).where(Move.id == move).values(writes_wait=on))

    async def switch(self, session: AsyncSession, move: UUID) -> None:
        """Have the district live at its new place from the commit on.

        Raises:
            CopyFailed: when another command has given this move up meanwhile.
        """
        row = await session.get(Move, move, with_for_update=True)
        if row is None or row.switched_at is not None:
            raise CopyFailed("another command has given it up.")
        placement = await session.get(Placement, row.district_code)
        if placement is None:
            session.add(
                Placement(district_code=row.district_code, database_url=row.to_url, schema_name=row.to_schema)
            )
        else:
            placement.database_url, placement.schema_name = row.to_url, row.to_schema
        row.switched_at, row.writes_wait = utc_now(), False
        if (row.from_url, row.from_schema) == (None, None):
            await session.delete(row)

    async def forget(self, move: UUID) -> None:
        """Strike a move from the account."""
        async with self._catalog.changing() as session:
            await session.execute(delete(Move).where(Move.id == move))

    async def get(self, move: UUID) -> Move | None:
        """Return a move, or None."""
        async with self._catalog.engines.session(write=False) as session:
            return await session.get(Move, move)

    def is_going_on(self, move: Move) -> bool:
        """Say whether a command still works at a move."""
        return move.switched_at is None and move.alive_until > utc_now()

    async def of(self, code: str) -> list[Move]:
        """Return a district's moves, the oldest first."""
        async with self._catalog.engines.session(write=False) as session:
            found = select(Move).where(Move.district_code == code).order_by(Move.started_at)
            return list((await session.execute(found)).scalars())

    def old_place(self, move: Move) -> Place | None:
        """Return where the district was before; None where it was not there."""
        if (move.from_url, move.from_schema) == (None, None):
            return None
        return self._catalog.place_of(move.district_code, move.from_url, move.from_schema)

    def new_place(self, move: Move) -> Place:
        """Return where the district goes."""
        return self._catalog.place_of(move.district_code, move.to_url, move.to_schema)


def _later() -> datetime:
    return utc_now() + timedelta(seconds=LEASE)


async def drop_place(place: Place) -> None:
    """Remove a database: its file, or its schema with all in it."""
    if place.is_sqlite:
        path = Path(str(make_url(place.url).database))
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm", f"{path.name}-journal"):
            path.with_name(name).unlink(missing_ok=True)
        return
    connection = await asyncpg.connect(**driver_arguments(place.url))
    try:
        await connection.execute(f'DROP SCHEMA IF EXISTS "{check_schema(str(place.schema))}" CASCADE')
    finally:
        await connection.close()
