"""People in known grids, for the tests of the platform."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert, select

from wangge import uuid7
from wangge.testing.districts import TestDistrict
from wangge_schema.grids.models import Grid
from wangge_schema.grids.services import address_of
from wangge_schema.people.models import Person
from wangge_schema.people.rules import DocumentType

BUILDING, COMPOUND, COMMUNITY = "370703001001001001", "370703001001001", "370703001001"
NEIGHBOURS, VILLAGE, SECTION = "370703001007", "370703002200", "370703002200001"

HOMES = {
    "陈安": BUILDING,
    "周平": COMPOUND,
    "吴清": COMMUNITY,
    "林远": NEIGHBOURS,
    "郑和": VILLAGE,
    "孙宁": SECTION,
}
"""Name → code of the grid the person is bound to."""


@dataclass(frozen=True)
class Town:
    """Keys of grids by code and of people by name."""

    grids: dict[str, UUID]
    people: dict[str, UUID]


@pytest.fixture
async def town(district: TestDistrict) -> Town:
    """Six people in six grids of two streets."""
    async with district.committed() as ctx:
        grids: Sequence[Grid] = await ctx.db.scalars(select(Grid))
        by_code = {grid.code: grid for grid in grids}
        people = {name: person_at(by_code[code], name) for name, code in HOMES.items()}
        await ctx.db.execute(insert(Person), list(people.values()))
        return Town({code: one.id for code, one in by_code.items()}, {k: v["id"] for k, v in people.items()})


def person_at(grid: Grid, name: str) -> dict[str, Any]:  # values of a row's columns
    """Return the columns of a person in a grid, for a bulk insert."""
    return {"id": uuid7(), "name": name, "document_type": DocumentType.NONE, **address_of(grid)}
