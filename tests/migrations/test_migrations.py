"""Every package's migrations go up, down and up again, and make exactly the tables that its models say."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from wangge import Model
from wangge._host.catalog import schema_of
from wangge._host.databases import Place, normal_url, sqlite_url
from wangge._host.migrator import (
    CATALOG,
    MigratedPackage,
    behind,
    differences,
    downgrade,
    packages_of,
    upgrade,
    versions,
)
from wangge._host.plugins import PluginManager
from wangge.testing.worlds import POSTGRES_URL

DISTRICT = packages_of(list(PluginManager().loaded.values()))
PACKAGES = [CATALOG, *DISTRICT]
slug = pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.slug)


@pytest.fixture
def place(backend: str, tmp_path: Path) -> Iterator[Place]:
    """An empty database: a file, or a schema with a name of its own."""
    if backend == "sqlite":
        yield Place(sqlite_url(tmp_path / "district.sqlite3"))
        return
    made = Place(normal_url(os.environ[POSTGRES_URL]), f"{schema_of('TEST')}_{os.getpid()}")
    asyncio.run(_drop(made))
    yield made
    asyncio.run(_drop(made))


async def _drop(place: Place) -> None:
    async with connection(place) as one:
        await one.exec_driver_sql(f'DROP SCHEMA IF EXISTS "{place.schema}" CASCADE')
        await one.commit()


@asynccontextmanager
async def connection(place: Place) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(place.url)
    async with engine.connect() as one:
        yield one
    await engine.dispose()


async def tables(place: Place) -> set[str]:
    """Return the names of all tables of a database."""
    async with connection(place) as one:
        return set(await one.run_sync(lambda sync: inspect(sync).get_table_names(schema=place.schema)))


def before(package: MigratedPackage) -> list[MigratedPackage]:
    """Return the packages that must be there before this one."""
    return [] if package is CATALOG else DISTRICT[: DISTRICT.index(package)]


def own_tables(package: MigratedPackage) -> set[str]:
    """Return the tables that the package's models say."""
    return {name for name in package.metadata.tables if name.startswith(package.prefix)}


@slug
async def test_up_makes_the_tables_of_the_models(place: Place, package: MigratedPackage) -> None:
    await upgrade(place, before(package))
    already = await tables(place)

    moved = await upgrade(place, [package])

    assert moved == [package.slug]
    assert await tables(place) - already == {*own_tables(package), package.version_table}
    assert await differences(place, package) == []
    assert await behind(place, [package]) == []


@slug
async def test_down_takes_back_all_that_up_made(place: Place, package: MigratedPackage) -> None:
    await upgrade(place, before(package))
    already = await tables(place)
    await upgrade(place, [package])

    await downgrade(place, package)

    assert await tables(place) - already == {package.version_table}
    assert await versions(place, [package]) == {package.slug: None}
    assert await behind(place, [package]) == [package.slug]


@slug
async def test_up_after_down_makes_the_same(place: Place, package: MigratedPackage) -> None:
    await upgrade(place, [*before(package), package])
    first = await tables(place)
    await downgrade(place, package)

    await upgrade(place, [package])

    assert await tables(place) == first
    assert await differences(place, package) == []
    assert await versions(place, [package]) == {package.slug: package.head()}


async def test_up_twice_moves_nothing(place: Place) -> None:
    first = await upgrade(place, DISTRICT)

    second = await upgrade(place, DISTRICT)

    assert first == [package.slug for package in DISTRICT]
    assert second == []


async def test_servers_that_start_together_do_the_work_once(place: Place) -> None:
    both = await asyncio.gather(upgrade(place, DISTRICT), upgrade(place, DISTRICT))

    assert sorted(one for moved in both for one in moved) == sorted(package.slug for package in DISTRICT)
    assert await behind(place, DISTRICT) == []


async def test_districts_can_be_upgraded_side_by_side(tmp_path: Path) -> None:
    places = [Place(sqlite_url(tmp_path / f"{number}.sqlite3")) for number in range(4)]

    def work(place: Place) -> list[str]:
        return asyncio.run(upgrade(place, DISTRICT))

    moved = await asyncio.gather(*(asyncio.to_thread(work, place) for place in places))

    assert moved == [[package.slug for package in DISTRICT]] * len(places)
    assert [await differences(place, DISTRICT[-1]) for place in places] == [[]] * len(places)


async def test_a_database_that_is_not_there_is_behind(place: Place) -> None:
    assert await behind(place, DISTRICT) == [package.slug for package in DISTRICT]


async def test_taking_a_programme_back_leaves_the_others_alone(place: Place) -> None:
    await upgrade(place, DISTRICT)
    programme = DISTRICT[-1]

    await downgrade(place, programme)

    assert programme.slug not in {"core", "base"}
    for package in before(programme):
        assert await differences(place, package) == []


@slug
def test_the_revisions_are_one_line(package: MigratedPackage) -> None:
    script = ScriptDirectory.from_config(package.config())

    assert len(script.get_heads()) == 1
    assert [revision.revision for revision in script.walk_revisions()][-1] == "0001"


def test_every_table_belongs_to_one_package() -> None:
    ours = {"wangge", "wangge_schema", "wangge_volunteer_points"}  # tests plant programmes beside them
    classes = [mapper.class_ for mapper in Model.registry.mappers]
    tables = [one.__tablename__ for one in classes if one.__module__.partition(".")[0] in ours]
    owners = {name: [one.slug for one in DISTRICT if name.startswith(one.prefix)] for name in tables}

    assert len(owners) > 30
    assert {name: found for name, found in owners.items() if len(found) != 1} == {}
