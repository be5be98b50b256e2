"""The conformance suite counts the statements of short and long pages."""

from typing import Any

import pytest
from sqlalchemy import func, select

from wangge import Connection, Info, Parent, Query, authenticated, connection, extends, field
from wangge._host.compose import compose
from wangge._host.plugins import LoadedPlugin
from wangge.testing.districts import TestDistrict
from wangge.testing.page_costs import PageCost, page_costs
from wangge_schema import Person
from wangge_schema import models as base


@extends(Query)
class Lists:
    """A list of people."""

    acme_people: Connection[Person] = connection("People.", access=authenticated)


@extends(Person)
class PlantedFault:
    """A field whose resolver asks the database for each row."""

    @field(access=authenticated, description="How many people have this name.")
    @staticmethod
    async def acme_namesakes(root: Parent[base.Person], info: Info) -> int | None:
        """Count them."""
        count = select(func.count()).where(base.Person.name == root.name)
        return int(await info.context.db.scalar(count))


async def costs(district: TestDistrict, monkeypatch: pytest.MonkeyPatch, *extensions: type) -> list[PageCost]:
    """Return what pages cost where the base is extended so."""
    runtime = district.server.district(district.code)
    own = runtime.plugins[-1]
    planted = LoadedPlugin(own.manifest, __name__, own.module, extensions=extensions)
    composed = compose([runtime.plugins[0], planted])

    async def schema() -> Any:  # a composed schema
        return composed

    monkeypatch.setattr(runtime, "schema", schema)
    return await page_costs(planted, district)


async def test_a_list_of_columns_and_relations_is_one_statement_however_long(
    district: TestDistrict, town: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await costs(district, monkeypatch, Lists) == [PageCost("acmePeople", rows=6, short=1, long=1)]


async def test_a_resolver_that_asks_for_each_row_is_seen(
    district: TestDistrict, town: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    [found] = await costs(district, monkeypatch, Lists, PlantedFault)

    assert (found.rows, found.long - found.short) == (6, 5)
