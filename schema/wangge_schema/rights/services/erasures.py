"""Erasing a person across all programmes, by the map of personal data in the district's database."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from wangge import Effect, RequestContext, effects_of, erase_rows, forget_traces, holdings, keys_of
from wangge_schema.people.models import Household, Person
from wangge_schema.people.rules import DocumentType
from wangge_schema.people.services import end_bound_rows
from wangge_schema.rights import rules
from wangge_schema.rights.errors import PersonErased
from wangge_schema.rights.models import Restriction
from wangge_schema.rights.services.restrictions import lasting_restriction

ERASE = "base.people.erase"
_LIFTED = "Erasing a person reaches the rows of every programme"


@dataclass(frozen=True)
class Erasure:
    """What an erasure does, or did.

    Attributes:
        effects: by table.
        remains: whether rows that a law keeps stay, and with them a stub without personal values.
    """

    effects: Sequence[Effect]
    remains: bool


async def preview_erasure(ctx: RequestContext, *, person_id: UUID) -> Erasure | None:
    """Return what erasing a person would do. Needs `base.people.erase`; changes nothing.

    None where there is no such person within the caller's grids.
    """
    ctx.require(ERASE)
    person = await ctx.db.including_restricted().get(Person, person_id)
    if person is None:
        return None
    everything = ctx.db.beyond().including_restricted()
    return _sum_up(await effects_of(everything, await holdings(everything), person.id))


def _sum_up(effects: Sequence[Effect]) -> Erasure:
    return Erasure(effects, any(one.stays for one in effects))


async def erase_person(ctx: RequestContext, *, person_id: UUID, reason: str) -> Erasure:
    """Erase a person (PIPL art. 47) in the tables of all programmes, on or off. Needs `base.people.erase`.

    Rows go where the map says `delete`. Where a law keeps rows they stay, and the person becomes a stub
    without personal values whose data are restricted for good; otherwise the person goes, too.

    Raises:
        NotFound: when the person lies outside the caller's grids.
        PersonErased: when it was done before.
        ReasonUnstated: when the reason says nothing.
    """
    ctx.require(ERASE)
    why = rules.check_reason(reason)
    person = await ctx.db.including_restricted().lock(Person, person_id, path=("person",))
    restriction = await lasting_restriction(ctx, person_id)
    if restriction is not None and restriction.erased:
        raise PersonErased(path=("person",))
    return await erase_rows_of(ctx, person, why)


async def erase_rows_of(ctx: RequestContext, person: Person, why: str) -> Erasure:
    """Erase a person who is locked, whoever asks: the permission has been checked."""
    async with ctx.beyond_scope(_LIFTED, restricted=True):
        found = await holdings(ctx.db)
        keys = await keys_of(ctx.db, found, person.id)
        await end_bound_rows(ctx, person, ctx.today)
        heads = update(Household).where(Household.head_id == person.id).values(head_id=None)
        await ctx.db.execute(heads)
        done = _sum_up(await erase_rows(ctx.db, found, person.id))
        if not done.remains and not await _delete(ctx, person):
            done = Erasure(done.effects, True)
        if done.remains:
            await _leave_stub(ctx, person)
        await forget_traces(ctx, person.id, keys)
    _tell(ctx, person, done, why)
    return done


async def _delete(ctx: RequestContext, person: Person) -> bool:
    """Delete the person's own row; say False where the database will not, because other rows need it."""
    try:
        async with ctx.db.session.begin_nested():
            gone = delete(Person).where(Person.id == person.id)
            await ctx.db.execute(gone.execution_options(synchronize_session=False))
    except IntegrityError:
        return False
    ctx.db.session.expunge(person)
    return True


async def _leave_stub(ctx: RequestContext, person: Person) -> None:
    """Take every personal value out of the person's own row, and restrict what hangs on it for good."""
    person.name, person.document_type, person.document_number_masked = rules.STUB_NAME, DocumentType.NONE, ""
    person.document_number_cipher = person.document_number_digest = None
    person.phone_cipher = person.phone_digest = person.phone_masked = None
    person.sex = person.birth_date = person.died_on = None
    person.household_id = person.relation = person.dwelling_id = None
    person.restricted_at = person.restricted_at or ctx.now
    await ctx.db.execute(delete(Restriction).where(Restriction.person_id == person.id))
    ctx.db.add(
        Restriction(
            person_id=person.id,
            reason="",
            restricted_by=ctx.principal.account_id,
            restricted_at=ctx.now,
            erased=True,
            grid_id=person.grid_id,
        )
    )
    await ctx.db.flush()


def _tell(ctx: RequestContext, person: Person, done: Erasure, why: str) -> None:
    counts = {f"{one.table} {one.fate}": one.rows for one in done.effects}
    ctx.audit("base.person.erased", subject=person, purpose=why, detail={"remains": done.remains, **counts})
    data = {"person": person.id.hex, "remains": done.remains}
    ctx.emit("base.person.erased", grid_id=person.grid_id, data=data)


async def find_again(ctx: RequestContext, person_id: UUID) -> Person | None:
    """Return a person by key, locked, restricted or not; None where there is none."""
    wanted = select(Person).where(Person.id == person_id).with_for_update()
    found: Person | None = await ctx.db.beyond().including_restricted().scalar(wanted)
    return found
