"""Packages whose tables have moved while their work on the data is still to be done: noted with the move."""

from collections.abc import Sequence
from typing import Any, cast

from sqlalchemy import (
    Column,
    Connection,
    CursorResult,
    MetaData,
    String,
    Table,
    delete,
    insert,
    inspect,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession

TABLE = Table("wangge_unfinished", MetaData(), Column("slug", String(64), primary_key=True))
"""Made with the first note, like the version tables: it is no package's model, and no migration makes it."""


def note(connection: Connection, slug: str) -> None:
    """Note that a package has moved, in the transaction that moves it."""
    TABLE.create(connection, checkfirst=True)
    connection.execute(delete(TABLE).where(TABLE.c.slug == slug))
    connection.execute(insert(TABLE), {"slug": slug})


def noted(connection: Connection) -> set[str]:
    """Return the slugs of the packages that are noted."""
    if not inspect(connection).has_table(TABLE.name):
        return set()
    return set(connection.execute(select(TABLE.c.slug)).scalars())


async def take(session: AsyncSession, slugs: Sequence[str]) -> bool:
    """Cross packages off in the transaction that does their work; say whether it is still to be done.

    Who comes second waits for the first, and finds nothing left.
    """
    crossed = await session.execute(delete(TABLE).where(TABLE.c.slug.in_(slugs)))
    return cast("CursorResult[Any]", crossed).rowcount > 0
