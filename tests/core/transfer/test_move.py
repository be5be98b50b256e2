"""A move ends at one live place, whatever happens on the way, and no write is answered that is not there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from wangge._host.databases import Engines, Place
from wangge._host.runtime import Server
from wangge._host.transfer import copying, moving
from wangge._host.transfer.failures import CopyFailed, MoveUnderWay
from wangge._host.transfer.moving import forget_places, give_up_unfinished, kept_places, move
from wangge._host.transfer.places import Moves
from wangge._host.transfer.postgres import PostgresTables
from wangge._host.transfer.rows import Batches
from wangge._host.transfer.shapes import Shape
from wangge._host.transfer.sqlite import SqliteTables
from wangge._host.transfer.tables import frozen
from wangge.errors import DistrictMoving
from wangge.testing.districts import TestDistrict
from wangge.testing.worlds import DISTRICT, OTHER

from .conftest import COUNT, CREATE, differences_of, digests_of, new_grid, nothing_told

ONE_MORE = {"wangge_audit_entries", "wangge_audit_head"}


def place_of(server: Server, code: str = DISTRICT) -> Place:
    """Return where a district lives."""
    return server.district(code).record.place


@pytest.mark.parametrize("to", ["sqlite", "postgresql"])
async def test_a_district_answers_from_its_new_place_and_the_old_is_kept(
    settled: TestDistrict, elsewhere: dict[str, str], to: str
) -> None:
    if to not in elsewhere:
        pytest.skip("no PostgreSQL to test on")
    server, client = settled.server, settled.client("district_admin")
    old, answer = place_of(server), await client.data(COUNT)
    rows = await digests_of(old)

    moved = await move(server, DISTRICT, elsewhere[to], nothing_told)

    new = place_of(server)
    assert new.is_sqlite == (to == "sqlite")
    assert new.url != old.url
    now = await digests_of(new)
    assert {name: now[name] for name in now if name not in ONE_MORE} == {
        name: rows[name] for name in rows if name not in ONE_MORE
    }
    assert moved.rows == sum(count for count, _ in rows.values())
    assert moved.lost == []
    assert await client.data(COUNT) == answer
    assert (await client.data(CREATE, input=await new_grid(settled, "新区")))["createGrid"][
        "userErrors"
    ] == []
    assert await differences_of(server, DISTRICT) == {"core": [], "base": [], "volunteer_points": []}
    assert [one.place for one in await kept_places(server, DISTRICT)] == [old]
    assert await digests_of(old) == rows


async def test_the_old_place_takes_no_write_ever_again(settled: TestDistrict) -> None:
    server = settled.server
    old = place_of(server)
    rows = await digests_of(old)
    engines = Engines(old)  # a process that has not heard of the move yet
    prefix = "" if old.is_sqlite else f'"{old.schema}".'
    await move(server, DISTRICT, "embedded", nothing_told)

    for statement in (
        f"INSERT INTO {prefix}wangge_version_base VALUES ('9')",
        f"UPDATE {prefix}base_people SET name = 'x'",
        f"DELETE FROM {prefix}wangge_outbox" if not old.is_sqlite else f"DELETE FROM {prefix}base_people",
    ):
        async with engines.session(write=True) as session:
            with pytest.raises(DistrictMoving):
                await session.execute(text(statement))
    await engines.dispose()

    assert await digests_of(old) == rows


async def test_what_was_left_behind_goes_when_it_is_told_to(settled: TestDistrict) -> None:
    server = settled.server
    old = place_of(server)
    await move(server, DISTRICT, "embedded", nothing_told)
    await move(server, DISTRICT, "embedded", nothing_told)
    assert len(await kept_places(server, DISTRICT)) == 2

    gone = await forget_places(server, DISTRICT)

    assert len(gone) == 2
    assert await kept_places(server, DISTRICT) == []
    if old.is_sqlite:
        assert old.is_absent()
    assert (await settled.client("district_admin").execute(COUNT)).get("errors") is None


async def test_wherever_a_move_breaks_off_the_district_goes_on_where_it_was(
    settled: TestDistrict, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, client = settled.server, settled.client("district_admin")
    old = place_of(server)

    for step in ("make_tables", "make_ready", "_copy", "fill"):
        genuine = getattr(moving, step)

        async def broken(*args: object, genuine: Any = genuine) -> None:
            await genuine(*args)
            raise ConnectionError("cut")

        with monkeypatch.context() as patch:
            patch.setattr(moving, step, broken)
            with pytest.raises(ConnectionError):
                await move(server, DISTRICT, "embedded", nothing_told)
        assert place_of(server) == old
        assert await Moves(server.catalog).of(DISTRICT) == []
        made = await client.data(CREATE, input=await new_grid(settled, f"照旧{step}"))
        assert made["createGrid"]["userErrors"] == []


async def test_a_fence_is_lifted_though_the_new_place_cannot_be_reached_any_more(
    settled: TestDistrict, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, client = settled.server, settled.client("district_admin")
    old = place_of(server)

    async def broken(*_: object) -> None:
        raise ConnectionError("cut")

    with monkeypatch.context() as patch:
        patch.setattr(Moves, "switch", broken)
        patch.setattr(moving, "drop_place", broken)
        with pytest.raises(ConnectionError):
            await move(server, DISTRICT, "embedded", nothing_told)
    await server.reload()

    assert place_of(server) == old
    made = await client.data(CREATE, input=await new_grid(settled, "照旧"))
    assert made["createGrid"]["userErrors"] == []


async def test_a_catalog_that_fails_at_the_switch_leaves_the_district_where_it_was(
    settled: TestDistrict, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, old = settled.server, place_of(settled.server)

    async def broken(*_: object) -> None:
        raise ConnectionError("cut")

    with monkeypatch.context() as patch:
        patch.setattr(Moves, "switch", broken)
        with pytest.raises(ConnectionError):
            await move(server, DISTRICT, "embedded", nothing_told)

    assert place_of(server) == old
    made = await settled.client("district_admin").data(CREATE, input=await new_grid(settled, "照旧"))
    assert made["createGrid"]["userErrors"] == []


@asynccontextmanager
async def killed(
    server: Server, monkeypatch: pytest.MonkeyPatch, at: object, step: str
) -> AsyncIterator[None]:
    """Kill a move after a step: nothing clears up behind it, and the lease runs out."""

    async def nothing(*_: object) -> None: ...

    async def kill(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(at, step, kill)
        patch.setattr(moving, "give_up", nothing)
        with pytest.raises(KeyboardInterrupt):
            await move(server, DISTRICT, "embedded", nothing_told)
    yield
    (left,) = await Moves(server.catalog).of(DISTRICT)
    async with server.catalog.changing() as session:
        row = await session.merge(left)
        row.alive_until = row.started_at
    await server.reload()


async def test_a_killed_move_holds_writes_back_until_its_lease_runs_out(
    settled: TestDistrict, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, client = settled.server, settled.client("district_admin")
    given = await new_grid(settled, "照旧")
    monkeypatch.setattr("wangge._host.runtime.MOVING_PATIENCE", 0.1)
    async with killed(server, monkeypatch, moving, "_copy"):
        await server.reload()
        response = await client.post(CREATE, input=given)
        assert response.status_code == 503
        assert response.headers["retry-after"] == "2"
        assert [one["extensions"]["code"] for one in response.json()["errors"]] == ["DISTRICT_MOVING"]
        assert "data" not in response.json()
        assert (await client.execute(COUNT)).get("errors") is None
        with pytest.raises(MoveUnderWay):
            await move(server, DISTRICT, "embedded", nothing_told)

    made = await client.data(CREATE, input=given)

    assert made["createGrid"]["userErrors"] == []


async def test_a_move_killed_between_fence_and_switch_is_taken_back(
    settled: TestDistrict, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, client = settled.server, settled.client("district_admin")
    old, given = place_of(server), await new_grid(settled, "照旧")
    async with killed(server, monkeypatch, Moves, "switch"):
        pass
    assert place_of(server) == old
    assert (await client.execute(COUNT)).get("errors") is None
    refused = await client.post(CREATE, input=given)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")

    cleared = await give_up_unfinished(server, DISTRICT)

    assert cleared == 1
    assert place_of(server) == old
    assert (await client.data(CREATE, input=given))["createGrid"]["userErrors"] == []


async def test_a_killed_move_is_cleared_up_by_the_next(
    settled: TestDistrict, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, old = settled.server, place_of(settled.server)
    async with killed(server, monkeypatch, Moves, "switch"):
        pass

    await move(server, DISTRICT, "embedded", nothing_told)

    assert place_of(server) != old
    assert len(await Moves(server.catalog).of(DISTRICT)) == 1
    made = await settled.client("district_admin").data(CREATE, input=await new_grid(settled, "新区"))
    assert made["createGrid"]["userErrors"] == []


async def test_a_move_that_another_command_gave_up_does_not_switch(
    settled: TestDistrict, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, old = settled.server, place_of(settled.server)
    genuine = moving._copy

    async def slow(*args: object) -> None:
        await genuine(*args)  # type: ignore[arg-type]
        (going,) = await Moves(server.catalog).of(DISTRICT)
        await Moves(server.catalog).forget(going.id)

    monkeypatch.setattr(moving, "_copy", slow)
    with pytest.raises(CopyFailed, match="another command has given it up"):
        await move(server, DISTRICT, "embedded", nothing_told)

    assert place_of(server) == old


async def test_rows_that_do_not_arrive_are_noticed(
    settled: TestDistrict, elsewhere: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """From PostgreSQL to PostgreSQL rows pass by as they are; otherwise they are written anew."""
    server, old = settled.server, place_of(settled.server)
    by_copy, by_load = PostgresTables.copy_from, SqliteTables.load

    async def lose(tables: Any, shape: Shape) -> None:
        if shape.name == "base_people":
            await tables.make([f"DELETE FROM {shape.name}"])

    async def copy(self: PostgresTables, source: PostgresTables, shape: Shape) -> None:
        await by_copy(self, source, shape)
        await lose(self, shape)

    async def load(self: SqliteTables, shape: Shape, batches: Batches) -> None:
        await by_load(self, shape, batches)
        await lose(self, shape)

    monkeypatch.setattr(PostgresTables, "copy_from", copy)
    monkeypatch.setattr(SqliteTables, "load", load)
    with pytest.raises(CopyFailed, match="base_people holds other rows"):
        await move(server, DISTRICT, elsewhere["sqlite" if old.is_sqlite else "postgresql"], nothing_told)

    assert place_of(server) == old
    assert await Moves(server.catalog).of(DISTRICT) == []


async def test_reads_go_on_and_writes_wait_while_the_rows_are_copied(
    settled: TestDistrict, other_district: TestDistrict, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, client = settled.server, settled.client("district_admin")
    given, genuine = await new_grid(settled, "等待"), copying.fill
    elsewhere = await new_grid_of_other(other_district)
    seen: list[object] = []
    waiting: list[asyncio.Task[dict[str, object]]] = []

    async def meanwhile(*args: object) -> None:
        await genuine(*args)  # type: ignore[arg-type]
        await server.reload()  # what the watcher of a server process does
        waiting.append(asyncio.create_task(client.execute(CREATE, input=given)))
        seen.append((await client.execute(COUNT)).get("errors"))
        written = await other_district.client("district_admin").execute(CREATE, input=elsewhere)
        seen.append(written.get("errors"))
        seen.append(waiting[0].done())

    monkeypatch.setattr(moving, "fill", meanwhile)
    await move(server, DISTRICT, "embedded", nothing_told)

    assert seen == [None, None, False]
    answer = await waiting[0]
    assert answer["data"] == {"createGrid": {"grid": {"name": "等待"}, "userErrors": []}}
    async with settled.context() as ctx:
        prefix = "" if place_of(server).is_sqlite else f'"{place_of(server).schema}".'
        found = await ctx.db.session.execute(
            text(f"SELECT count(*) FROM {prefix}base_grids WHERE name = '等待'")
        )
        assert found.scalar_one() == 1


async def new_grid_of_other(district: TestDistrict) -> dict[str, object]:
    """Return the input that creates a grid in the other district."""
    from sqlalchemy import select

    from wangge import encode_id
    from wangge_schema.grids.models import Grid

    async with district.context() as ctx:
        community = (await ctx.db.scalars(select(Grid.id).where(Grid.code == "370784001045")))[0]
    return {"parent": encode_id("Grid", community), "name": "邻区", "level": "compound", "kind": "BASIC"}


async def test_a_write_that_slipped_by_waits_at_the_lock_and_is_then_refused(settled: TestDistrict) -> None:
    """A process that has not heard of the move: its statement waits, and fails once the fence stands."""
    old = place_of(settled.server)
    rows = await digests_of(old)
    prefix = "" if old.is_sqlite else f'"{old.schema}".'
    engines = Engines(old)

    async def write() -> None:
        async with engines.session(write=True) as session:
            await session.execute(text(f"UPDATE {prefix}base_people SET name = 'x'"))
            await session.commit()

    async with frozen(old) as tables:
        late = asyncio.create_task(write())
        async with engines.session(write=False) as session:  # while it waits, others read
            found = await session.execute(text(f"SELECT count(*) FROM {prefix}base_people"))
            assert found.scalar_one() == 2
        assert not late.done()
        await tables.fence()
    with pytest.raises((DistrictMoving, SQLAlchemyError)) as refused:
        await late
    await engines.dispose()

    assert isinstance(refused.value, DistrictMoving)
    assert await digests_of(old) == rows


async def test_the_other_district_stays_where_it_is(
    settled: TestDistrict, other_district: TestDistrict
) -> None:
    server = settled.server
    place, rows = place_of(server, OTHER), await digests_of(place_of(server, OTHER))
    runtime = server.district(OTHER)

    await move(server, DISTRICT, "embedded", nothing_told)

    assert server.district(OTHER) is runtime
    assert place_of(server, OTHER) == place
    assert await digests_of(place) == rows
    assert (await other_district.client("district_admin").execute(COUNT)).get("errors") is None
