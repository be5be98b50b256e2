"""A district whose database is behind answers 503 by itself; names without a district lead nowhere."""

from pathlib import Path

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from wangge._host.databases import check_schema
from wangge._host.lifecycle import upgrade_district
from wangge._host.migrator import package_of
from wangge._host.runtime import Server
from wangge.testing.districts import TestDistrict
from wangge.testing.worlds import DISTRICT, OTHER, World

QUESTION = "{ district { code } }"


async def set_back(server: Server, code: str) -> None:
    """Make a district's database look like one from before the base's last migration."""
    place = server.district(code).record.place
    table = package_of(server.plugins.loaded["base"]).version_table
    engine = create_async_engine(place.url)
    qualified = table if place.is_sqlite else f'"{check_schema(place.schema or "")}".{table}'
    async with engine.begin() as connection:
        await connection.execute(text(f"UPDATE {qualified} SET version_num = '0000'"))
    await engine.dispose()
    await server.catalog.announce()
    await server.reload()


async def set_forward(server: Server, code: str) -> None:
    """Undo `set_back`."""
    place = server.district(code).record.place
    package = package_of(server.plugins.loaded["base"])
    engine = create_async_engine(place.url)
    prefix = "" if place.is_sqlite else f'"{check_schema(place.schema or "")}".'
    async with engine.begin() as connection:
        statement = text(f"UPDATE {prefix}{package.version_table} SET version_num = :head")
        await connection.execute(statement, {"head": package.head()})
    await engine.dispose()


async def test_a_district_behind_its_migrations_answers_503_alone(
    district: TestDistrict, other_district: TestDistrict
) -> None:
    await set_back(district.server, DISTRICT)

    behind = await district.client("district_admin").post(QUESTION)
    other = await other_district.client("district_admin").data(QUESTION)

    assert behind.status_code == 503
    assert [error["extensions"]["code"] for error in behind.json()["errors"]] == ["DISTRICT_UPGRADING"]
    assert other == {"district": {"code": OTHER}}


async def test_the_other_way_round_too(district: TestDistrict, other_district: TestDistrict) -> None:
    await set_back(district.server, OTHER)

    assert (await other_district.client(None).post(QUESTION)).status_code == 503
    assert (await district.client(None).data(QUESTION)) == {"district": {"code": DISTRICT}}


async def test_the_server_stays_ready_while_a_district_is_behind(
    district: TestDistrict, http: httpx.AsyncClient
) -> None:
    await set_back(district.server, DISTRICT)

    answer = await http.get("/health/ready")

    assert answer.status_code == 200


async def test_a_district_answers_again_once_it_is_upgraded(district: TestDistrict) -> None:
    await set_back(district.server, DISTRICT)
    refused = await district.client(None).post(QUESTION)
    await set_forward(district.server, DISTRICT)

    moved = await upgrade_district(district.server.district(DISTRICT))

    assert refused.status_code == 503
    assert moved == []
    assert await district.client(None).data(QUESTION) == {"district": {"code": DISTRICT}}


def engine_of(server: Server, world: World) -> AsyncEngine:
    """Return the district's connections as requests use them, without the translation of names."""
    engine = server.district(DISTRICT).engines.reader
    return engine.execution_options(schema_translate_map={})


async def test_a_name_without_a_district_leads_nowhere_on_postgresql(server: Server, world: World) -> None:
    engine = engine_of(server, world)
    async with engine.connect() as connection:
        if world.backend == "sqlite":  # a file holds one district: there is nothing to leak from
            assert (await connection.execute(text("SELECT count(*) FROM base_grids"))).scalar_one() > 0
            return
        with pytest.raises(DBAPIError, match=r'relation "base_grids" does not exist'):
            await connection.execute(text("SELECT count(*) FROM base_grids"))


async def test_the_search_path_of_a_district_holds_no_district(server: Server, world: World) -> None:
    engine = engine_of(server, world)
    async with engine.connect() as connection:
        if world.backend == "sqlite":
            files = (await connection.execute(text("PRAGMA database_list"))).all()
            assert [Path(row[2]).stem for row in files] == [DISTRICT]
            return
        assert (await connection.execute(text("SHOW search_path"))).scalar_one() == "pg_catalog"


async def test_districts_keep_their_rows_apart(server: Server) -> None:
    found = {}
    for code in (DISTRICT, OTHER):
        async with server.district(code).engines.open(write=False) as db:
            connection = await db.session.connection()
            place = server.district(code).record.place
            prefix = "" if place.is_sqlite else f'"{check_schema(place.schema or "")}".'
            rows = await connection.execute(text(f"SELECT code FROM {prefix}base_grids"))
            found[code] = set(rows.scalars())

    assert all(one.startswith(DISTRICT) for one in found[DISTRICT])
    assert all(one.startswith(OTHER) for one in found[OTHER])
