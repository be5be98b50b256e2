"""A restore makes exactly what the backup holds, on either database, or changes nothing at all."""

from pathlib import Path
from typing import Any

import pytest
from asyncpg import InvalidSchemaNameError
from sqlalchemy import select, text

from wangge._host.databases import Place
from wangge._host.erasures import apply_erasures
from wangge._host.lifecycle import suspend
from wangge._host.migrator import versions
from wangge._host.runtime import Server
from wangge._host.transfer import restore as restoring
from wangge._host.transfer.backup import back_up
from wangge._host.transfer.failures import BackupUnreadable, CopyFailed, DistrictThere
from wangge._host.transfer.moving import kept_places
from wangge._host.transfer.places import Moves
from wangge._host.transfer.postgres import PostgresTables
from wangge._host.transfer.restore import restore
from wangge._host.transfer.rows import Batches
from wangge._host.transfer.shapes import Shape
from wangge._host.transfer.sqlite import SqliteTables
from wangge._host.transfer.tables import filling
from wangge.auth.models import Erasure
from wangge.db.sealing import KeyRing
from wangge.districts.models import PluginState
from wangge.testing.districts import TestDistrict
from wangge_schema.people.models import Person
from wangge_volunteer_points.models import Volunteer

from .conftest import COUNT, CREATE, contents_of, differences_of, digests_of, new_grid, nothing_told

OWN = {"wangge_audit_entries", "wangge_audit_head"}
"""Tables that a restore itself writes to, once the rows stand."""


@pytest.fixture
async def archive(settled: TestDistrict, tmp_path: Path) -> Path:
    """A backup of the district."""
    path = tmp_path / "370703.wangge"
    await back_up(settled.server.district(settled.code), path, nothing_told)
    return path


def place_of(server: Server, code: str) -> Place:
    """Return where a district lives."""
    return server.district(code).record.place


def without(found: dict[str, tuple[int, str]], names: set[str]) -> dict[str, tuple[int, str]]:
    """Return the tables but for some."""
    return {name: one for name, one in found.items() if name not in names}


@pytest.mark.parametrize("to", ["sqlite", "postgresql"])
async def test_what_is_restored_is_what_was_there(
    settled: TestDistrict, archive: Path, elsewhere: dict[str, str], to: str
) -> None:
    if to not in elsewhere:
        pytest.skip("no PostgreSQL to test on")
    server = settled.server
    before = await digests_of(place_of(server, settled.code))

    restored = await restore(server, archive, nothing_told, code="370799", to=elsewhere[to])

    after = await digests_of(place_of(server, "370799"))
    assert without(after, OWN) == without(before, OWN)
    assert after["wangge_audit_entries"][0] == before["wangge_audit_entries"][0] + 1
    assert restored.rows == sum(rows for rows, _ in before.values())
    assert (restored.lost, restored.old, restored.upgraded) == ([], None, [])
    assert await differences_of(server, "370799") == {"core": [], "base": [], "volunteer_points": []}
    assert place_of(server, "370799").is_sqlite == (to == "sqlite")


async def test_a_restored_district_answers_and_goes_on(settled: TestDistrict, archive: Path) -> None:
    client = settled.client("district_admin")
    before = await client.data(COUNT)
    numbers = await outbox_numbers(settled)
    restored = await restore(settled.server, archive, nothing_told, replace=True)
    assert restored.old is not None

    again = await client.data(COUNT)
    made = await client.data(CREATE, input=await new_grid(settled, "新区"))

    assert again == before
    assert made["createGrid"]["userErrors"] == []
    assert (await outbox_numbers(settled))[-1] > max(numbers)
    assert await Moves(settled.server.catalog).of(settled.code) != []
    assert [one.place for one in await kept_places(settled.server, settled.code)] != []


