"""What a resident may see: the person, the household and wards."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from wangge_schema.people.models import Guardianship, Household, Person, Residence


@dataclass(frozen=True)
class ResidentReach:
    """The rows that a resident's scope is made of."""

    person_ids: frozenset[UUID]
    household_ids: frozenset[UUID]
    dwelling_ids: frozenset[UUID]


async def persons_of_resident(session: AsyncSession, person_id: UUID, today: date) -> ResidentReach:
    """Return who and what a resident sees, in three statements without a scope.

    Persons: the resident, the other members of the household, and those whose guardian the resident is.
    Households: the resident's own and the wards'. Dwellings: where any of these people live or lived, and
    where these households live. For the scope provider, which knows the resident before there is a scope.
    """
    wards = select(Guardianship.ward_id).where(
        Guardianship.guardian_id == person_id,
        or_(Guardianship.until.is_(None), Guardianship.until > today),
    )
    own = select(Person.household_id).where(Person.id == person_id, Person.household_id.is_not(None))
    people = await session.execute(
        select(Person.id, Person.household_id).where(
            or_(Person.id == person_id, Person.household_id.in_(own), Person.id.in_(wards))
        )
    )
    rows = people.all()
    person_ids = frozenset(row[0] for row in rows)
    household_ids = frozenset(row[1] for row in rows if row[1] is not None)
    lived = select(Residence.dwelling_id).where(Residence.person_id.in_(person_ids))
    housed = select(Household.dwelling_id).where(Household.id.in_(household_ids))
    dwelling_ids = frozenset((await session.scalars(lived.union(housed))).all())
    return ResidentReach(person_ids, household_ids, dwelling_ids)
