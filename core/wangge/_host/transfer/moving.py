"""Moves a district: copied and compared while its writes wait, then switched in the catalog.

The order is what makes it safe. Writers are locked out and the rows copied; the new place is committed; the
old one is fenced, so that no write is taken there ever again; only then does the catalog name the new place,
which alone decides where the district lives. Whatever breaks off before leaves the district where it was:
what was half made is thrown away and the fence lifted, by this command or, when that was killed, by the next.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from time import perf_counter
from uuid import UUID

import asyncpg
import structlog
from sqlalchemy.exc import DBAPIError

from wangge._host.databases import Place
from wangge._host.runtime import Server
from wangge._host.transfer.copying import Told, fill, make_ready, make_tables, origin_of, revisions_in
from wangge._host.transfer.failures import CopyFailed, MoveUnderWay
from wangge._host.transfer.places import Moves, drop_place, fresh_spot, told_place
from wangge._host.transfer.shapes import Contents
from wangge._host.transfer.tables import Tables, filling, frozen, reading, take_statistics
from wangge.districts.models import Move
from wangge.errors import DistrictUnknown

NOTICE = 0.3
"""Seconds after which servers that listen to the catalog have taken over what it says."""

log = structlog.get_logger("wangge.transfer")


@dataclass
class Moved:
    """What became of a move.

    Attributes:
        place: where the district is now, without a password.
        old: where its old tables are kept.
        rows: number of rows copied.
        pause: seconds for which writes to the district waited.
        lost: what the new database could not take over.
    """

    place: str
    old: str
    rows: int = 0
    pause: float = 0.0
    lost: list[str] = field(default_factory=list)


async def move(server: Server, code: str, to: str, told: Told) -> Moved:
    """Move a district.

    Args:
        server: over the catalog; it follows the move itself.
        code: of the district.
        to: a database URL, or `embedded` for a file in the data folder.
        told: of the progress.

    Raises:
        MoveUnderWay: when another command is moving it.
        WritersBusy: when writes that began before do not end.
        CopyFailed: when the copy is not what it should be.
    """
    await give_up_unfinished(server, code)
    record = await server.catalog.district(code)
    if record is None:
        raise DistrictUnknown(district=code[:12])
    moves = Moves(server.catalog)
    spot = fresh_spot(server.catalog, server.settings.data, code, to)
    place = server.catalog.place_of(code, spot.url, spot.schema)
    async with reading(record.place) as tables:
        before = await tables.contents()
        revisions = await revisions_in(tables, before)
    move_id = await moves.begin(code, spot)
    moved = Moved(told_place(place), told_place(record.place))
    try:
        async with moves.alive(move_id):
            await make_tables(place, server.plugins, revisions)
            async with filling(place) as target:
                moved.lost = await make_ready(target, before)
                await moves.hold_writes(move_id)
                await asyncio.sleep(_notice(server, record.place))
                began = perf_counter()
                await _copy(record.place, before, target, told, moved)
            async with server.catalog.changing() as session:
                await moves.switch(session, move_id)
            moved.pause = perf_counter() - began
    except BaseException:
        if not await _is_at(server, code, place):
            await give_up(server, moves, move_id)
            raise
    await server.reload()
    await take_statistics(place)
    async with server.district(code).work() as ctx:
        ctx.audit("platform.district.moved", detail={"rows": moved.rows})
    return moved


def _notice(server: Server, old: Place) -> float:
    """Return the seconds that servers get to hear of the move.

    On PostgreSQL a write that waits at the locks keeps a connection from those who read: few should.
    """
    if old.is_sqlite:
        return 0.0
    return NOTICE if not server.catalog.place.is_sqlite else server.settings.catalog_poll + NOTICE


async def _copy(old: Place, before: Contents, target: Tables, told: Told, moved: Moved) -> None:
    """Copy, compare and commit while writes wait, and fence the old place."""
    async with frozen(old) as tables:
        contents = await tables.contents()
        if contents.shapes != before.shapes:
            raise CopyFailed("the district was upgraded meanwhile; try again.")
        origin = origin_of(tables, contents)
        await fill(target, origin, told)
        moved.rows = sum(origin.copied.values())
        await tables.fence()


async def _is_at(server: Server, code: str, place: Place) -> bool:
    """Say whether the catalog names the new place: the switch may have been the last that succeeded."""
    record = await server.catalog.district(code)
    return record is not None and record.place == place


async def give_up_unfinished(server: Server, code: str) -> int:
    """Clear up after moves and restores that were broken off; return how many there were.

    Raises:
        MoveUnderWay: when one of them is still going on.
    """
    moves = Moves(server.catalog)
    unfinished = [one for one in await moves.of(code) if one.switched_at is None]
    for one in unfinished:
        if moves.is_going_on(one):
            raise MoveUnderWay(district=code)
        await give_up(server, moves, one.id)
    return len(unfinished)


async def give_up(server: Server, moves: Moves, move: UUID) -> None:
    """Throw away what was made of a new place, and have the old one take writes as before."""
    row = await moves.get(move)
    if row is None:
        return
    await _lift_fence(moves, row)  # first: that the new place cannot be reached must not keep writes out
    await moves.hold_writes(move, on=False)
    await drop_place(moves.new_place(row))
    await moves.forget(move)
    with suppress(OSError, DBAPIError, asyncpg.PostgresError):
        await server.reload()


async def _lift_fence(moves: Moves, row: Move) -> None:
    old = moves.old_place(row)
    if old is not None and not old.is_absent():
        async with filling(old) as tables:
            await tables.lift_fence()


@dataclass(frozen=True)
class Kept:
    """A place that a district left."""

    move: UUID
    place: Place
    since: str


async def kept_places(server: Server, code: str) -> list[Kept]:
    """Return the places that a district left and that still hold its old tables."""
    moves = Moves(server.catalog)
    found = []
    for one in await moves.of(code):
        old = moves.old_place(one)
        if one.switched_at is not None and old is not None:
            found.append(Kept(one.id, old, one.switched_at.isoformat(timespec="seconds")))
    return found


async def forget_places(server: Server, code: str) -> list[str]:
    """Remove the tables that a district left behind; return where they were.

    Raises:
        CopyFailed: when one of them is where the district lives.
    """
    moves, gone = Moves(server.catalog), []
    for one in await kept_places(server, code):
        if await _is_at(server, code, one.place):
            raise CopyFailed(f"{told_place(one.place)} is where it lives.")
        await drop_place(one.place)
        await moves.forget(one.move)
        gone.append(told_place(one.place))
    return gone
