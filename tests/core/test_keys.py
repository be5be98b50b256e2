"""Keys of personal values change while the server runs, and a server with other keys serves nothing."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, text
from typer.testing import CliRunner

from wangge import AuditEntry, ConfigurationError
from wangge._host.cli import app
from wangge._host.key_checks import check_keys
from wangge._host.keys import begin, prune, rotate, sealed_columns, unreadable, values_by_key
from wangge._host.runtime import DistrictRuntime, Server
from wangge.auth.models import PersonalColumn
from wangge.db.sealing import KeyRing
from wangge.testing.districts import TestDistrict
from wangge.testing.worlds import World
from wangge_schema.grids.models import Grid
from wangge_schema.people.models import Dwelling, Person
from wangge_schema.people.rules import DocumentType
from wangge_schema.people.services import create_dwelling, register_person

PHONES = [f"1990000{number:04d}" for number in range(7)]


@pytest.fixture
async def residents(district: TestDistrict) -> list[str]:
    """Seven people with a phone, in a dwelling with an address."""
    async with district.committed() as ctx:
        grid: Grid = await ctx.db.scalar(select(Grid).where(Grid.code == "370703001001001"))
        dwelling = await create_dwelling(ctx, grid_id=grid.id, unit="1", room="101", address="密语路 1 号")
        for number, phone in enumerate(PHONES):
            await register_person(
                ctx,
                name="周" + "甲乙丙丁戊己庚"[number],
                document_type=DocumentType.NONE,
                document_number="",
                phone=phone,
                dwelling_id=dwelling.id,
                purpose="registration",
            )
    return PHONES


def _runtime(district: TestDistrict) -> DistrictRuntime:
    return district.server.district(district.code)


async def _used(district: TestDistrict) -> dict[int, int]:
    runtime = _runtime(district)
    return await values_by_key(runtime, await sealed_columns(runtime))


async def _phones(server: Server, code: str) -> list[str]:
    async with server.district(code).engines.open(write=False) as db:
        ciphers = await db.scalars(select(Person.phone_cipher).where(Person.phone_cipher.is_not(None)))
        return sorted(server.keys.open("phone", one) for one in ciphers)


def _quiet(name: str, done: int, whole: int) -> None:
    pass


async def test_a_rotation_seals_every_value_anew_and_searches_go_on(
    district: TestDistrict, residents: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wangge._host.keys.BATCH", 3)
    before = await _used(district)
    seen: list[tuple[int, int]] = []

    wanted = await begin(district.server, [district.code])
    done = await rotate(_runtime(district), lambda name, at, whole: seen.append((at, whole)))

    assert (wanted, set(before)) == (None, {1})
    assert (done.key, done.values, done.left, done.unreadable) == (2, before[1], 0, ())
    assert await _used(district) == {2: before[1]}
    assert await _phones(district.server, district.code) == residents
    assert seen[-1] == (before[1], before[1])
    assert len(seen) > 3
    query = "query ($phone: String) { people(where: { phone: { eq: $phone } }) { totalCount } }"
    found = await district.client("district_admin").data(query, phone=residents[3])
    assert found == {"people": {"totalCount": 1}}
    async with district.context() as ctx:
        entry = await ctx.db.scalar(select(AuditEntry).where(AuditEntry.action == "platform.keys.rotated"))
    assert entry.detail == {"key": 2, "values": before[1]}


async def test_a_rotation_that_broke_off_goes_on_with_the_key_it_had(
    district: TestDistrict, residents: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(Exception):
        pass

    def break_off(name: str, done: int, whole: int) -> None:
        if done >= 4:
            raise Broken

    monkeypatch.setattr("wangge._host.keys.BATCH", 2)
    await begin(district.server, [district.code])
    with pytest.raises(Broken):
        await rotate(_runtime(district), break_off)
    half = await _used(district)

    await begin(district.server, [district.code])
    done = await rotate(_runtime(district), _quiet)

    assert set(half) == {1, 2}
    assert district.server.keys.numbers == [1, 2]
    assert (done.values, done.left) == (half[1], 0)
    assert await _phones(district.server, district.code) == residents


async def test_another_process_reads_and_writes_with_the_new_key_without_a_restart(
    district: TestDistrict, residents: list[str], world: World
) -> None:
    other = world.server()
    await other.start(watch=False)
    try:
        await begin(district.server, [district.code])
        await rotate(_runtime(district), _quiet)
        assert other.keys.numbers == [1]

        read = await _phones(other, district.code)
        sealed = other.keys.seal("phone", "19912345678", masked="")

        assert read == residents
        assert other.keys.numbers == [1, 2]
        assert district.server.keys.open("phone", sealed.cipher) == "19912345678"
    finally:
        await other.stop()


async def test_a_process_that_is_told_by_the_catalog_seals_with_the_new_key(
    district: TestDistrict, world: World
) -> None:
    other = world.server()
    await other.start(watch=False)
    try:
        await begin(district.server, [district.code])
        before = other.keys.sealing

        await other.reload()

        assert (before, other.keys.sealing) == (1, 2)
    finally:
        await other.stop()


async def test_values_of_programmes_that_are_gone_are_sealed_anew_too(district: TestDistrict) -> None:
    keys = district.server.keys
    cipher = keys.seal("secret", "谁也不知道", masked="").cipher
    other = keys.seal("odd", "另一个", masked="").cipher
    kind = "BLOB" if _runtime(district).record.place.is_sqlite else "BYTEA"
    async with district.committed() as ctx:
        connection = await ctx.db.session.connection()
        schema = _runtime(district).record.place.schema
        table = "gone_notes" if schema is None else f'"{schema}".gone_notes'
        await connection.exec_driver_sql(
            f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, secret_cipher {kind}, odd {kind}, plain {kind})"
        )
        row = text(f"INSERT INTO {table} VALUES (1, :cipher, :odd, :plain)")
        await connection.execute(row, {"cipher": cipher, "odd": other, "plain": b"\x01plain"})
        mapped: dict[str, Any] = {"plugin": "gone", "table_name": "gone_notes", "column_name": "odd"}
        mapped |= {
            "person_key": "id",
            "purpose": "x",
            "legal_basis": "x",
            "retention": "x",
            "on_erase": "delete",
        }
        await ctx.db.session.execute(insert(PersonalColumn), mapped)

    await begin(district.server, [district.code])
    done = await rotate(_runtime(district), _quiet)

    async with district.context() as ctx:
        connection = await ctx.db.session.connection()
        rows = await connection.exec_driver_sql(f"SELECT secret_cipher, odd, plain FROM {table}")
        found: list[bytes] = [bytes(one) for one in rows.one()]
    assert (done.left, done.unreadable) == (0, ())
    assert [one[0] for one in found] == [2, 2, 1]
    assert keys.open("secret", found[0]) == "谁也不知道"
    assert found[2] == b"\x01plain"


async def test_a_value_that_no_key_opens_is_named_and_stays(
    district: TestDistrict, residents: list[str]
) -> None:
    async with district.committed() as ctx:
        dwelling: Dwelling = await ctx.db.scalar(select(Dwelling))
        dwelling.address_cipher = KeyRing({1: b"x" * 32}, b"y" * 32).seal("address", "x", masked="").cipher
        broken = dwelling.address_cipher

    await begin(district.server, [district.code])
    done = await rotate(_runtime(district), _quiet)

    assert done.unreadable == ("base_dwellings.address_cipher",)
    assert done.left == 1
    runtime = _runtime(district)
    assert await unreadable(runtime, await sealed_columns(runtime)) == ["base_dwellings.address_cipher"]
    async with district.context() as ctx:
        assert await ctx.db.scalar(select(Dwelling.address_cipher)) == broken
    with pytest.raises(ConfigurationError, match="1 values of district 370703"):
        await prune(district.server)
    assert district.server.keys.numbers == [1, 2]


async def test_a_key_is_given_up_when_no_value_is_under_it(
    district: TestDistrict, residents: list[str], world: World
) -> None:
    await begin(district.server, [district.code])
    with pytest.raises(ConfigurationError, match="older key"):
        await prune(district.server)
    await rotate(_runtime(district), _quiet)

    gone, ring = await prune(district.server)

    assert (gone, ring.numbers) == ([1], [2])
    assert list(json.loads((world.settings.data / "keys.json").read_text())["keys"]) == ["2"]
    again = world.server()
    await again.start(watch=False)
    assert await _phones(again, district.code) == residents
    await again.stop()


@pytest.fixture
def environment(world: World, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The environment of commands over the world."""
    monkeypatch.setenv("WANGGE_DATA", str(world.settings.data))
    if world.settings.catalog_url:
        monkeypatch.setenv("WANGGE_CATALOG_URL", world.settings.catalog_url)
    return world.settings.data


