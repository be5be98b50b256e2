"""Orders as volunteers meet them: taken or declined by a leader (接单), claimed by members (领单)."""

from uuid import UUID

from sqlalchemy import select, update

from wangge import RequestContext
from wangge_volunteer_points.errors import AlreadyClaimed, ClaimMissing, NotTeamMember, OfferNotOpen
from wangge_volunteer_points.models import OrderClaim, OrderOffer, Volunteer, VolunteerOrder
from wangge_volunteer_points.rules.activities import Period
from wangge_volunteer_points.rules.inputs import REASON, optional_text
from wangge_volunteer_points.rules.orders import (
    ClaimState,
    OfferState,
    OrderState,
    OrderStep,
    ensure_free_place,
    ensure_order_not_over,
    state_after,
)
from wangge_volunteer_points.services.commitments import ensure_can_commit
from wangge_volunteer_points.services.orders import claim_of
from wangge_volunteer_points.services.teams import led_team, membership
from wangge_volunteer_points.services.volunteers import acting_volunteer


async def accept_order(ctx: RequestContext, *, order_id: UUID, team_id: UUID) -> VolunteerOrder:
    """Take an order for the team one leads (接单), offered or not. Open offers to others lapse.

    Raises:
        NotTeamLeader: the caller does not lead the team.
        OrderNotReady: another team was faster, or the order is closed.
        OrderOver: its time has passed.
    """
    team, _ = await led_team(ctx, team_id=team_id)
    order = await ctx.db.lock(VolunteerOrder, order_id, path=("order",))
    state = state_after(order.state, OrderStep.ACCEPT)
    ensure_order_not_over(ctx.now, order.ends_at)
    async with ctx.beyond_scope("A team's leader takes an order for the team."):
        order.state, order.team_id, order.taken_at = state, team.id, ctx.now
        await _close_offers(ctx, order, team.id)
    ctx.emit(
        "volunteer_points.order.taken", subject=order, grid_id=order.grid_id, data={"team": str(team.id)}
    )
    return order


async def decline_order(
    ctx: RequestContext, *, order_id: UUID, team_id: UUID, reason: str | None
) -> OrderOffer:
    """Decline an offer for the team one leads. No reason is owed.

    Raises:
        NotTeamLeader: the caller does not lead the team.
        OfferNotOpen: the team has no open offer of this order.
    """
    team, _ = await led_team(ctx, team_id=team_id)
    await ctx.db.lock(VolunteerOrder, order_id, path=("order",))
    offer: OrderOffer | None = await ctx.db.scalar(
        select(OrderOffer).where(OrderOffer.order_id == order_id, OrderOffer.team_id == team.id)
    )
    if offer is None or offer.state is not OfferState.OPEN:
        raise OfferNotOpen(path=("order",))
    reason = optional_text(reason, most=REASON, field="reason")
    async with ctx.beyond_scope("A team's leader declines an offer to the team."):
        offer.state, offer.answered_at, offer.reason = OfferState.DECLINED, ctx.now, reason
    return offer


async def claim_order(ctx: RequestContext, *, order_id: UUID) -> OrderClaim:
    """Let a member of the team take part of its order upon themselves (领单).

    Raises:
        NotVolunteer: the caller is no volunteer.
        OrderNotReady: no team has taken the order, or it is closed.
        OrderOver: its time has passed.
        NotTeamMember: the caller has not joined that team.
        OrderFull: it has all the volunteers it needs.
        AlreadyClaimed: the caller has claimed it.
        AdultsOnly, ShiftOverlaps, DailyCapReached: see `ensure_can_commit`.
    """
    volunteer = await acting_volunteer(ctx, lock=True)
    order = await ctx.db.lock(VolunteerOrder, order_id, path=("order",))
    state = state_after(order.state, OrderStep.CLAIM)
    if order.team_id is None or not await membership(ctx, team_id=order.team_id, volunteer_id=volunteer.id):
        raise NotTeamMember(path=("order",))
    claim = await claim_of(ctx, order_id=order.id, volunteer_id=volunteer.id)
    if claim is not None and claim.state is ClaimState.CLAIMED:
        raise AlreadyClaimed(path=("order",))
    ensure_order_not_over(ctx.now, order.ends_at)
    ensure_free_place(order.claimed, order.needed)
    await ensure_can_commit(ctx, volunteer, Period(order.starts_at, order.ends_at), dangerous=order.dangerous)
    async with ctx.beyond_scope("A claim counts towards the volunteers an order needs."):
        order.state, order.claimed = state, order.claimed + 1
        claim = _stand(ctx, claim, order, volunteer)
    ctx.emit("volunteer_points.order.claimed", subject=order, grid_id=order.grid_id)
    return claim


async def release_claim(ctx: RequestContext, *, order_id: UUID) -> OrderClaim:
    """Give a claim back: what is free to take is free to leave.

    Raises:
        NotVolunteer: the caller is no volunteer.
        OrderNotReady: the order is over.
        ClaimMissing: the caller has no claim of it.
    """
    volunteer = await acting_volunteer(ctx, lock=True)
    order = await ctx.db.lock(VolunteerOrder, order_id, path=("order",))
    state_after(order.state, OrderStep.CLAIM)
    claim = await claim_of(ctx, order_id=order.id, volunteer_id=volunteer.id)
    if claim is None or claim.state is ClaimState.RELEASED:
        raise ClaimMissing(path=("order",))
    async with ctx.beyond_scope("A released claim frees a place of the order."):
        claim.state, order.claimed = ClaimState.RELEASED, order.claimed - 1
        order.state = OrderState.CLAIMED if order.claimed else OrderState.TAKEN
    return claim


def _stand(
    ctx: RequestContext, released: OrderClaim | None, order: VolunteerOrder, volunteer: Volunteer
) -> OrderClaim:
    """Return the claim that now stands: the released one again, or a new one."""
    if released is not None:
        released.state = ClaimState.CLAIMED
        return released
    claim = OrderClaim(
        order_id=order.id,
        volunteer_id=volunteer.id,
        person_id=volunteer.person_id,
        grid_id=order.grid_id,
    )
    ctx.db.add(claim)
    return claim


async def _close_offers(ctx: RequestContext, order: VolunteerOrder, team_id: UUID) -> None:
    """Note the acceptance on the team's own offer and let the others lapse."""
    still_open = (OrderOffer.order_id == order.id, OrderOffer.state == OfferState.OPEN)
    own = update(OrderOffer).where(*still_open, OrderOffer.team_id == team_id)
    await ctx.db.execute(own.values(state=OfferState.ACCEPTED, answered_at=ctx.now))
    await ctx.db.execute(update(OrderOffer).where(*still_open).values(state=OfferState.LAPSED))
