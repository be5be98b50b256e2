"""Fills a demo district with synthetic residents; harmless when repeated."""

from itertools import count
from uuid import UUID

from sqlalchemy import select

from wangge import DemoOptions, Progress, RequestContext
from wangge_schema.people import rules
from wangge_schema.people.demo.generator import Member, households
from wangge_schema.people.demo.places import FLATS, build
from wangge_schema.people.models import Household
from wangge_schema.people.rules import HouseholdRelation, ResidenceKind
from wangge_schema.people.services.bulk import PeopleBatch
from wangge_schema.people.services.places import Places, load_places

_NUMBER = "DEMO-{:07d}"
_BATCH = 1000
"""People written together."""


async def demo_people(ctx: RequestContext, options: DemoOptions, progress: Progress) -> None:
    """Fill the district with `options.people` residents in the buildings of its communities.

    The same seed gives the same people. Households that are there already are left as they are, so that
    asking for more people later adds the difference.
    """
    drawn: list[list[Member]] = []
    total = 0
    for household in households(options.seed):
        if total >= options.people:
            break
        drawn.append(household)
        total += len(household)
    codes = await build(ctx, await load_places(ctx), -(-len(drawn) // FLATS))
    if not codes:
        return
    town = _Town(ctx, await load_places(ctx), codes)
    known = set(await ctx.db.scalars(select(Household.number).where(Household.number.startswith("DEMO-"))))
    done = 0
    for place, household in zip(count(), drawn, strict=False):
        done += len(household)
        if _NUMBER.format(place + 1) not in known:
            town.settle(place, household)
        if town.waiting >= _BATCH:
            await town.write()
            progress(min(done, options.people), options.people)
    await town.write()
    progress(options.people, options.people)


class _Town:
    """Settles households, flat after flat, and writes them in batches."""

    def __init__(self, ctx: RequestContext, places: Places, codes: list[str]) -> None:
        self._ctx = ctx
        self._places = places
        self._codes = codes
        self._batch = PeopleBatch(ctx.keys)
        self.waiting = 0

    def settle(self, place: int, household: list[Member]) -> None:
        """Give a household the flat number `place` of the town."""
        building, flat = divmod(place, FLATS)
        code = self._codes[building]
        bound = self._places.bound[code]
        unit, floor, door = flat % 2 + 1, flat // 4 + 1, flat // 2 % 2 + 1
        dwelling_id = self._batch.add_dwelling(
            bound, self._places.names[code], unit=str(unit), room=f"{floor}0{door}"
        )
        household_id = self._batch.add_household(
            bound, number=_NUMBER.format(place + 1), dwelling_id=dwelling_id
        )
        head: UUID | None = None
        for member in household:
            id = self._batch.add_person(
                bound,
                member.facts,
                dwelling_id=dwelling_id,
                household_id=household_id,
                relation=member.relation,
            )
            kinds = [ResidenceKind.CURRENT, *([ResidenceKind.REGISTERED] if member.registered else [])]
            for kind in kinds:
                self._batch.add_residence(
                    bound, person_id=id, dwelling_id=dwelling_id, kind=kind, since=member.since
                )
            if member.relation is HouseholdRelation.HEAD:
                head = id
                self._batch.head(household_id, id)
            elif head is not None and rules.is_minor(member.facts.birth_date, self._ctx.today):
                self._batch.add_guardianship(bound, ward_id=id, guardian_id=head, since=member.since)
        self.waiting += len(household)

    async def write(self) -> None:
        """Write the households that were settled since the last time."""
        await self._batch.write(self._ctx)
        self.waiting = 0
