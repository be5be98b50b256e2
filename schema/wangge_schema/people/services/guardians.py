"""Who is the guardian of whom."""

from uuid import UUID

from sqlalchemy import or_, select

from wangge import RequestContext
from wangge_schema.people import rules
from wangge_schema.people.errors import GuardianshipExists, GuardianUnfit
from wangge_schema.people.models import Guardianship, Household, Person


async def record_guardianship(ctx: RequestContext, *, ward_id: UUID, guardian_id: UUID) -> Guardianship:
    """Record that one person is the guardian of another. Needs `base.people.write`.

    Raises:
        NotFound: when either lies outside the caller's grids.
        GuardianUnfit: when the guardian is the ward, dead or under age (Civil Code arts. 17, 27).
        GuardianshipExists: when it is recorded already.
    """
    ctx.require("base.people.write")
    ward = await ctx.db.must_get(Person, ward_id, path=("ward",))
    guardian = await ctx.db.must_get(Person, guardian_id, path=("guardian",))
    if not _is_fit(ctx, guardian, ward):
        raise GuardianUnfit(path=("guardian",))
    if guardian.id in await guardians_of(ctx, ward.id):
        raise GuardianshipExists(path=("guardian",))
    return await _add(ctx, ward, guardian)


async def guardians_of(ctx: RequestContext, ward_id: UUID) -> set[UUID]:
    """Return the ids of a person's present guardians."""
    lasting = or_(Guardianship.until.is_(None), Guardianship.until > ctx.today)
    return set(
        await ctx.db.scalars(select(Guardianship.guardian_id).where(Guardianship.ward_id == ward_id, lasting))
    )


async def guard_by_head(ctx: RequestContext, person: Person, household: Household | None) -> None:
    """Make the household's head the guardian of a new member under age, where the head is fit to be."""
    if household is None or household.head_id is None or not rules.is_minor(person.birth_date, ctx.today):
        return
    head = await ctx.db.get(Person, household.head_id)
    if head is not None and _is_fit(ctx, head, person):
        await _add(ctx, person, head)


def _is_fit(ctx: RequestContext, guardian: Person, ward: Person) -> bool:
    adult = not rules.is_minor(guardian.birth_date, ctx.today)
    return adult and guardian.died_on is None and guardian.id != ward.id


async def _add(ctx: RequestContext, ward: Person, guardian: Person) -> Guardianship:
    row = Guardianship(ward_id=ward.id, guardian_id=guardian.id, since=ctx.today, grid_id=ward.grid_id)
    await ctx.db.insert(row)
    ctx.audit("base.guardianship.recorded", subject=row, fields=("ward", "guardian"))
    ids = {"guardian": guardian.id.hex, "ward": ward.id.hex}
    ctx.emit("base.guardianship.recorded", subject=row, grid_id=row.grid_id, data=ids)
    return row
