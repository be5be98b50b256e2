"""Fills a demo district with synthetic residents; harmless when repeated."""

from uuid import UUID

from sqlalchemy import func, select

from wangge import DemoOptions, Progress, RequestContext
from wangge_schema.people import rules
from wangge_schema.people.demo.generator import Member, households
from wangge_schema.people.demo.places import FLATS, build
from wangge_schema.people.models import Household, Person
from wangge_schema.people.rules import ResidenceKind
from wangge_schema.people.services.bulk import PeopleBatch
from wangge_schema.people.services.places import Places, load_places

_PREFIX = "DEMO-"
_BATCH = 1000
"""People written together."""


async def demo_people(ctx: RequestContext, options: DemoOptions, progress: Progress) -> None:
    """Fill the district up to `options.people` residents in the buildings of its communities.

    The same seed gives the same people. Those who are there already stay as they are, so that asking for
    more later adds the difference.
    """
    missing = options.people - await _settled(ctx)
    drawn = await _draw(ctx, options.seed, missing)
    if not drawn:
        return
    codes = await build(ctx, await load_places(ctx), drawn[-1][0] // FLATS + 1)
    if not codes:
        return
    town = _Town(ctx, await load_places(ctx), codes)
    done = options.people - missing
    for place, household in drawn:
        town.settle(place, household)
        done += len(household)
        if town.waiting >= _BATCH:
            await town.write()
            progress(done, options.people)
    await town.write()
    progress(done, options.people)


async def _settled(ctx: RequestContext) -> int:
    """Return how many synthetic people there are."""
    people = select(func.count(Person.id)).join(Household, Household.id == Person.household_id)
    return int(await ctx.db.scalar(people.where(Household.number.startswith(_PREFIX))))


async def _draw(ctx: RequestContext, seed: int, people: int) -> list[tuple[int, list[Member]]]:
    """Return new households of so many people together, each with its place in the town."""
    known = set(await ctx.db.scalars(select(Household.number).where(Household.number.startswith(_PREFIX))))
    drawn: list[tuple[int, list[Member]]] = []
    for place, household in enumerate(households(seed)):
        if people <= 0:
            break
        if _number(place) not in known:
            drawn.append((place, household[:people]))
            people -= len(household)
    return drawn


def _number(place: int) -> str:
    return f"{_PREFIX}{place + 1:07d}"


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
        household_id = self._batch.add_household(bound, number=_number(place), dwelling_id=dwelling_id)
        head_id = self._move_in(household[0], code, dwelling_id, household_id)
        self._batch.head(household_id, head_id)
        for member in household[1:]:
            id = self._move_in(member, code, dwelling_id, household_id)
            if rules.is_minor(member.facts.birth_date, self._ctx.today):
                self._batch.add_guardianship(bound, ward_id=id, guardian_id=head_id, since=member.since)
        self.waiting += len(household)

    def _move_in(self, member: Member, code: str, dwelling_id: UUID, household_id: UUID) -> UUID:
        """Add a member with the residences and return the new id."""
        bound = self._places.bound[code]
        id = self._batch.add_person(
            bound,
            member.facts,
            dwelling_id=dwelling_id,
            household_id=household_id,
            relation=member.relation,
        )
        for kind in (ResidenceKind.CURRENT, ResidenceKind.REGISTERED)[: 1 + member.registered]:
            self._batch.add_residence(
                bound, person_id=id, dwelling_id=dwelling_id, kind=kind, since=member.since
            )
        return id

    async def write(self) -> None:
        """Write the households that were settled since the last time."""
        await self._batch.write(self._ctx)
        self.waiting = 0
