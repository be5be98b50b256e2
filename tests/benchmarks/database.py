"""The measured database: made by the project's own migrations, filled by COPY, used again while it fits."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg
from sqlalchemy import make_url
from tests.benchmarks.data import places, residents, volunteers
from tests.benchmarks.data.shape import DATA_VERSION, DISTRICT, DISTRICT_NAME, SEED, SEEDED_AT, Shape, row_id
from tests.benchmarks.programmes import ENABLED, bench_plugins

from wangge._host.lifecycle import enable, upgrade_district
from wangge._host.migrator import packages_of
from wangge._host.runtime import Server
from wangge._host.settings import Settings
from wangge.districts.models import DistrictKind

SCHEMA = f"d_{DISTRICT}"
STREET_ACCOUNT, ADMIN_ACCOUNT = "bench-street", "bench-admin"
_ACCOUNT = 11

Say = Callable[[str], None]
"""Called with what is being done."""


@dataclass(frozen=True)
class Bench:
    """Where the measured data are."""

    shape: Shape
    url: str
    """Of the database, as asyncpg and the peers read it."""
    folder: Path
    """Keys of the server, so that tokens hold from run to run."""

    @property
    def name(self) -> str:
        """Name of the database."""
        return str(make_url(self.url).database)

    def settings(self) -> Settings:
        """Return the settings of a server over these data."""
        return Settings(data=self.folder, catalog_url=self.url, page_max=1000, log_level="error")


def bench_of(shape: Shape, server_url: str, folder: Path) -> Bench:
    """Return where the data of a shape are, on a PostgreSQL server, with keys below `folder`."""
    name = "wangge_bench" if shape.name == "full" else f"wangge_bench_{shape.name}"
    url = make_url(server_url).set(drivername="postgresql", database=name)
    return Bench(shape, url.render_as_string(hide_password=False), folder / name)


async def prepare(bench: Bench, server_url: str, say: Say) -> None:
    """Make sure that the database is there and holds this version of the data, and nothing else."""
    wanted = _version(bench)
    if await _found(bench, server_url) != wanted:
        say(f"making the database {bench.name}")
        await _administer(server_url, f'DROP DATABASE IF EXISTS "{bench.name}" WITH (FORCE)')
        await _administer(server_url, f'CREATE DATABASE "{bench.name}"')
        # Data that fit into memory, as a district's do: pages cost the same wherever they lie.
        await _administer(server_url, f'ALTER DATABASE "{bench.name}" SET random_page_cost = 1.1')
        await _administer(server_url, f'ALTER DATABASE "{bench.name}" SET jit = off')
        await _make_district(bench)
        await _fill(bench, say)
        await _note(bench, wanted)
    await clean(bench)


async def clean(bench: Bench) -> None:
    """Take out what measurements have written, so that each run begins with the same rows."""
    connection = await asyncpg.connect(bench.url)
    try:
        later = f"DELETE FROM {SCHEMA}.base_people WHERE created_at > $1"
        if await connection.execute(later, SEEDED_AT) != "DELETE 0":
            await connection.execute(f"TRUNCATE {SCHEMA}.wangge_outbox")
            for table in ("base_people", "base_residences", "wangge_audit_entries", "wangge_outbox"):
                await connection.execute(f"VACUUM ANALYZE {SCHEMA}.{table}")
    finally:
        await connection.close()


def _version(bench: Bench) -> str:
    heads = ",".join(str(one.head()) for one in packages_of(bench_plugins().select(ENABLED)))
    return f"{DATA_VERSION} {SEED} {bench.shape} {heads}"


async def _found(bench: Bench, server_url: str) -> str | None:
    connection = await asyncpg.connect(_plain(server_url))
    try:
        there = await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", bench.name)
    finally:
        await connection.close()
    if not there:
        return None
    connection = await asyncpg.connect(bench.url)
    try:
        if await connection.fetchval("SELECT to_regclass('bench.version')") is None:
            return None
        return str(await connection.fetchval("SELECT version FROM bench.version"))
    finally:
        await connection.close()


async def _note(bench: Bench, version: str) -> None:
    connection = await asyncpg.connect(bench.url)
    try:
        await connection.execute("CREATE SCHEMA bench")
        await connection.execute("CREATE TABLE bench.version (version text)")
        await connection.execute("INSERT INTO bench.version VALUES ($1)", version)
    finally:
        await connection.close()


async def equip(bench: Bench) -> None:
    """Make what the peers need beside the tables; needs the right to make roles."""
    text = (Path(__file__).parent / "peers" / "tables.sql").read_text(encoding="utf-8")
    connection = await asyncpg.connect(bench.url)
    try:
        await connection.execute(text.replace("{s}", SCHEMA))
    finally:
        await connection.close()


async def _administer(server_url: str, statement: str) -> None:
    connection = await asyncpg.connect(_plain(server_url))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _plain(server_url: str) -> str:
    return make_url(server_url).set(drivername="postgresql").render_as_string(hide_password=False)


async def _make_district(bench: Bench) -> None:
    bench.folder.mkdir(parents=True, exist_ok=True)
    server = Server(bench.settings(), plugins=bench_plugins())
    await server.start(watch=False)
    try:
        await server.catalog.add_district(DISTRICT, DISTRICT_NAME, DistrictKind.COUNTY)
        await server.reload()
        await upgrade_district(server.district(DISTRICT))
        for slug in ENABLED:
            await enable(server.district(DISTRICT), slug)
    finally:
        await server.stop()


async def _fill(bench: Bench, say: Say) -> None:
    connection = await asyncpg.connect(bench.url)
    try:
        root = await connection.fetchval(f"SELECT id FROM {SCHEMA}.base_grids WHERE number = 0")
        found_levels = await connection.fetch(f"SELECT key, id FROM {SCHEMA}.base_grid_levels")
        found = places.grids(bench.shape, root)
        for table, columns, rows in _tables(
            bench.shape, found, {row["key"]: row["id"] for row in found_levels}
        ):
            started = time.perf_counter()
            told = await connection.copy_records_to_table(
                table, schema_name=SCHEMA, columns=columns, records=rows
            )
            say(f"{table}: {told.split()[-1]} rows in {time.perf_counter() - started:.0f} s")
        street = [grid for grid in found if grid.depth == 1][-1]
        await _add_account(connection, 0, STREET_ACCOUNT, "street_secretary", street.id)
        await _add_account(connection, 1, ADMIN_ACCOUNT, "district_admin", None)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


def _tables(
    shape: Shape, found: list[places.Grid], levels: dict[str, UUID]
) -> Iterator[tuple[str, tuple[str, ...], Iterable[tuple[object, ...]]]]:
    """Yield each table with its columns and rows, in the order in which they refer to each other."""
    compounds = [grid for grid in found if grid.depth == 3]
    buildings = [grid for grid in found if grid.depth == 4]
    yield "base_grids", places.COLUMNS, places.rows(found, levels)
    yield "base_dwellings", residents.DWELLING_COLUMNS, residents.dwellings(shape, buildings)
    yield "base_households", residents.HOUSEHOLD_COLUMNS, residents.households(shape, buildings)
    yield "base_people", residents.PERSON_COLUMNS, residents.people(shape, buildings)
    yield "base_residences", residents.RESIDENCE_COLUMNS, residents.residences(shape, buildings)
    points = "volunteer_points"
    yield f"{points}_volunteers", volunteers.VOLUNTEER_COLUMNS, volunteers.volunteers(shape, buildings)
    yield f"{points}_accounts", volunteers.ACCOUNT_COLUMNS, volunteers.accounts(shape, buildings)
    yield f"{points}_teams", volunteers.TEAM_COLUMNS, volunteers.teams(compounds)
    members = volunteers.members(shape, buildings, compounds)
    yield f"{points}_team_members", volunteers.MEMBER_COLUMNS, members
    yield f"{points}_records", volunteers.RECORD_COLUMNS, volunteers.records(shape, buildings)


async def _add_account(
    connection: asyncpg.Connection, index: int, subject: str, role: str, place: object
) -> None:
    id = row_id(_ACCOUNT, index)
    await connection.execute(
        f"INSERT INTO {SCHEMA}.wangge_accounts (id, subject, kind, disabled, created_at, updated_at) "
        "VALUES ($1, $2, 'STAFF', false, $3, $3)",
        *(id, subject, SEEDED_AT),
    )
    await connection.execute(
        f"INSERT INTO {SCHEMA}.wangge_role_grants "
        "(id, account_id, role, place_id, since, created_at, updated_at) VALUES ($1, $1, $2, $3, $4, $4, $4)",
        *(id, role, place, datetime(2025, 1, 1, tzinfo=UTC)),
    )
