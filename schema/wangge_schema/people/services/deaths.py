"""Recording deaths."""

from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from wangge import RequestContext
from wangge_schema.grids.services.rebinding import bound_models
from wangge_schema.people import rules
from wangge_schema.people.errors import PersonDead
from wangge_schema.people.models import Household, Person


async def record_death(ctx: RequestContext, *, person_id: UUID, died_on: date) -> Person:
    """Record a death: residences, guardianships, posts and memberships end, rows stay.

    What ends is what models declare in `__ends_with_person__`; membership of the household ends too, and
    the audit keeps which it was. Needs `base.people.write`.

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
    await end_bound_rows(ctx, person, died_on)
    household = await _leave_household(ctx, person)
    await ctx.db.flush()
    detail = {} if household is None else {"household": household.hex}
    ctx.audit("base.person.died", subject=person, fields=("diedOn",), detail=detail)
    ctx.emit("base.person.died", subject=person, grid_id=person.grid_id, data={"on": died_on.isoformat()})
    return person


async def end_bound_rows(ctx: RequestContext, person: Person, day: date) -> None:
    """End lasting rows of models that name the person in `__ends_with_person__`, of whatever package.

    They may be bound to grids other than the person's, as a post is.
    """
    async with ctx.beyond_scope("Residences, posts, memberships and guardianships end with a person"):
        for model in await bound_models(ctx):
            keys = getattr(model, "__ends_with_person__", ())
            if not keys:
                continue
            mine = or_(*(getattr(model, key) == person.id for key in keys))
            lasting = or_(model.until.is_(None), model.until > day)
            for row in await ctx.db.scalars(select(model).where(mine, lasting)):
                row.until = max(day, row.since)


async def _leave_household(ctx: RequestContext, person: Person) -> UUID | None:
    """Take a person out of the household, as its head too; return which it was."""
    left = person.household_id
    household = await ctx.db.get(Household, left)
    if household is not None and household.head_id == person.id:
        household.head_id = None
    person.household_id = person.relation = None
    return left
