"""A guardian, a child and a neighbour; the resident's account is the guardian's."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select, update

from wangge import Account, encode_id
from wangge.testing.districts import TestDistrict
from wangge_schema.grids.models import Grid
from wangge_schema.people import services
from wangge_schema.people.rules import DocumentType


@dataclass(frozen=True)
class Family:
    """GraphQL ids of what the fixture made."""

    mother: str
    child: str
    brother: str
    """Of full age, in the same household."""
    neighbour: str


@pytest.fixture
async def family(district: TestDistrict) -> Family:
    """Four people without documents in building 1, three of them in one household."""
    async with district.committed() as ctx:
        grid = await ctx.db.scalar(select(Grid.id).where(Grid.code == "370703001001001001"))
        home = await services.create_dwelling(ctx, grid_id=grid, unit="1", room="101")
        next_door = await services.create_dwelling(ctx, grid_id=grid, unit="1", room="102")
        household = await services.create_household(ctx, dwelling_id=home.id, number="H-1")
        ids = {}
        for name, born, dwelling, together in (
            ("赵玉兰", date(1985, 4, 2), home, household.id),
            ("赵小雨", date(2019, 9, 9), home, household.id),
            ("赵刚", date(1988, 8, 8), home, household.id),
            ("孙平", date(1970, 1, 1), next_door, None),
        ):
            person = await services.register_person(
                ctx,
                name=name,
                birth_date=born,
                document_type=DocumentType.NONE,
                document_number="",
                dwelling_id=dwelling.id,
                household_id=together,
                purpose="registration",
            )
            ids[name] = encode_id("Person", person.id)
        resident = update(Account).where(Account.subject == f"{district.code}/resident")
        mother = UUID(hex=ids["赵玉兰"].rpartition("_")[2])
        await ctx.db.session.execute(resident.values(person_id=mother))
    return Family(ids["赵玉兰"], ids["赵小雨"], ids["赵刚"], ids["孙平"])
