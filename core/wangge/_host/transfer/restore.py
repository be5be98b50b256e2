"""Makes a district from a backup: checked first, made at a new place, compared, entered in the catalog."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from wangge._host.databases import Place
from wangge._host.erasures import apply_erasures, pending_erasures
from wangge._host.lifecycle import upgrade_district
from wangge._host.runtime import Server
from wangge._host.transfer.archive import Archive
from wangge._host.transfer.backup import check_keys
from wangge._host.transfer.copying import Origin, Told, fill, known_packages, make_ready, make_tables
from wangge._host.transfer.failures import DistrictThere
from wangge._host.transfer.moving import give_up, give_up_unfinished
from wangge._host.transfer.places import Moves, fresh_spot, told_place
from wangge._host.transfer.rows import Row
from wangge._host.transfer.shapes import Shape
from wangge._host.transfer.tables import filling, frozen, take_statistics
from wangge.auth.models import Erasure
from wangge.districts.models import (
    District,
    DistrictKind,
    DistrictPluginState,
    PluginSettings,
    PluginState,
)


@dataclass
class Restored:
    """What became of a restore.

    Attributes:
        code: of the district.
        place: where it is, without a password.
        taken_at: when the backup was made: what was erased since then must be erased again.
        rows: number of rows.
        old: where the tables of a district that was replaced are kept.
        lost: what the database could not take over, because it is the other's own.
        upgraded: packages that were brought to the installed revision.
        erased: persons erased again, because the district that was replaced had erased them.
    """

    code: str
    place: str
    taken_at: str
    rows: int
    old: str | None = None
    lost: list[str] = field(default_factory=list)
    upgraded: list[str] = field(default_factory=list)
    erased: int = 0


async def restore(
    server: Server,
    path: Path,
    told: Told,
    *,
    code: str | None = None,
    to: str | None = None,
    replace: bool = False,
) -> Restored:
    """Make a district from a backup.

    Args:
        server: over the catalog; it serves the district afterwards.
        path: of the backup.
        told: of the progress.
        code: under which it is entered, when not its own.
        to: a database URL; None for beside the catalog.
        replace: whether it takes the place of a district that is there.

    Raises:
        BackupUnreadable: when the file is damaged, or the server's keys do not open it.
        DistrictThere: when there is a district with this code and `replace` is not said.
        CopyFailed: when what stands there is not what the file holds.
    """
    archive = Archive(path)
    try:
        await _check(server, archive, told)
        code = code or str(archive.manifest["district"]["code"])
        if await server.catalog.district(code) is not None and not replace:
            raise DistrictThere(district=code)
        restored = await _restore(server, archive, code, to, told)
    finally:
        archive.close()
    erased = await _erased(server, code) if restored.old is not None else []
    await server.reload()
    district = server.district(code)
    restored.upgraded = await upgrade_district(district)
    restored.erased = await apply_erasures(district, erased, lambda: told("erasing again", 1))
    async with district.work() as ctx:
        ctx.audit("platform.district.restored", detail={"taken_at": restored.taken_at})
    return restored


async def _erased(server: Server, code: str) -> list[UUID]:
    """Return who was erased in the district that was replaced: the backup may know them still."""
    there = server.district(code)
    async with there.engines.open(write=False) as db:
        if Erasure.__tablename__ not in await db.tables():
            return []
    return await pending_erasures(there)


async def _check(server: Server, archive: Archive, told: Told) -> None:
    """Say what would go wrong before anything is changed."""
    reason = check_keys(archive.manifest, server.keys)
    if reason is not None:
        raise archive.refusal(reason)
    known_packages(server.plugins, archive.manifest["revisions"])
    archive.check(lambda rows: told("checking", rows))


async def _restore(server: Server, archive: Archive, code: str, to: str | None, told: Told) -> Restored:
    await give_up_unfinished(server, code)
    moves = Moves(server.catalog)
    spot = fresh_spot(server.catalog, server.settings.data, code, to)
    place = server.catalog.place_of(code, spot.url, spot.schema)
    move_id = await moves.begin(code, spot)
    try:
        async with moves.alive(move_id):
            await make_tables(place, server.plugins, archive.manifest["revisions"])
            async with filling(place) as tables:
                lost = await make_ready(tables, archive.contents())
                await fill(tables, _origin(archive), told)
            await take_statistics(place)
            old = await _enter(server, moves, move_id, archive, code)
    except BaseException:
        record = await server.catalog.district(code)
        if record is None or record.place != place:
            await give_up(server, moves, move_id)
            raise
        old = None
    taken_at = str(archive.manifest["taken_at"])
    kept = told_place(old) if old is not None else None
    return Restored(code, told_place(place), taken_at, archive.rows_in_all, kept, lost)


def _origin(archive: Archive) -> Origin:
    members = {one.shape.name: one for one in archive.members}

    def rows(shape: Shape) -> AsyncIterator[Sequence[Row]]:
        return archive.rows(members[shape.name])

    return Origin(archive.contents(), rows)


async def _enter(server: Server, moves: Moves, move_id: UUID, archive: Archive, code: str) -> Place | None:
    """Enter the district in the catalog; the tables of one that it replaces take no writes from now on."""
    there = await server.catalog.district(code)
    if there is not None and not there.place.is_absent():
        async with frozen(there.place) as tables:
            await tables.fence()
    async with server.catalog.changing() as session:
        known: dict[str, Any] = archive.manifest["district"]
        district = await session.get(District, code)
        if district is None:
            district = District(code=code)
            session.add(district)
        district.name, district.kind = known["name"], DistrictKind[known["kind"]]
        await session.flush()
        for table in (DistrictPluginState, PluginSettings):
            await session.execute(delete(table).where(table.district_code == code))
        session.add_all(_states(code, known))
        session.add_all(
            PluginSettings(district_code=code, slug=slug, settings=values)
            for slug, values in known["settings"].items()
        )
        await moves.switch(session, move_id)
    return there.place if there else None


def _states(code: str, known: dict[str, Any]) -> list[DistrictPluginState]:
    return [
        DistrictPluginState(
            district_code=code,
            slug=one["slug"],
            state=PluginState[one["state"]],
            version=one["version"],
            enabled_at=datetime.fromisoformat(one["enabled_at"]) if one["enabled_at"] else None,
            title=one.get("title"),  # backups of before have none
        )
        for one in known["plugins"]
    ]