async def outbox_numbers(district: TestDistrict) -> list[int]:
    """Return the numbers of the district's events."""
    async with district.context() as ctx:
        rows = await ctx.db.session.execute(
            text(f"SELECT number FROM {await prefix(district)}wangge_outbox ORDER BY 1")
        )
        return [row[0] for row in rows] or [0]


async def prefix(district: TestDistrict) -> str:
    """Return what a table's name begins with in plain SQL."""
    place = place_of(district.server, district.code)
    return "" if place.is_sqlite else f'"{place.schema}".'


async def test_a_restored_database_is_made_like_a_fresh_one(settled: TestDistrict, archive: Path) -> None:
    await restore(settled.server, archive, nothing_told, code="370799")

    first = await contents_of(place_of(settled.server, settled.code))
    second = await contents_of(place_of(settled.server, "370799"))

    assert second.shapes == first.shapes  # columns, keys, indexes, references, checks, triggers
    assert second.functions == first.functions
    assert any(one.after for one in second.shapes.values())
    assert second.sequences.get("wangge_outbox") == first.sequences.get("wangge_outbox")


async def test_sequences_go_on_above_the_highest_number_ever_given(
    settled: TestDistrict, tmp_path: Path
) -> None:
    await settled.client("district_admin").data(CREATE, input=await new_grid(settled, "一"))
    last = (await outbox_numbers(settled))[-1]
    async with settled.committed() as ctx:
        await ctx.db.session.execute(text(f"DELETE FROM {await prefix(settled)}wangge_outbox"))
    path = tmp_path / "b.wangge"
    await back_up(settled.server.district(settled.code), path, nothing_told)

    await restore(settled.server, path, nothing_told, replace=True)
    await settled.client("district_admin").data(CREATE, input=await new_grid(settled, "二"))

    assert (await outbox_numbers(settled))[-1] > (
        last if not place_of(settled.server, settled.code).is_sqlite else 0
    )


async def test_the_rows_of_a_suspended_programme_come_back(settled: TestDistrict, tmp_path: Path) -> None:
    before = await digests_of(place_of(settled.server, settled.code))
    await suspend(settled.server.district(settled.code), "volunteer_points")
    path = tmp_path / "b.wangge"
    await back_up(settled.server.district(settled.code), path, nothing_told)

    await restore(settled.server, path, nothing_told, replace=True)

    record = settled.server.district(settled.code).record
    assert record.states["volunteer_points"].state is PluginState.SUSPENDED
    after = await digests_of(record.place)
    ours = {name for name in before if name.startswith(("volunteer_points_", "wangge_version_"))}
    assert {name: after[name] for name in ours} == {name: before[name] for name in ours}
    assert Volunteer.__tablename__ in ours


GONE = (
    "CREATE TABLE {p}gone_things (id {uuid} PRIMARY KEY, person_id {uuid} REFERENCES {p}base_people (id) "
    "ON DELETE CASCADE, name VARCHAR(20) NOT NULL, amount INTEGER CHECK (amount > 0), body {bytes}, "
    "at {instant}, UNIQUE (name))",
    "CREATE INDEX ix_gone_things_at ON {p}gone_things (at)",
    "CREATE INDEX ix_gone_things_amount ON {p}gone_things (amount) WHERE amount > 5",
    "CREATE TABLE {p}wangge_version_gone (version_num VARCHAR(32) NOT NULL PRIMARY KEY)",
    "INSERT INTO {p}wangge_version_gone VALUES ('0007')",
)
TYPES = {
    "sqlite": {"uuid": "CHAR(32)", "bytes": "BLOB", "instant": "DATETIME"},
    "postgresql": {"uuid": "uuid", "bytes": "bytea", "instant": "timestamptz"},
}