async def test_a_server_with_other_keys_does_not_start(server: Server, world: World) -> None:
    good = server.keys
    other_key = KeyRing({1: b"1" * 32}, good._digest_key)
    other_digest = KeyRing(good._keys, b"2" * 32)
    more = good.with_new_key()

    for ring in (other_key, other_digest):
        with pytest.raises(ConfigurationError, match="The key ring of this server does not fit: key 1"):
            await check_keys(server.catalog, ring)
    await check_keys(server.catalog, more)
    with pytest.raises(ConfigurationError, match="key 2"):
        await check_keys(server.catalog, KeyRing({**good._keys, 2: b"3" * 32}, good._digest_key))
    refused = Server(
        world.settings.model_copy(update={"encryption_keys": _Secret(other_key.to_json())}),
        plugins=world.plugins,
        schemas=world.schemas,
    )
    with pytest.raises(ConfigurationError):
        await refused.start(watch=False)
    assert refused.codes == []
    await refused.stop()


class _Secret:
    """A secret as settings hold it."""

    def __init__(self, value: str) -> None:
        self._value = value

    def get_secret_value(self) -> str:
        """Return it."""
        return self._value


def test_commands_say_in_one_line_that_the_keys_do_not_fit(
    environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner = CliRunner()
    good = runner.invoke(app, ["doctor", "--json"])
    monkeypatch.setenv("WANGGE_ENCRYPTION_KEYS", KeyRing({1: b"1" * 32}, b"2" * 32).to_json())

    doctor = runner.invoke(app, ["doctor", "--json"])
    refused = [
        runner.invoke(app, command)
        for command in (["serve", "--port", "1"], ["demo", "--people", "0"], ["district", "list"])
    ]

    assert {"what": "keys", "state": "ok", "remedy": ""} in json.loads(good.stdout)
    assert doctor.exit_code == 1
    states = {one["what"]: one["state"] for one in json.loads(doctor.stdout)}
    assert states["keys"] == "do not fit"
    assert [type(one.exception) for one in refused] == [ConfigurationError] * 3
    assert all("does not fit" in str(one.exception) for one in refused)


def test_rotating_by_command_and_pruning(environment: Path) -> None:
    runner = CliRunner()

    rotated = runner.invoke(app, ["keys", "rotate", "--json"])
    pruned = runner.invoke(app, ["keys", "prune", "--json"])

    assert rotated.exit_code == 0, rotated.output
    assert [(one["district"], one["key"], one["left"]) for one in json.loads(rotated.stdout)] == [
        ("370703", 2, 0),
        ("370784", 2, 0),
    ]
    assert json.loads(pruned.stdout) == [{"key": 1, "state": "pruned"}]
    assert list(json.loads((environment / "keys.json").read_text())["keys"]) == ["2"]


def test_a_ring_of_the_environment_is_printed_and_not_written(
    environment: Path, residents: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ring = (environment / "keys.json").read_text()
    monkeypatch.setenv("WANGGE_ENCRYPTION_KEYS", ring)
    runner = CliRunner()

    printed = runner.invoke(app, ["keys", "rotate"])
    both = json.loads(printed.stdout)
    monkeypatch.setenv("WANGGE_ENCRYPTION_KEYS", json.dumps(both))
    early = runner.invoke(app, ["keys", "rotate"])
    del both["sealing"]
    monkeypatch.setenv("WANGGE_ENCRYPTION_KEYS", json.dumps(both))
    rotated = runner.invoke(app, ["keys", "rotate", "--json"])

    assert (printed.exit_code, sorted(json.loads(printed.stdout)["keys"])) == (0, ["1", "2"])
    assert json.loads(printed.stdout)["sealing"] == 1
    assert "still seals with key 1" in str(early.exception)
    assert rotated.exit_code == 0, rotated.output
    assert [(one["key"], one["values"]) for one in json.loads(rotated.stdout)] == [(2, 8), (2, 0)]
    assert (environment / "keys.json").read_text() == ring
