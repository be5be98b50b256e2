"""Heads of households and guardians of their members under age, settled when a file has been read."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from wangge import RequestContext
from wangge_schema.people import rules
from wangge_schema.people.importers.known import KnownHousehold
from wangge_schema.people.models import Household, Person
from wangge_schema.people.rules import HouseholdRelation
from wangge_schema.people.services.bulk import PeopleBatch, Row, update_rows

_MANY = 1000


@dataclass
class Families:
    """New members of households, in the order of the file."""

    named: dict[UUID, UUID] = field(default_factory=dict)
    """Household → the head that a row names."""
    eldest: dict[UUID, UUID] = field(default_factory=dict)
    """Household without a head → the first new member of full age."""
    minors: list[tuple[UUID, UUID, Row]] = field(default_factory=list)
    """Member under age, household, and what binds the member to a grid."""

    def add(
        self,
        household: KnownHousehold,
        person_id: UUID,
        bound: Row,
        *,
        minor: bool,
        relation: HouseholdRelation | None,
    ) -> None:
        """Note a new member."""
        if relation is HouseholdRelation.HEAD:
            household.head_id = self.named[household.id] = person_id
        elif minor:
            self.minors.append((person_id, household.id, bound))
        elif household.head_id is None:
            self.eldest.setdefault(household.id, person_id)

    async def settle(self, ctx: RequestContext) -> None:
        """Write heads and guardianships; a household that had no head gets the first member of full age."""
        chosen = {household: head for household, head in self.eldest.items() if household not in self.named}
        headed = [{"id": household, "head_id": head} for household, head in (chosen | self.named).items()]
        await update_rows(ctx, Household, headed)
        heads = [{"id": head, "relation": HouseholdRelation.HEAD} for head in chosen.values()]
        await update_rows(ctx, Person, heads)
        await self._guard(ctx)

    async def _guard(self, ctx: RequestContext) -> None:
        heads: dict[UUID, UUID] = {}
        for batch in _batches(sorted({household for _, household, _ in self.minors})):
            found = await ctx.db.execute(
                select(Household.id, Person.id, Person.birth_date)
                .join(Person, Person.id == Household.head_id)
                .where(Household.id.in_(batch), Person.died_on.is_(None))
            )
            heads |= {
                household: head
                for household, head, born in found.all()
                if not rules.is_minor(born, ctx.today)
            }
        guardianships = PeopleBatch(ctx.keys)
        for ward, household, bound in self.minors:
            if household in heads:
                guardianships.add_guardianship(
                    bound, ward_id=ward, guardian_id=heads[household], since=ctx.today
                )
        await guardianships.write(ctx)


def _batches(ids: list[UUID]) -> Iterable[list[UUID]]:
    return (ids[start : start + _MANY] for start in range(0, len(ids), _MANY))
