"""A district with something of every kind in it, places to go to, and what two databases are compared by."""

import asyncio
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import make_url, select

from wangge import encode_id
from wangge._host.databases import Place, normal_url, sqlite_url
from wangge._host.migrator import differences, packages_of
from wangge._host.runtime import Server
from wangge._host.transfer.rows import TableDigest
from wangge._host.transfer.shapes import Contents
from wangge._host.transfer.tables import reading
from wangge.settings import PlaceSettings
from wangge.testing.districts import TestDistrict
from wangge.testing.worlds import POSTGRES_URL
from wangge_schema.grids.models import Grid
from wangge_schema.people.rules import DocumentType, check_character
from wangge_schema.people.services import create_dwelling, create_household, register_person

COMPOUND, COMMUNITY = "370703001001001", "370703001001"

CREATE = """mutation ($input: CreateGridInput!) { createGrid(input: $input) {
  grid { name } userErrors { code }
} }"""
COUNT = "{ grids { totalCount } }"


def nothing_told(_what: str, _rows: int) -> None:
    """Hear of the progress and say nothing."""


@pytest.fixture
async def settled(district: TestDistrict) -> TestDistrict:
    """The district with a household and two people in it, one with sealed values."""
    first = f"379999{date(1981, 7, 8):%Y%m%d}077"
    async with district.committed() as ctx:
        grid = (await ctx.db.scalars(select(Grid).where(Grid.code == COMPOUND)))[0]
        own = {"grid_households_low": 299}
        ctx.db.add(PlaceSettings(plugin="base", place_id=grid.id, settings=own))
        dwelling = await create_dwelling(
            ctx, grid_id=grid.id, unit="7", room="788", address="密语路 7788 号\t\\N"
        )
        household = await create_household(ctx, dwelling_id=dwelling.id, number="H-1")
        for name, number, phone in (
            ("欧阳密语", first + check_character(first), "19988776655"),
            ("王“引号”\\", "", None),
        ):
            await register_person(
                ctx,
                name=name,
                document_type=DocumentType.IDENTITY_CARD if number else DocumentType.NONE,
                document_number=number,
                phone=phone,
                dwelling_id=dwelling.id,
                household_id=household.id,
                purpose="registration",
            )
    return district


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A place of each kind that nothing stands at yet: URLs by `sqlite` and `postgresql`."""
    places = {"sqlite": sqlite_url(tmp_path / "elsewhere.sqlite3")}
    if not os.environ.get(POSTGRES_URL):
        yield places
        return
    name = f"wangge_test_{os.getpid()}_{os.urandom(3).hex()}"
    _administer(f'CREATE DATABASE "{name}"')
    url = make_url(normal_url(os.environ[POSTGRES_URL])).set(database=name)
    yield places | {"postgresql": url.render_as_string(hide_password=False)}
    _administer(f'DROP DATABASE "{name}" WITH (FORCE)')


def _administer(statement: str) -> None:
    async def run() -> None:
        url = make_url(normal_url(os.environ[POSTGRES_URL])).set(drivername="postgresql")
        connection = await asyncpg.connect(url.render_as_string(hide_password=False))
        await connection.execute(statement)
        await connection.close()

    asyncio.run(run())


async def contents_of(place: Place) -> Contents:
    """Return what stands at a place."""
    async with reading(place) as tables:
        return await tables.contents()


async def digests_of(place: Place) -> dict[str, tuple[int, str]]:
    """Return number and digest of the rows of each table."""
    found = {}
    async with reading(place) as tables:
        for name, shape in sorted((await tables.contents()).shapes.items()):
            shape = shape.with_columns_of(shape) or shape
            digest = TableDigest(shape)
            async for batch in tables.rows(shape):
                digest.add(batch)
            found[name] = (digest.rows, digest.hex())
    return found


async def differences_of(server: Server, code: str) -> dict[str, list[Any]]:
    """Return how the tables of a district differ from the models."""
    district = server.district(code)
    packages = packages_of(district.plugins)
    return {one.slug: await differences(district.record.place, one) for one in packages}


async def new_grid(district: TestDistrict, name: str) -> dict[str, Any]:
    """Return the input that creates a grid in the community."""
    async with district.context() as ctx:
        community = (await ctx.db.scalars(select(Grid.id).where(Grid.code == COMMUNITY)))[0]
    return {"parent": encode_id("Grid", community), "name": name, "level": "compound", "kind": "BASIC"}
