"""Restricting people's data and lifting it: what is restricted is stored, and nothing else is done."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from wangge import RequestContext
from wangge_schema.people.models import Person
from wangge_schema.rights import rules
from wangge_schema.rights.errors import NotRestricted, PersonErased
from wangge_schema.rights.models import Restriction

HANDLE = "base.people.restrict"


async def restrict_person(ctx: RequestContext, *, person_id: UUID, reason: str) -> Restriction:
    """Restrict the data of a person (PIPL arts. 44, 47): only storage goes on. Needs `base.people.restrict`.

    The platform leaves the person, and every row that names the person, out of all reads, counts and writes
    of every programme until the restriction is lifted.

    Raises:
        NotFound: when the person lies outside the caller's grids.
        DataRestricted: when the data are restricted already.
        ReasonUnstated: when the reason says nothing.
    """
    ctx.require(HANDLE)
    why = rules.check_reason(reason)
    person = await ctx.db.lock(Person, person_id, path=("person",))
    restriction = Restriction(
        person_id=person.id,
        reason=why,
        restricted_by=ctx.principal.account_id,
        restricted_at=ctx.now,
        grid_id=person.grid_id,
    )
    person.restricted_at = ctx.now
    ctx.db.add(restriction)
    await ctx.db.flush()
    ctx.audit("base.person.restricted", subject=person, purpose=why)
    ctx.emit("base.person.restricted", subject=person, grid_id=person.grid_id)
    return restriction


async def lift_restriction(ctx: RequestContext, *, person_id: UUID, reason: str) -> Restriction:
    """Lift the restriction of a person's data. Needs `base.people.restrict`.

    Raises:
        NotFound: when the person lies outside the caller's grids.
        NotRestricted: when the data are not restricted.
        PersonErased: when the person was erased: what is left stays restricted.
        ReasonUnstated: when the reason says nothing.
    """
    ctx.require(HANDLE)
    why = rules.check_reason(reason)
    everyone = ctx.db.including_restricted()
    person = await everyone.lock(Person, person_id, path=("person",))
    restriction = await lasting_restriction(ctx, person_id)
    if restriction is None or person.restricted_at is None:
        raise NotRestricted(path=("person",))
    if restriction.erased:
        raise PersonErased(path=("person",))
    person.restricted_at, restriction.lifted_at = None, ctx.now
    await ctx.db.flush()
    ctx.audit("base.person.released", subject=person, purpose=why)
    ctx.emit("base.person.released", subject=person, grid_id=person.grid_id)
    return restriction


async def lasting_restriction(ctx: RequestContext, person_id: UUID) -> Restriction | None:
    """Return the restriction of a person that stands, if one does."""
    lasting = Restriction.person_id == person_id, Restriction.lifted_at.is_(None)
    found: Restriction | None = await ctx.db.scalar(select(Restriction).where(*lasting))
    return found


async def names_of(ctx: RequestContext, person_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Return the names of persons, restricted ones too, for those who handle restrictions."""
    named = select(Person.id, Person.name).where(Person.id.in_(list(person_ids)))
    found = await ctx.db.including_restricted().execute(named)
    return {row.id: row.name for row in found.all()}
