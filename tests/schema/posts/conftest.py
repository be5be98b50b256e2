"""People and households for the tests of posts: officials, building heads, and homes in one building."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from sqlalchemy import select

from wangge import RequestContext, encode_id
from wangge.testing.districts import TestDistrict
from wangge_schema.grids.models import Grid
from wangge_schema.people.models import Household, Person
from wangge_schema.people.rules import DocumentType
from wangge_schema.people.services import create_dwelling, create_household

STREET = "370703001"
COMMUNITY = "370703001001"
COMPOUND = "370703001001001"
VILLAGE = "370703002200"
HOMES = 3


@dataclass(frozen=True)
class Town:
    """Ids of the grids, people and households that the tests name."""

    grids: dict[str, UUID]
    people: dict[str, UUID]
    building: UUID
    households: list[UUID] = field(default_factory=list)

    def grid(self, code: str) -> str:
        return encode_id("Grid", self.grids[code])

    def person(self, name: str) -> str:
        return encode_id("Person", self.people[name])

    def homes(self) -> list[str]:
        return [encode_id("Household", home) for home in self.households]


@pytest.fixture
async def town(district: TestDistrict) -> Town:
    async with district.committed("district_admin") as ctx:
        grids: Sequence[Grid] = await ctx.db.scalars(select(Grid))
        ids = {grid.code: grid.id for grid in grids}
        building = next(grid for grid in grids if grid.parent_id == ids[COMPOUND])
        homes = {"陈安": building.id, "周平": ids[COMPOUND], "吴清": ids[COMMUNITY], "林远": ids[VILLAGE]}
        people = {
            name: Person(name=name, document_type=DocumentType.NONE, grid_id=home)
            for name, home in homes.items()
        }
        ctx.db.add_all(people.values())
        await ctx.db.flush()
        households = [(await _home(ctx, building.id, room)).id for room in range(1, HOMES + 1)]
        return Town(ids, {name: one.id for name, one in people.items()}, building.id, households)


async def _home(ctx: RequestContext, building_id: UUID, room: int) -> Household:
    dwelling = await create_dwelling(ctx, grid_id=building_id, unit="9", room=f"90{room}")
    return await create_household(ctx, dwelling_id=dwelling.id, number=f"T{room:04d}")
