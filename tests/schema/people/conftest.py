"""A few synthetic people in two streets, and a resident's account that is one of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select, update

from wangge import Account, RequestContext, encode_id
from wangge.testing.districts import TestDistrict
from wangge_schema.grids.models import Grid
from wangge_schema.people import rules, services
from wangge_schema.people.rules import DocumentType

BUILDING, NEXT, ELSEWHERE = "370703001001001001", "370703001001001002", "370703002200001"


@dataclass(frozen=True)
class Town:
    """GraphQL ids of what the fixture made."""

    dwelling: str
    empty: str
    """A dwelling of the next building, in which nobody lives."""
    far: str
    """A dwelling of another street."""
    household: str
    far_household: str
    head: str
    spouse: str
    child: str
    stranger: str
    """Lives in the other street."""

    def uuid(self, name: str) -> UUID:
        """Return the key behind one of the ids."""
        return UUID(hex=str(getattr(self, name)).rpartition("_")[2])


def _identity_number(born: date, sequence: int, area: str = "379999") -> str:
    first = f"{area}{born:%Y%m%d}{sequence:03d}"
    return first + rules.check_character(first)


@pytest.fixture
def identity_number() -> Callable[..., str]:
    """Make synthetic identity numbers: `identity_number(birth_date, sequence)`."""
    return _identity_number


async def _person(
    ctx: RequestContext,
    name: str,
    born: date,
    sequence: int,
    dwelling: UUID,
    household: UUID,
    phone: str = "",
) -> str:
    person = await services.register_person(
        ctx,
        name=name,
        document_type=DocumentType.IDENTITY_CARD,
        document_number=_identity_number(born, sequence),
        phone=phone,
        dwelling_id=dwelling,
        household_id=household,
        purpose="registration",
    )
    return encode_id("Person", person.id)


@pytest.fixture
async def town(district: TestDistrict) -> Town:
    """Six people: three in a household of building 1, one in another street."""
    async with district.committed() as ctx:
        grids = {grid.code: grid.id for grid in await ctx.db.scalars(select(Grid))}
        dwelling = await services.create_dwelling(ctx, grid_id=grids[BUILDING], unit="1", room="101")
        empty = await services.create_dwelling(ctx, grid_id=grids[NEXT], unit="2", room="202")
        far = await services.create_dwelling(ctx, grid_id=grids[ELSEWHERE], address="东店村 12 号")
        household = await services.create_household(ctx, dwelling_id=dwelling.id, number="H-1")
        far_household = await services.create_household(ctx, dwelling_id=far.id, number="H-2")
        home = (dwelling.id, household.id)
        head = await _person(ctx, "张伟", date(1980, 5, 17), 11, *home, phone="19900000001")
        spouse = await _person(ctx, "李秀英", date(1982, 3, 8), 22, *home, phone="19900000002")
        child = await _person(ctx, "张小明", date(2018, 6, 1), 33, *home)
        stranger = await _person(ctx, "王强", date(1990, 1, 1), 55, far.id, far_household.id, "19900000003")
        resident = update(Account).where(Account.subject == f"{district.code}/resident")
        await ctx.db.session.execute(resident.values(person_id=UUID(hex=head.rpartition("_")[2])))
        return Town(
            dwelling=encode_id("Dwelling", dwelling.id),
            empty=encode_id("Dwelling", empty.id),
            far=encode_id("Dwelling", far.id),
            household=encode_id("Household", household.id),
            far_household=encode_id("Household", far_household.id),
            head=head,
            spouse=spouse,
            child=child,
            stranger=stranger,
        )
