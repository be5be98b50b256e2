"""Recording deaths."""

from datetime import date
from uuid import UUID

from sqlalchemy import or_, select, update

from wangge import RequestContext
from wangge_schema.people import rules
from wangge_schema.people.errors import PersonDead
from wangge_schema.people.models import Guardianship, Household, Person, Residence


async def record_death(ctx: RequestContext, *, person_id: UUID, died_on: date) -> Person:
    """Record a death: residences, guardianships and membership of the household end, rows stay.

    Needs `base.people.write`. The audit keeps which household it was.

    Raises:
        NotFound: when the person lies outside the caller's grids.
        PersonDead: when the death is recorded already.
        DeathDateInvalid: when the day lies in the future or before the birth.
    """
    ctx.require("base.people.write")
    person = await ctx.db.lock(Person, person_id, path=("person",))
    if person.died_on is not None:
        raise PersonDead(path=("person",))
    rules.check_death_date(died_on, person.birth_date, ctx.today)
    person.died_on = died_on
    await _end_residences(ctx, person, died_on)
    await ctx.db.execute(
        update(Guardianship)
        .where(
            or_(Guardianship.ward_id == person.id, Guardianship.guardian_id == person.id),
            Guardianship.until.is_(None),
        )
        .values(until=died_on)
    )
    household = await _leave_household(ctx, person)
    await ctx.db.flush()
    detail = {} if household is None else {"household": household.hex}
    ctx.audit("base.person.died", subject=person, fields=("diedOn",), detail=detail)
    ctx.emit("base.person.died", subject=person, grid_id=person.grid_id, data={"on": died_on.isoformat()})
    return person


async def _end_residences(ctx: RequestContext, person: Person, day: date) -> None:
    lasting = select(Residence).where(Residence.person_id == person.id, Residence.until.is_(None))
    for residence in await ctx.db.scalars(lasting):
        residence.until = max(day, residence.since)


async def _leave_household(ctx: RequestContext, person: Person) -> UUID | None:
    """Take a person out of the household, as its head too; return which it was."""
    left = person.household_id
    household = await ctx.db.get(Household, left)
    if household is not None and household.head_id == person.id:
        household.head_id = None
    person.household_id = person.relation = None
    return left
