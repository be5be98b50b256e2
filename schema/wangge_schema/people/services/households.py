"""Recording households and moving them."""

from datetime import date
from uuid import UUID

from sqlalchemy import select

from wangge import RequestContext
from wangge_schema.people import rules
from wangge_schema.people.errors import HouseholdExists, HouseholdThereAlready, MoveDateInvalid
from wangge_schema.people.models import Dwelling, Household, Person, Residence
from wangge_schema.people.rules import ResidenceKind
from wangge_schema.people.services.binding import rebind_followers
from wangge_schema.people.services.residences import replace_residence


async def create_household(ctx: RequestContext, *, dwelling_id: UUID, number: str) -> Household:
    """Record a household of a dwelling. Needs `base.people.write`.

    Its first member of full age becomes the head.

    Raises:
        NotFound: when the dwelling lies outside the caller's grids.
        HouseholdNumberInvalid: when the number has not the form of one.
        HouseholdExists: when the number is taken.
    """
    ctx.require("base.people.write")
    dwelling = await ctx.db.must_get(Dwelling, dwelling_id, path=("dwelling",))
    household = Household(
        number=rules.normalise_household_number(number), dwelling_id=dwelling.id, grid_id=dwelling.grid_id
    )
    async with ctx.db.unique(HouseholdExists(path=("number",))):
        ctx.db.add(household)
    ctx.audit("base.household.created", subject=household, fields=("number", "dwelling"))
    data = {"dwelling": dwelling.id.hex}
    ctx.emit("base.household.created", subject=household, grid_id=household.grid_id, data=data)
    return household


async def move_household(
    ctx: RequestContext, *, household_id: UUID, dwelling_id: UUID, on: date | None = None
) -> Household:
    """Move a household and its members who live with it to another dwelling. Needs `base.people.write`.

    Their current residences end the day before and new ones begin; what is bound to them follows to the
    new grid. Registered and temporary residences stay.

    Args:
        ctx: the request.
        household_id: who moves.
        dwelling_id: where to.
        on: first day in the new dwelling; today where it is not said.

    Raises:
        NotFound: when either lies outside the caller's grids.
        HouseholdThereAlready: when the household lives there.
        MoveDateInvalid: when the day lies in the future, or before a residence that would end.
    """
    ctx.require("base.people.write")
    household = await ctx.db.lock(Household, household_id, path=("household",))
    dwelling = await ctx.db.must_get(Dwelling, dwelling_id, path=("dwelling",))
    day, left = on or ctx.today, household.dwelling_id
    _check_move(left, dwelling, day, ctx.today)
    members = await _members_living_in(ctx, household, left)
    for person, residence in members:
        await replace_residence(ctx, person, residence, dwelling, ResidenceKind.CURRENT, day, path="on")
    household.dwelling_id, household.grid_id = dwelling.id, dwelling.grid_id
    await ctx.db.flush()
    if members:
        await rebind_followers(ctx, [person.id for person, _ in members], dwelling.grid_id)
    ctx.audit(
        "base.household.moved", subject=household, fields=("dwelling",), detail={"members": len(members)}
    )
    data = {"dwelling": dwelling.id.hex, "from": left.hex, "on": day.isoformat(), "members": len(members)}
    ctx.emit("base.household.moved", subject=household, grid_id=household.grid_id, data=data)
    return household


def _check_move(left: UUID, dwelling: Dwelling, day: date, today: date) -> None:
    """Refuse a move to where the household lives already, and one that lies ahead."""
    if dwelling.id == left:
        raise HouseholdThereAlready(path=("dwelling",))
    if day > today:
        raise MoveDateInvalid(path=("on",))


async def _members_living_in(
    ctx: RequestContext, household: Household, dwelling_id: UUID
) -> list[tuple[Person, Residence]]:
    """Return the living members and their current residence in a dwelling."""
    found = await ctx.db.execute(
        select(Person, Residence)
        .join(Residence, Residence.person_id == Person.id)
        .where(
            Person.household_id == household.id,
            Person.died_on.is_(None),
            Residence.dwelling_id == dwelling_id,
            Residence.kind == ResidenceKind.CURRENT,
            Residence.until.is_(None),
        )
        .order_by(Person.id)
    )
    return [(person, residence) for person, residence in found.all()]
