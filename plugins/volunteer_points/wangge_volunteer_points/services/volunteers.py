"""Volunteers: register, by free will alone, and withdraw at any time."""

from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from wangge import RequestContext
from wangge_schema import models as base
from wangge_volunteer_points import permissions
from wangge_volunteer_points.errors import AlreadyVolunteer, ApplicationMissing, NotVolunteer, PersonMissing
from wangge_volunteer_points.models import PointsAccount, Volunteer
from wangge_volunteer_points.rules.inputs import NUMBER, optional_text
from wangge_volunteer_points.rules.volunteers import VolunteerState, ensure_guardian_consent
from wangge_volunteer_points.settings import VolunteerPointsSettings


async def acting_volunteer(ctx: RequestContext, *, lock: bool = False) -> Volunteer:
    """Return the volunteer who is signed in, locked if what follows depends on their other commitments.

    Raises:
        Forbidden: the caller may not take part.
        NotVolunteer: the caller is no resident, has not registered, or has withdrawn.
    """
    ctx.require(permissions.JOIN)
    found = select(Volunteer).where(
        Volunteer.person_id == ctx.principal.person_id, Volunteer.state == VolunteerState.ACTIVE
    )
    volunteer: Volunteer | None = None
    if ctx.principal.person_id is not None:
        volunteer = await ctx.db.scalar(found)
    if volunteer is None:
        raise NotVolunteer()
    return await ctx.db.lock(Volunteer, volunteer.id) if lock else volunteer


async def register_volunteer(
    ctx: RequestContext,
    *,
    person_id: UUID | None = None,
    application_number: str | None = None,
    guardian_consent_on: date | None = None,
) -> Volunteer:
    """Register a person: themselves, a ward by the guardian, or someone who signed an application.

    Args:
        ctx: the request.
        person_id: who registers; None for the caller.
        application_number: of the application signed by the person, where staff register.
        guardian_consent_on: when a guardian consented in writing, where staff register a minor. Guardians
            consent by registering their ward; minors cannot state it for themselves.

    Raises:
        Forbidden: the caller may neither take part nor register others.
        PersonMissing: nobody is named and the caller's account has no person.
        NotFound: the person is not visible to the caller.
        ApplicationMissing: staff register without the person's application.
        GuardianConsentMissing: a minor without consent, or one who registers alone.
        TextUnfit: the number is too long.
        AlreadyVolunteer: registered before and active.
    """
    person = await _person(ctx, person_id)
    application_number = optional_text(application_number, most=NUMBER, field="applicationNumber")
    consent_on = await _consent(ctx, person, application_number, guardian_consent_on)
    adult_age = ctx.settings(VolunteerPointsSettings).adult_age
    consented = consent_on is not None
    ensure_guardian_consent(ctx.today, person.birth_date, consented=consented, adult_age=adult_age)
    volunteer = await _enter(ctx, person)
    volunteer.application_number, volunteer.guardian_consent_on = application_number, consent_on
    await ctx.db.flush()
    ctx.audit("volunteer_points.volunteer.registered", subject=volunteer)
    ctx.emit("volunteer_points.volunteer.registered", subject=volunteer, grid_id=volunteer.grid_id)
    return volunteer


async def withdraw_volunteer(ctx: RequestContext) -> Volunteer:
    """Let the caller stop being a volunteer. Hours are kept, and points until they expire.

    Raises:
        NotVolunteer: the caller is none.
    """
    volunteer = await acting_volunteer(ctx, lock=True)
    volunteer.state, volunteer.withdrawn_on = VolunteerState.WITHDRAWN, ctx.today
    ctx.audit("volunteer_points.volunteer.withdrawn", subject=volunteer)
    return volunteer


async def _person(ctx: RequestContext, person_id: UUID | None) -> base.Person:
    wanted = person_id or ctx.principal.person_id
    if wanted is None:
        raise PersonMissing(path=("person",))
    return await ctx.db.must_get(base.Person, wanted, path=("person",))


async def _consent(
    ctx: RequestContext, person: base.Person, application_number: str | None, stated: date | None
) -> date | None:
    """Check that the caller may register the person; return when a guardian consented, if one did."""
    if person.id == ctx.principal.person_id:
        ctx.require(permissions.JOIN)
        return None
    if await _is_guardian(ctx, person.id):
        ctx.require(permissions.JOIN)
        return ctx.today
    ctx.require(permissions.REGISTER_OTHERS)
    if application_number is None:
        raise ApplicationMissing(path=("applicationNumber",))
    return stated


async def _is_guardian(ctx: RequestContext, ward_id: UUID) -> bool:
    if ctx.principal.person_id is None:
        return False
    statement = select(base.Guardianship.id).where(
        base.Guardianship.ward_id == ward_id,
        base.Guardianship.guardian_id == ctx.principal.person_id,
        or_(base.Guardianship.until.is_(None), base.Guardianship.until > ctx.today),
    )
    return await ctx.db.scalar(statement) is not None


async def _enter(ctx: RequestContext, person: base.Person) -> Volunteer:
    """Return the person's record as an active volunteer: a new one with an account, or the former one."""
    taken = AlreadyVolunteer(path=("person",))
    former: Volunteer | None = await ctx.db.scalar(select(Volunteer).where(Volunteer.person_id == person.id))
    if former is not None:
        if former.state is VolunteerState.ACTIVE:
            raise taken
        former.state, former.withdrawn_on = VolunteerState.ACTIVE, None
        return former
    volunteer = Volunteer(person_id=person.id, grid_id=person.grid_id, registered_on=ctx.today)
    async with ctx.db.unique(taken):
        ctx.db.add(volunteer)
    ctx.db.add(PointsAccount(volunteer_id=volunteer.id, person_id=person.id, grid_id=person.grid_id))
    return volunteer
