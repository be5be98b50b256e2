"""What a programme's tables point to: nothing of the base is held fast by them."""

from typing import Any

from sqlalchemy import Connection, delete, insert, inspect, select, update
from sqlalchemy.exc import DBAPIError
from uuid_utils.compat import uuid7

from wangge._host.plugins import LoadedPlugin
from wangge.context import RequestContext
from wangge.testing.proofs.proving import Proof
from wangge.testing.proofs.seeds import FAR, key
from wangge.testing.proofs.tables import GRIDS, PEOPLE, is_bound, table
from wangge.testing.reporting import checks, insist

FREEING = {"CASCADE", "SET NULL"}


def _plugin(proof: Proof) -> LoadedPlugin:
    assert proof.slug is not None  # the suite asks for one programme
    return proof.full.server.plugins.loaded[proof.slug]


@checks("foreign_keys")
def test_the_database_knows_what_becomes_of_its_rows_when_what_they_point_to_goes(proof: Proof) -> None:
    """In the tables as they are, each foreign key to the base says ON DELETE CASCADE or SET NULL."""
    insist(proof.runner.run(_holding_keys(proof)))


async def _holding_keys(proof: Proof) -> list[str]:
    names = [str(model.__tablename__) for model in _plugin(proof).models]

    def look(connection: Connection) -> list[str]:
        places = connection.get_execution_options().get("schema_translate_map") or {}
        reflected = inspect(connection)
        return [
            f"{name}.{', '.join(one['constrained_columns'])} → {one['referred_table']} has ON DELETE "
            f"{one['options'].get('ondelete', 'NO ACTION')}."
            for name in names
            for one in reflected.get_foreign_keys(name, schema=places.get(None))
            if one["referred_table"].startswith("base_")
            and str(one["options"].get("ondelete", "")).upper() not in FREEING
        ]

    async with proof.full.context() as ctx:
        return await (await ctx.db.session.connection()).run_sync(look)


@checks("foreign_keys")
def test_a_person_and_a_grid_can_be_deleted_while_it_has_rows_of_theirs(proof: Proof) -> None:
    """Nothing of the programme keeps anybody from deleting what the base keeps; all of it is taken back."""
    insist(proof.runner.run(_holding_rows(proof)))


async def _holding_rows(proof: Proof) -> list[str]:
    async with proof.full.context() as ctx:
        found = [await _deleted(ctx, PEOPLE, key(table(PEOPLE), FAR))]
    async with proof.full.context() as ctx:
        grid = await _moved(ctx, proof)
        found.append(await _deleted(ctx, GRIDS, grid))
    return [one for one in found if one is not None]


async def _moved(ctx: RequestContext, proof: Proof) -> Any:  # a key
    """Make a grid beside one with planted rows, and bind the programme's rows to it; return its key."""
    session, rows = ctx.db.session, table(GRIDS).__table__
    old = proof.crop.grids[FAR]
    known = dict((await session.execute(select(rows).where(rows.c.id == old.id))).mappings().one())
    made = {**known, "id": uuid7(), "code": f"{known['code']}9", "number": 1_000_000}
    await session.execute(insert(rows), made)
    for model in _plugin(proof).models:
        if is_bound(model):
            bound: Any = model.__table__  # a Table
            moved = update(bound).where(bound.c.grid_id == old.id).values(grid_id=made["id"])
            await session.execute(moved)
    return made["id"]


async def _deleted(ctx: RequestContext, name: str, id: Any) -> str | None:  # a key
    """Delete a row of the base, or say what keeps it."""
    rows = table(name).__table__
    try:
        await ctx.db.session.execute(delete(rows).where(rows.c.id == id))
    except DBAPIError as error:
        return f"A row of {name} cannot be deleted: {str(error.orig).splitlines()[0]}"
    return None
