"""Where handlers begin: at the newest event of the moment when a district first has them."""

import contextlib
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from wangge._host.background.handlers import KnownHandler
from wangge._host.plugins import LoadedPlugin
from wangge._host.runtime import DistrictRuntime
from wangge.background.models import HandlerCursor
from wangge.db.session import Database
from wangge.events.outbox import OutboxEvent


async def begin(db: Database, known: Sequence[KnownHandler]) -> None:
    """Give handlers that have no place yet the one after the newest event; history is not replayed."""
    places = select(HandlerCursor.plugin, HandlerCursor.handler)
    there = {(plugin, handler) for plugin, handler in await db.execute(places)}
    missing = [one for one in known if (one.plugin, one.handler.key) not in there]
    if not missing:
        return
    number = await db.scalar(select(func.coalesce(func.max(OutboxEvent.number), 0)))
    for one in missing:
        with contextlib.suppress(IntegrityError):  # another process was first
            async with db.session.begin_nested():
                db.add(HandlerCursor(plugin=one.plugin, handler=one.handler.key, number=number, lost=0))
                await db.flush()


async def begin_handlers(db: Database, plugin: LoadedPlugin) -> None:
    """Let the handlers of a plugin begin, in the transaction that enables it."""
    await begin(db, [KnownHandler(plugin.slug, one) for one in plugin.event_handlers])


async def cursors_of(district: DistrictRuntime, known: Sequence[KnownHandler]) -> list[HandlerCursor]:
    """Return the places of handlers; those never seen before begin here."""
    names = {(one.plugin, one.handler.key) for one in known}
    if not names:
        return []
    found = await read_cursors(district)
    if names - {(row.plugin, row.handler) for row in found}:
        async with district.engines.open(write=True) as db:
            await begin(db, known)
            await db.session.commit()
        found = await read_cursors(district)
    return [row for row in found if (row.plugin, row.handler) in names]


async def read_cursors(district: DistrictRuntime) -> list[HandlerCursor]:
    """Return the places of all handlers that have begun in a district, also of programmes that are off."""
    async with district.engines.open(write=False) as db:
        rows: list[HandlerCursor] = await db.scalars(select(HandlerCursor))
    return rows