@pytest.fixture
async def with_gone(settled: TestDistrict) -> TestDistrict:
    """The district with tables of a programme whose package is not installed any more."""
    place, p = place_of(settled.server, settled.code), await prefix(settled)
    backend = "sqlite" if place.is_sqlite else "postgresql"
    row = "x'00ff5c0a'" if place.is_sqlite else "'\\x00ff5c0a'"
    async with filling(place) as tables:
        for statement in GONE:
            await tables.make([statement.format(p=p, **TYPES[backend])])
        await tables.make(
            [
                f"INSERT INTO {p}gone_things SELECT id, id, 'A\\B', 7, {row}, "
                f"'2026-01-02 03:04:05.000006' FROM {p}base_people LIMIT 1"
            ]
        )
    return settled


async def test_tables_of_an_uninstalled_programme_come_back_as_they_were(
    with_gone: TestDistrict, tmp_path: Path
) -> None:
    server, path = with_gone.server, tmp_path / "b.wangge"
    before = await contents_of(place_of(server, with_gone.code))
    rows = await digests_of(place_of(server, with_gone.code))
    await back_up(server.district(with_gone.code), path, nothing_told)

    restored = await restore(server, path, nothing_told, code="370799")

    after = await contents_of(place_of(server, "370799"))
    assert restored.lost == []
    assert after.shapes == before.shapes
    assert (await digests_of(place_of(server, "370799")))["gone_things"] == rows["gone_things"]
    assert rows["gone_things"][0] == 1


async def test_on_the_other_database_they_keep_rows_and_keys_and_what_is_lost_is_said(
    with_gone: TestDistrict, elsewhere: dict[str, str], tmp_path: Path
) -> None:
    server, path = with_gone.server, tmp_path / "b.wangge"
    here = place_of(server, with_gone.code)
    other = elsewhere.get("postgresql" if here.is_sqlite else "sqlite")
    if other is None:
        pytest.skip("no PostgreSQL to test on")
    before = await contents_of(here)
    rows = await digests_of(here)
    await back_up(server.district(with_gone.code), path, nothing_told)

    restored = await restore(server, path, nothing_told, code="370799", to=other)

    after = (await contents_of(place_of(server, "370799"))).shapes["gone_things"]
    assert (await digests_of(place_of(server, "370799")))["gone_things"] == rows["gone_things"]
    assert after.references == before.shapes["gone_things"].references
    assert after.primary_key == ("id",)
    assert {(one.columns, one.unique) for one in after.indexes} == {(("at",), False), (("name",), True)}
    assert any("check" in one for one in restored.lost)


async def test_a_district_that_is_there_is_not_replaced_unasked(settled: TestDistrict, archive: Path) -> None:
    before, place = await state_of(settled.server), place_of(settled.server, settled.code)

    with pytest.raises(DistrictThere):
        await restore(settled.server, archive, nothing_told)

    assert await state_of(settled.server) == before
    assert place_of(settled.server, settled.code) == place


async def test_another_key_ring_is_found_before_anything_is_made(
    settled: TestDistrict, archive: Path
) -> None:
    before = await state_of(settled.server)
    settled.server.keys = KeyRing({1: bytes(32)}, bytes(32))

    with pytest.raises(BackupUnreadable, match="digest key of this server's ring is another one"):
        await restore(settled.server, archive, nothing_told, code="370799")

    assert await state_of(settled.server) == before


def files_in(folder: Path) -> list[str]:
    """Return the names of all files below a folder."""
    return [one.name for one in folder.rglob("*")]


async def is_there(place: Place) -> bool:
    """Say whether a database is there at all."""
    if place.is_sqlite:
        return not place.is_absent()
    try:
        return bool((await contents_of(place)).shapes)
    except InvalidSchemaNameError:
        return False


async def state_of(server: Server) -> list[tuple[str, Place, str]]:
    """Return what the catalog says, with the moves it knows of."""
    records = await server.catalog.districts()
    moves = [str(one.id) for code in ("370703", "370799") for one in await Moves(server.catalog).of(code)]
    return [(one.code, one.place, " ".join(moves)) for one in records]


