"""Beginning and ending residences of single persons."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from wangge import RequestContext
from wangge_schema.people.errors import MoveDateInvalid, PersonDead, ResidenceMissing, ResidenceThereAlready
from wangge_schema.people.models import Dwelling, Household, Person, Residence
from wangge_schema.people.rules import ResidenceKind
from wangge_schema.people.services.binding import bind_to, rebind_followers


async def record_residence(
    ctx: RequestContext, *, person_id: UUID, dwelling_id: UUID, kind: ResidenceKind, since: date | None = None
) -> Person:
    """Record where a living person belongs from a day on. Needs `base.people.write`.

    A lasting residence of the same kind ends the day before. With a new current residence the person, and
    what is bound to the person, moves to its grid, and leaves a household that lives elsewhere.

    Raises:
        NotFound: when person or dwelling lie outside the caller's grids.
        PersonDead: when the death is recorded.
        ResidenceThereAlready: when the person has this residence.
        MoveDateInvalid: when the day lies in the future, or before the residence that would end.
    """
    person = await _living(ctx, person_id)
    dwelling = await ctx.db.must_get(Dwelling, dwelling_id, path=("dwelling",))
    day = since or ctx.today
    if day > ctx.today:
        raise MoveDateInvalid(path=("since",))
    former = await lasting_residence(ctx, person.id, kind)
    if former is not None and former.dwelling_id == dwelling.id:
        raise ResidenceThereAlready(path=("dwelling",))
    await replace_residence(ctx, person, former, dwelling, kind, day, path="since")
    if kind is ResidenceKind.CURRENT:
        await _leave_household_elsewhere(ctx, person, dwelling)
    await ctx.db.flush()
    if kind is ResidenceKind.CURRENT:
        await rebind_followers(ctx, [person.id], dwelling.grid_id)
    ctx.audit("base.person.settled", subject=person, fields=("residences",), detail={"kind": kind.value})
    data = {"kind": kind.value, "dwelling": dwelling.id.hex, "since": day.isoformat()}
    ctx.emit("base.person.settled", subject=person, grid_id=person.grid_id, data=data)
    return person


async def end_residence(
    ctx: RequestContext, *, person_id: UUID, kind: ResidenceKind, until: date | None = None
) -> Person:
    """End a person's lasting residence, as when somebody leaves the district. Needs `base.people.write`.

    The person stays bound to the last known grid.

    Raises:
        NotFound: when the person lies outside the caller's grids.
        PersonDead: when the death is recorded.
        ResidenceMissing: when no residence of this kind lasts.
        MoveDateInvalid: when the day lies in the future, or before the residence began.
    """
    person = await _living(ctx, person_id)
    residence = await lasting_residence(ctx, person.id, kind)
    if residence is None:
        raise ResidenceMissing(path=("kind",))
    day = until or ctx.today
    if day > ctx.today or day < residence.since:
        raise MoveDateInvalid(path=("until",))
    residence.until = day
    await ctx.db.flush()
    ctx.audit("base.person.left", subject=person, fields=("residences",), detail={"kind": kind.value})
    data = {"kind": kind.value, "until": day.isoformat()}
    ctx.emit("base.person.left", subject=person, grid_id=person.grid_id, data=data)
    return person


async def lasting_residence(ctx: RequestContext, person_id: UUID, kind: ResidenceKind) -> Residence | None:
    """Return the person's residence of a kind that lasts, the latest where there are several."""
    lasting = select(Residence).where(
        Residence.person_id == person_id, Residence.kind == kind, Residence.until.is_(None)
    )
    found: Residence | None = await ctx.db.scalar(lasting.order_by(Residence.since.desc()).limit(1))
    return found


async def replace_residence(
    ctx: RequestContext,
    person: Person,
    former: Residence | None,
    dwelling: Dwelling,
    kind: ResidenceKind,
    day: date,
    *,
    path: str,
) -> None:
    """Begin a residence on a day and end the former one the day before; one of the same day is corrected.

    Raises:
        MoveDateInvalid: at `path`, when the day lies before the former residence.
    """
    if kind is ResidenceKind.CURRENT:
        bind_to(person, dwelling)
    if former is not None and day < former.since:
        raise MoveDateInvalid(path=(path,))
    if former is not None and day == former.since:
        former.dwelling_id, former.grid_id = dwelling.id, dwelling.grid_id
        return
    if former is not None:
        former.until = day - timedelta(days=1)
        await ctx.db.flush()  # inserts go before updates, and two lasting residences are one too many
    ctx.db.add(
        Residence(
            person_id=person.id, dwelling_id=dwelling.id, kind=kind, since=day, grid_id=dwelling.grid_id
        )
    )


async def _living(ctx: RequestContext, person_id: UUID) -> Person:
    ctx.require("base.people.write")
    person = await ctx.db.lock(Person, person_id, path=("person",))
    if person.died_on is not None:
        raise PersonDead(path=("person",))
    return person


async def _leave_household_elsewhere(ctx: RequestContext, person: Person, dwelling: Dwelling) -> None:
    household = await ctx.db.get(Household, person.household_id)
    if household is None or household.dwelling_id == dwelling.id:
        return
    if household.head_id == person.id:
        household.head_id = None
    person.household_id = person.relation = None
