"""Use cases about consents: seed the register of purposes, record, withdraw, and insist on a consent."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from sqlalchemy import select

from wangge import RequestContext
from wangge_schema.consent import rules
from wangge_schema.consent.errors import (
    ConsentMissing,
    ConsentNotNeeded,
    ConsentNotYours,
    ConsentWithdrawn,
    GuardianNeeded,
    GuardianNotRecorded,
)
from wangge_schema.consent.models import Consent
from wangge_schema.consent.rules import ConsentGiver
from wangge_schema.people.models import Person, ProcessingPurpose
from wangge_schema.people.rules import needs_guardian
from wangge_schema.people.services import guardians_of, must_get_purpose


@dataclass(frozen=True)
class PurposeRow:
    """A purpose as a programme declares it; see `ProcessingPurpose`."""

    key: str
    title_zh: str
    title_en: str
    legal_basis: str
    retention: str | None
    notice_version: str
    needs_consent: bool
    plugin: str


async def purposes(ctx: RequestContext) -> list[ProcessingPurpose]:
    """Return the register of purposes, by key. Open to everyone who is signed in."""
    return await ctx.db.scalars(select(ProcessingPurpose).order_by(ProcessingPurpose.key))


async def seed_purposes(ctx: RequestContext, rows: Sequence[PurposeRow]) -> None:
    """Bring the register up to what a programme declares: on enabling it, harmless when repeated.

    A key that another programme declared first stays that programme's.
    """
    known = {row.key: row for row in await ctx.db.scalars(select(ProcessingPurpose))}
    for row in rows:
        purpose = known.get(row.key)
        if purpose is None:
            ctx.db.add(ProcessingPurpose(**asdict(row)))
            continue
        if purpose.plugin != row.plugin:
            continue
        for name, value in asdict(row).items():
            if getattr(purpose, name) != value:
                setattr(purpose, name, value)
    await ctx.db.flush()


async def record_consent(
    ctx: RequestContext, *, person_id: UUID, purpose: str, guardian_id: UUID | None = None
) -> Consent:
    """Record that a person agrees to a purpose under its present notice.

    The person does it, or a recorded guardian, or staff with `base.consents.write` who hold the proof.
    Repeated under the same notice it changes nothing; under a new one it replaces the former consent.

    Raises:
        NotFound: when the person is out of the caller's reach.
        PurposeUnknown: when the register has no such purpose.
        ConsentNotNeeded: when the purpose does not rest on consent.
        ConsentNotYours: when a resident decides for somebody else.
        GuardianNeeded: when the person is under 14 and no guardian consents.
        GuardianNotRecorded: when the named guardian is not the person's.
    """
    person = await ctx.db.must_get(Person, person_id, path=("person",))
    stated = await must_get_purpose(ctx, purpose)
    guardian_id = await _check_caller(ctx, person, guardian_id)
    if not stated.needs_consent:
        raise ConsentNotNeeded(path=("purpose",), basis=stated.legal_basis)
    under_age = needs_guardian(person.birth_date, ctx.today)
    giver = rules.giver_of(under_age=under_age, has_guardian=guardian_id is not None)
    if giver is None:
        raise GuardianNeeded(path=("guardian",))
    former = await _lasting(ctx, person.id, stated)
    if former is not None:
        if rules.holds(notice_version=former.notice_version, current_version=stated.notice_version):
            return former
        former.withdrawn_at = ctx.now
        await ctx.db.flush()
    return await _add(ctx, person, stated, giver, guardian_id)


async def _check_caller(ctx: RequestContext, person: Person, guardian_id: UUID | None) -> UUID | None:
    """Return the guardian who consents, or None where the person does; refuse callers who may not decide."""
    own = ctx.principal.person_id
    guardians = await guardians_of(ctx, person.id)
    if guardian_id is not None and guardian_id not in guardians:
        raise GuardianNotRecorded(path=("guardian",))
    if own is not None and own == person.id:
        return guardian_id if guardian_id == own else None
    if own is not None and own in guardians:
        return own
    if own is not None and not ctx.can("base.consents.write"):
        raise ConsentNotYours(path=("person",))
    ctx.require("base.consents.write")
    return guardian_id


async def _lasting(ctx: RequestContext, person_id: UUID, purpose: ProcessingPurpose) -> Consent | None:
    found: Consent | None = await ctx.db.scalar(
        select(Consent).where(
            Consent.person_id == person_id, Consent.purpose_id == purpose.id, Consent.withdrawn_at.is_(None)
        )
    )
    return found


async def _add(
    ctx: RequestContext,
    person: Person,
    purpose: ProcessingPurpose,
    giver: ConsentGiver,
    guardian_id: UUID | None,
) -> Consent:
    consent = Consent(
        person_id=person.id,
        purpose_id=purpose.id,
        notice_version=purpose.notice_version,
        given_by=giver,
        guardian_id=guardian_id,
        recorded_by=ctx.principal.account_id,
        given_at=ctx.now,
        grid_id=person.grid_id,
    )
    ctx.db.add(consent)
    await ctx.db.flush()
    ctx.audit("base.consent.recorded", subject=consent, purpose=purpose.key)
    data = {"purpose": purpose.key}
    ctx.emit("base.consent.recorded", subject=consent, grid_id=consent.grid_id, data=data)
    return consent


async def withdraw_consent(ctx: RequestContext, *, consent_id: UUID) -> Consent:
    """Withdraw a consent: by whoever could give it, as easily (PIPL art. 15).

    What was done before stays lawful.

    Raises:
        NotFound: when the consent is out of the caller's reach.
        ConsentNotYours: when a resident decides for somebody else.
        ConsentWithdrawn: when it has been withdrawn already.
    """
    consent = await ctx.db.lock(Consent, consent_id, path=("consent",))
    person = await ctx.db.must_get(Person, consent.person_id, path=("consent",))
    await _check_caller(ctx, person, None)
    if consent.withdrawn_at is not None:
        raise ConsentWithdrawn(path=("consent",))
    consent.withdrawn_at = ctx.now
    await ctx.db.flush()
    purpose = await ctx.db.must_get(ProcessingPurpose, consent.purpose_id)
    ctx.audit("base.consent.withdrawn", subject=consent, purpose=purpose.key)
    data = {"purpose": purpose.key}
    ctx.emit("base.consent.withdrawn", subject=consent, grid_id=consent.grid_id, data=data)
    return consent


async def require_consent(ctx: RequestContext, *, person_id: UUID, purpose: str) -> None:
    """Insist on a consent before data are used for a purpose that needs one; other purposes pass.

    For programmes. A child's consent counts only when a guardian gave it (PIPL art. 31).

    Raises:
        PurposeUnknown: when the register has no such purpose.
        ConsentMissing: when there is no consent under the present notice.
    """
    stated = await must_get_purpose(ctx, purpose)
    if not stated.needs_consent:
        return
    person = await ctx.db.must_get(Person, person_id, path=("person",))
    consent = await _lasting(ctx, person.id, stated)
    if consent is None or not rules.holds(
        notice_version=consent.notice_version, current_version=stated.notice_version
    ):
        raise ConsentMissing(path=("purpose",))
    if needs_guardian(person.birth_date, ctx.today) and consent.given_by is not ConsentGiver.GUARDIAN:
        raise ConsentMissing(path=("purpose",))
