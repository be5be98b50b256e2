"""People for the tests of organisations: one in a compound of the town, one in a village elsewhere."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from sqlalchemy import select

from wangge import encode_id
from wangge.testing.districts import TestDistrict
from wangge_schema.grids.models import Grid
from wangge_schema.people.models import Person
from wangge_schema.people.rules import DocumentType

COMMUNITY = "370703001001"
COMPOUND = "370703001001001"
VILLAGE = "370703002200"


@dataclass(frozen=True)
class Town:
    """Ids of the grids and people that the tests name."""

    grids: dict[str, UUID]
    people: dict[str, UUID]

    def grid(self, code: str) -> str:
        return encode_id("Grid", self.grids[code])

    def person(self, name: str) -> str:
        return encode_id("Person", self.people[name])


@pytest.fixture
async def town(district: TestDistrict) -> Town:
    async with district.committed("district_admin") as ctx:
        grids = {grid.code: grid.id for grid in await ctx.db.scalars(select(Grid))}
        people = {
            "陈安": Person(name="陈安", document_type=DocumentType.NONE, grid_id=grids[COMPOUND]),
            "林远": Person(name="林远", document_type=DocumentType.NONE, grid_id=grids[VILLAGE]),
        }
        ctx.db.add_all(people.values())
        await ctx.db.flush()
        return Town(grids, {name: person.id for name, person in people.items()})
