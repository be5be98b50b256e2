"""Redeeming points: reserve, then confirm or release. Whoever comes second finds the stock already taken."""

from uuid import UUID

from sqlalchemy import func, select

from wangge import RequestContext
from wangge_volunteer_points import permissions
from wangge_volunteer_points.models import Redemption, Reward, Volunteer
from wangge_volunteer_points.rules.inputs import REASON, optional_text
from wangge_volunteer_points.rules.rewards import (
    RedemptionState,
    RewardKind,
    ensure_credit_within_bill,
    ensure_in_stock,
    ensure_not_lapsed,
    ensure_reserved,
    ensure_sponsored,
    ensure_within_daily_limit,
    held_until,
)
from wangge_volunteer_points.services import ledger
from wangge_volunteer_points.services.fee_credit import fee_credit_provider
from wangge_volunteer_points.services.rewards import is_sponsored
from wangge_volunteer_points.services.volunteers import acting_volunteer
from wangge_volunteer_points.settings import VolunteerPointsSettings

LAPSED = "逾期未领"
"""Why reservations are given up that nobody picked up."""


async def redeem_reward(ctx: RequestContext, *, reward_id: UUID) -> Redemption:
    """Reserve a reward for the calling volunteer and set its points aside.

    Raises:
        Forbidden: the caller may not redeem points.
        NotVolunteer: the caller is no volunteer.
        RewardNotOffered: it is a draft or has ended.
        OutOfStock: nothing is left.
        DailyLimitReached: today's share is used up.
        SponsorshipMissing: a fee credit whose sponsorship is not in force.
        NotEnoughPoints: the caller cannot spend as many.
    """
    ctx.require(permissions.REDEEM)
    volunteer = await acting_volunteer(ctx)
    reward = await ctx.db.lock(Reward, reward_id, path=("reward",))
    ensure_in_stock(reward.state, reward.stock)
    async with ctx.beyond_scope("A reservation counts against the reward's stock, limit and sponsorship."):
        if reward.daily_limit is not None:
            ensure_within_daily_limit(await _taken_today(ctx, reward), reward.daily_limit)
        ensure_sponsored(reward.kind, in_force=await is_sponsored(ctx, reward))
        reward.stock -= 1
        redemption = await _reservation(ctx, reward, volunteer)
        ctx.db.add(redemption)
        await ctx.db.flush()
        await ledger.reserve_points(ctx, redemption)
    ctx.emit("volunteer_points.redemption.reserved", subject=redemption, grid_id=reward.grid_id)
    return redemption


async def confirm_redemption(
    ctx: RequestContext, *, redemption_id: UUID, bill_fen: int | None = None
) -> Redemption:
    """Hand a reserved reward out and spend its points for good.

    Args:
        ctx: the request.
        redemption_id: which.
        bill_fen: the open property-fee bill as staff read it, where no billing programme knows it.

    Raises:
        Forbidden: the caller may not confirm redemptions.
        NotFound: the redemption is not of the caller's grids.
        RedemptionNotReserved: it is settled already.
        RedemptionLapsed: its last day is over.
        SponsorshipMissing, BillMissing, CreditAboveBill: a fee credit that must not be granted.
    """
    ctx.require(permissions.CONFIRM_REDEMPTIONS)
    redemption = await ctx.db.lock(Redemption, redemption_id, path=("redemption",))
    ensure_reserved(redemption.state)
    ensure_not_lapsed(ctx.today, redemption.held_until)
    reward = await ctx.db.must_get(Reward, redemption.reward_id)
    if reward.kind is RewardKind.PROPERTY_FEE_CREDIT:
        await _credit_fee(ctx, redemption, reward, bill_fen)
    redemption.state, redemption.settled_at = RedemptionState.CONFIRMED, ctx.now
    await ctx.db.flush()
    await ledger.spend_points(ctx, redemption)
    ctx.audit("volunteer_points.redemption.confirmed", subject=redemption)
    ctx.emit("volunteer_points.redemption.confirmed", subject=redemption, grid_id=redemption.grid_id)
    return redemption


async def release_redemption(
    ctx: RequestContext, *, redemption_id: UUID, reason: str | None = None
) -> Redemption:
    """Give a reservation up: points and stock go back. The volunteer may, and staff of the reward's grid.

    Raises:
        NotFound: the redemption is neither the caller's nor of their grids.
        Forbidden: it is someone else's and the caller may not settle redemptions.
        RedemptionNotReserved: it is settled already.
    """
    redemption = await ctx.db.lock(Redemption, redemption_id, path=("redemption",))
    own = redemption.person_id == ctx.principal.person_id
    ctx.require(permissions.REDEEM if own else permissions.CONFIRM_REDEMPTIONS)
    ensure_reserved(redemption.state)
    redemption.state, redemption.settled_at = RedemptionState.RELEASED, ctx.now
    redemption.release_reason = optional_text(reason, most=REASON, field="reason")
    async with ctx.beyond_scope("A released reservation goes back into the reward's stock."):
        reward = await ctx.db.lock(Reward, redemption.reward_id)
        reward.stock += 1
        await ledger.release_points(ctx, redemption)
    ctx.audit("volunteer_points.redemption.released", subject=redemption)
    ctx.emit("volunteer_points.redemption.released", subject=redemption, grid_id=redemption.grid_id)
    return redemption


async def release_lapsed(ctx: RequestContext) -> Redemption | None:
    """Give up a reservation past its last day, the oldest one; None where there is none.

    Raises:
        Forbidden: the caller may not settle redemptions.
    """
    ctx.require(permissions.CONFIRM_REDEMPTIONS)
    lapsed = select(Redemption.id).where(
        Redemption.state == RedemptionState.RESERVED, Redemption.held_until < ctx.today
    )
    found: UUID | None = await ctx.db.scalar(lapsed.order_by(Redemption.held_until, Redemption.id).limit(1))
    return None if found is None else await release_redemption(ctx, redemption_id=found, reason=LAPSED)


async def _credit_fee(
    ctx: RequestContext, redemption: Redemption, reward: Reward, bill_fen: int | None
) -> None:
    """Set a fee credit against the bill, never above it; through the billing programme where there is one."""
    ensure_sponsored(reward.kind, in_force=await is_sponsored(ctx, reward))
    assert reward.credit_fen is not None  # `ensure_reward_value` saw to it when the reward was made
    provider = fee_credit_provider(ctx)
    if provider is not None:
        bill_fen = await provider.open_bill_fen(ctx, person_id=redemption.person_id)
    ensure_credit_within_bill(reward.credit_fen, bill_fen)
    redemption.bill_fen = bill_fen
    if provider is not None:
        redemption.credit_reference = await provider.credit(
            ctx,
            person_id=redemption.person_id,
            amount_fen=reward.credit_fen,
            key=f"volunteer_points.{redemption.id.hex}",
        )


async def _taken_today(ctx: RequestContext, reward: Reward) -> int:
    statement = select(func.count(Redemption.id)).where(
        Redemption.reward_id == reward.id,
        Redemption.reserved_on == ctx.today,
        Redemption.state != RedemptionState.RELEASED,
    )
    return int(await ctx.db.scalar(statement))


async def _reservation(ctx: RequestContext, reward: Reward, volunteer: Volunteer) -> Redemption:
    days = (await ctx.settings_at(VolunteerPointsSettings, reward.grid_id)).reservation_days
    return Redemption(
        reward_id=reward.id,
        volunteer_id=volunteer.id,
        person_id=volunteer.person_id,
        grid_id=reward.grid_id,
        points=reward.cost,
        reserved_on=ctx.today,
        held_until=held_until(ctx.today, days=days),
    )
