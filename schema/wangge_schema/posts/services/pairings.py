"""Pair officials with building heads, and end pairings."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from wangge import NotFound, RequestContext
from wangge_schema.people.models import Household, Person
from wangge_schema.posts import rules
from wangge_schema.posts.errors import PairingNeedsBuildingHead, PairingSizeUnusual
from wangge_schema.posts.models import Pairing, PairingHousehold, Post, lasts_on
from wangge_schema.posts.services.assignments import WRITE
from wangge_schema.posts.settings import PostSettings


async def pair_official(
    ctx: RequestContext,
    *,
    official_id: UUID,
    building_head_id: UUID,
    household_ids: Sequence[UUID],
    since: date | None = None,
    until: date | None = None,
) -> Pairing:
    """Pair an official with the head of a building and the households they look after.

    It begins today unless stated. A number of households outside the district's range (about 50) is warned
    of, never refused.

    Raises:
        NotFound: when a person or household lies outside the caller's grids.
        PairingNeedsBuildingHead: when the second person heads no building on the first day.
        PairingOfOne, PairingDatesInvalid, PairingExists, PairingTooLarge: by what is wrong.
        OutOfScope: when the building lies outside the caller's grids.
    """
    ctx.require(WRITE)
    since = since or ctx.today
    households = rules.check_households(household_ids)
    await _lock_both(ctx, official_id, building_head_id)
    terms = await _terms(ctx, official_id, building_head_id)
    rules.check_pairing(official_id, building_head_id, (since, until), terms)
    await _check_seen(ctx, households)
    pairing = Pairing(
        official_id=official_id,
        building_head_id=building_head_id,
        since=since,
        until=until,
        grid_id=await _building(ctx, building_head_id, since),
    )
    ctx.db.add(pairing)
    await ctx.db.flush()
    ctx.db.add_all(PairingHousehold(pairing_id=pairing.id, household_id=one) for one in households)
    await _warn_of_size(ctx, pairing.grid_id, len(households))
    await _write(ctx, pairing, "base.pairing.started", ("official", "building_head", "households"))
    return pairing


async def end_pairing(ctx: RequestContext, *, pairing_id: UUID, until: date | None = None) -> Pairing:
    """End a pairing; `until` is its last day, today unless stated.

    Raises:
        NotFound: when it lies outside the caller's grids.
        PairingEnded, PairingDatesInvalid: by what is wrong.
    """
    ctx.require(WRITE)
    pairing = await ctx.db.lock(Pairing, pairing_id, path=("pairing",))
    until = until or ctx.today
    rules.check_pairing_end(pairing.since, pairing.until, until)
    pairing.until = until
    await _write(ctx, pairing, "base.pairing.ended", ("until",))
    return pairing


async def _write(ctx: RequestContext, pairing: Pairing, act: str, fields: Sequence[str]) -> None:
    """Write a pairing, then its audit row and event under one name."""
    await ctx.db.flush()
    ctx.audit(act, subject=pairing, fields=fields)
    ctx.emit(act, subject=pairing, grid_id=pairing.grid_id, data={})


async def _lock_both(ctx: RequestContext, official_id: UUID, building_head_id: UUID) -> None:
    """Lock both people in the order of their ids, so that pairings of the same people wait for each other."""
    for person_id in sorted({official_id, building_head_id}):
        path = "official" if person_id == official_id else "buildingHead"
        await ctx.db.lock(Person, person_id, path=(path,))


async def _terms(ctx: RequestContext, official_id: UUID, building_head_id: UUID) -> list[rules.Term]:
    """Return the terms of both people's pairings, outside the caller's grids too: 1+1 holds everywhere."""
    either = or_(Pairing.official_id == official_id, Pairing.building_head_id == building_head_id)
    async with ctx.beyond_scope("whether either person is paired already"):
        rows = (await ctx.db.execute(select(Pairing.since, Pairing.until).where(either))).all()
    return [(row.since, row.until) for row in rows]


async def _check_seen(ctx: RequestContext, households: Sequence[UUID]) -> None:
    seen = await ctx.db.scalars(select(Household.id).where(Household.id.in_(households)))
    if len(seen) < len(households):
        raise NotFound("Household", path=("households",))


async def _building(ctx: RequestContext, person_id: UUID, day: date) -> UUID:
    """Return the building that a person has headed longest on `day`."""
    held = select(Post.grid_id).where(
        Post.person_id == person_id, Post.role_key == rules.BUILDING_HEAD, lasts_on(Post, day)
    )
    building: UUID | None = await ctx.db.scalar(held.order_by(Post.since, Post.id).limit(1))
    if building is None:
        raise PairingNeedsBuildingHead(path=("buildingHead",))
    return building


async def _warn_of_size(ctx: RequestContext, building: UUID, households: int) -> None:
    settings = await ctx.settings_at(PostSettings, building)
    low, high = settings.pairing_households_low, settings.pairing_households_high
    if rules.is_unusual_size(households, low, high):
        ctx.warn(PairingSizeUnusual(path=("households",), households=households, low=low, high=high))