async def test_wherever_a_restore_breaks_off_nothing_is_seen_and_it_can_be_repeated(
    settled: TestDistrict, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await state_of(settled.server)

    for step in ("make_tables", "make_ready", "fill", "_enter"):
        with monkeypatch.context() as patch:
            patch.setattr(restoring, step, _cut_after(None if step == "_enter" else getattr(restoring, step)))
            with pytest.raises(ConnectionError):
                await restore(settled.server, archive, nothing_told, code="370799")
        assert await state_of(settled.server) == before
        assert [one for one in files_in(settled.server.settings.data) if "370799" in one] == []

    assert (await restore(settled.server, archive, nothing_told, code="370799")).rows > 0


def _cut_after(genuine: Any) -> Any:  # a step of the restore, and what stands in for it
    """Return a step that does its work, if it has any, and fails then."""

    async def cut(*args: object) -> None:
        if genuine is not None:
            await genuine(*args)
        raise ConnectionError("cut")

    return cut


async def test_what_a_killed_restore_left_is_cleared_up_by_the_next(
    settled: TestDistrict, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nothing(*_: object) -> None: ...

    async def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(restoring, "fill", killed)
        patch.setattr(restoring, "give_up", nothing)
        with pytest.raises(KeyboardInterrupt):
            await restore(settled.server, archive, nothing_told, code="370799")
    moves = Moves(settled.server.catalog)
    (left,) = await moves.of("370799")
    half_made = moves.new_place(left)
    async with settled.server.catalog.changing() as session:
        row = await session.merge(left)
        row.alive_until = row.started_at

    await restore(settled.server, archive, nothing_told, code="370799")

    assert not await is_there(half_made)
    assert await moves.of("370799") == []


async def test_rows_that_do_not_arrive_are_noticed(
    settled: TestDistrict, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = await state_of(settled.server)
    for kind in (PostgresTables, SqliteTables):
        monkeypatch.setattr(kind, "load", _losing(kind.load))

    with pytest.raises(CopyFailed, match="base_people holds other rows"):
        await restore(settled.server, archive, nothing_told, code="370799")

    assert await state_of(settled.server) == before


def _losing(genuine: Any) -> Any:  # a method that loads a table, and what stands in for it
    """Return a method that loses the last row of each batch of people."""

    async def load(self: Any, shape: Shape, batches: Batches) -> None:
        async def fewer() -> Batches:
            async for batch in batches:
                yield batch[:-1] if shape.name == "base_people" else batch

        await genuine(self, shape, fewer())

    return load


async def test_an_older_district_is_brought_to_the_installed_packages(
    settled: TestDistrict, tmp_path: Path
) -> None:
    from wangge._host.migrator import downgrade, packages_of

    server, path = settled.server, tmp_path / "b.wangge"
    district = server.district(settled.code)
    packages = {one.slug: one for one in packages_of(district.plugins)}
    await downgrade(district.record.place, packages["volunteer_points"], "0001")
    await back_up(district, path, nothing_told)

    restored = await restore(server, path, nothing_told, code="370799")

    assert restored.upgraded == ["volunteer_points"]
    found = await versions(place_of(server, "370799"), [packages["volunteer_points"]])
    assert found == {"volunteer_points": packages["volunteer_points"].head()}
    assert await differences_of(server, "370799") == {"core": [], "base": [], "volunteer_points": []}


async def test_who_was_erased_since_the_backup_is_erased_again(settled: TestDistrict, archive: Path) -> None:
    named = select(Person.id).where(Person.name == "欧阳密语")
    async with settled.context() as ctx:
        key = await ctx.db.scalar(named)
    await apply_erasures(settled.server.district(settled.code), [key])

    restored = await restore(settled.server, archive, nothing_told, replace=True)

    assert restored.erased == 1
    async with settled.context() as ctx:
        assert await ctx.db.scalar(named) is None
        assert await ctx.db.scalar(select(Erasure.person_id)) == key
