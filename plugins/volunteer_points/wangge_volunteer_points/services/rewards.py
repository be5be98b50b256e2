"""Rewards and the sponsorships behind them, as staff keep them."""

from datetime import date
from uuid import UUID

from wangge import InvalidValue, RequestContext
from wangge_schema import models as base
from wangge_volunteer_points import permissions
from wangge_volunteer_points.errors import OutOfStock, RewardNotOffered
from wangge_volunteer_points.models import Reward, Sponsorship
from wangge_volunteer_points.rules.inputs import NUMBER, STORY, TITLE, checked_number, checked_text
from wangge_volunteer_points.rules.rewards import (
    RewardKind,
    RewardState,
    ensure_reward_value,
    ensure_sponsored,
    is_sponsorship_in_force,
)
from wangge_volunteer_points.services.references import known_grid


async def record_sponsorship(
    ctx: RequestContext,
    *,
    grid_id: UUID,
    organization_id: UUID,
    agreement_number: str,
    signed_on: date | None,
    valid_from: date,
    valid_to: date,
) -> Sponsorship:
    """Record a firm's agreement to grant fee credits; without the day of signing it awaits the signature.

    Raises:
        Forbidden: the caller may not keep rewards.
        OutOfScope: the grid is not one of the caller's.
        NotFound: there is no such grid or organisation.
        InvalidValue: it ends before it begins.
        TextUnfit: the number is empty or too long.
    """
    ctx.require(permissions.WRITE_REWARDS)
    firm = await ctx.db.must_get(base.Organization, organization_id, path=("organization",))
    if valid_to < valid_from:
        raise InvalidValue(path=("validTo",), reason="it ends before it begins.")
    sponsorship = Sponsorship(
        grid_id=await known_grid(ctx, grid_id),
        organization_id=firm.id,
        agreement_number=checked_text(agreement_number, most=NUMBER, field="agreementNumber"),
        signed_on=signed_on,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    ctx.db.add(sponsorship)
    await ctx.db.flush()
    ctx.audit("volunteer_points.sponsorship.recorded", subject=sponsorship)
    return sponsorship


async def sign_sponsorship(ctx: RequestContext, *, sponsorship_id: UUID, signed_on: date) -> Sponsorship:
    """Note the day on which a firm signed its sponsorship.

    Raises:
        Forbidden: the caller may not keep rewards.
        NotFound: the sponsorship is not of the caller's grids.
    """
    ctx.require(permissions.WRITE_REWARDS)
    sponsorship = await ctx.db.lock(Sponsorship, sponsorship_id, path=("sponsorship",))
    sponsorship.signed_on = signed_on
    await ctx.db.flush()
    ctx.audit("volunteer_points.sponsorship.signed", subject=sponsorship, fields=("signedOn",))
    return sponsorship


async def create_reward(
    ctx: RequestContext,
    *,
    grid_id: UUID,
    title: str,
    description: str,
    kind: RewardKind,
    cost: int,
    stock: int,
    daily_limit: int | None = None,
    credit_fen: int | None = None,
    parking_hours: int | None = None,
    sponsorship_id: UUID | None = None,
) -> Reward:
    """Draft a reward. What it costs and gives is fixed from then on: no reservation changes under its owner.

    Raises:
        Forbidden: the caller may not keep rewards.
        NotFound, OutOfScope: the grid or the sponsorship is not there, or not of the caller's grids.
        RewardValueMissing: it does not say what its kind needs.
        TextUnfit, NumberOutOfRange: a text is empty or too long, or a number out of range.
    """
    ctx.require(permissions.WRITE_REWARDS)
    ensure_reward_value(kind, credit_fen=credit_fen, parking_hours=parking_hours)
    reward = Reward(
        grid_id=await known_grid(ctx, grid_id),
        title=checked_text(title, most=TITLE, field="title"),
        description=checked_text(description, most=STORY, field="description"),
        kind=kind,
        cost=checked_number(cost, field="cost"),
        stock=checked_number(stock, least=0, field="stock"),
        daily_limit=None if daily_limit is None else checked_number(daily_limit, field="dailyLimit"),
        credit_fen=credit_fen,
        parking_hours=parking_hours,
        sponsorship_id=await _known_sponsorship(ctx, sponsorship_id),
    )
    ctx.db.add(reward)
    await ctx.db.flush()
    ctx.audit("volunteer_points.reward.created", subject=reward)
    return reward


async def offer_reward(ctx: RequestContext, *, reward_id: UUID) -> Reward:
    """Open a reward for redemption.

    Raises:
        Forbidden: the caller may not keep rewards.
        OutOfScope: the reward is not of the caller's grids.
        SponsorshipMissing: a fee credit without a signed sponsorship in force.
        RewardNotOffered: it has ended.
    """
    ctx.require(permissions.WRITE_REWARDS)
    reward = await ctx.db.lock(Reward, reward_id, path=("reward",))
    if reward.state is RewardState.ENDED:
        raise RewardNotOffered(path=("reward",))
    ensure_sponsored(reward.kind, in_force=await is_sponsored(ctx, reward))
    return await _set_state(ctx, reward, RewardState.OFFERED)


async def end_reward(ctx: RequestContext, *, reward_id: UUID) -> Reward:
    """Close a reward; what is reserved can still be confirmed or released.

    Raises:
        Forbidden: the caller may not keep rewards.
        OutOfScope: the reward is not of the caller's grids.
    """
    ctx.require(permissions.WRITE_REWARDS)
    reward = await ctx.db.lock(Reward, reward_id, path=("reward",))
    return await _set_state(ctx, reward, RewardState.ENDED)


async def change_reward_stock(ctx: RequestContext, *, reward_id: UUID, by: int) -> Reward:
    """Add to a reward's stock, or take from it.

    Raises:
        Forbidden: the caller may not keep rewards.
        OutOfScope: the reward is not of the caller's grids.
        OutOfStock: more would be taken than is there.
        NumberOutOfRange: more would be there than a stock can hold.
    """
    ctx.require(permissions.WRITE_REWARDS)
    reward = await ctx.db.lock(Reward, reward_id, path=("reward",))
    if reward.stock + by < 0:
        raise OutOfStock(path=("by",))
    reward.stock = checked_number(reward.stock + by, least=0, field="by")
    await ctx.db.flush()
    ctx.audit("volunteer_points.reward.stock_changed", subject=reward, fields=("stock",), detail={"by": by})
    return reward


async def is_sponsored(ctx: RequestContext, reward: Reward) -> bool:
    """Say whether a reward's sponsorship is signed and in force today."""
    sponsorship = await ctx.db.get(Sponsorship, reward.sponsorship_id)
    return sponsorship is not None and is_sponsorship_in_force(
        ctx.today,
        signed_on=sponsorship.signed_on,
        valid_from=sponsorship.valid_from,
        valid_to=sponsorship.valid_to,
    )


async def _known_sponsorship(ctx: RequestContext, sponsorship_id: UUID | None) -> UUID | None:
    if sponsorship_id is None:
        return None
    return (await ctx.db.must_get(Sponsorship, sponsorship_id, path=("sponsorship",))).id


async def _set_state(ctx: RequestContext, reward: Reward, state: RewardState) -> Reward:
    reward.state = state
    await ctx.db.flush()
    ctx.audit(f"volunteer_points.reward.{state.value}", subject=reward, fields=("state",))
    return reward
