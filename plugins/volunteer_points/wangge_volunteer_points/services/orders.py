"""Orders as a community meets them: placed (点单), offered (派单), finished, shown (晒单), cancelled."""

from uuid import UUID

from sqlalchemy import select

from wangge import RequestContext
from wangge_schema import models as base
from wangge_volunteer_points import permissions
from wangge_volunteer_points.errors import AlreadyOffered, PersonMissing
from wangge_volunteer_points.models import (
    OrderClaim,
    OrderOffer,
    OrderShowcase,
    VolunteerOrder,
    VolunteerTeam,
)
from wangge_volunteer_points.rules.activities import Period, ensure_planned
from wangge_volunteer_points.rules.inputs import STORY, TITLE, checked_number, checked_text
from wangge_volunteer_points.rules.orders import OrderStep, state_after
from wangge_volunteer_points.services.plans import ServicePlan
from wangge_volunteer_points.services.references import known_grid
from wangge_volunteer_points.settings import VolunteerPointsSettings


async def place_order(
    ctx: RequestContext, *, grid_id: UUID | None, plan: ServicePlan, period: Period, needed: int = 1
) -> VolunteerOrder:
    """Put up a need (点单): staff for one of their grids, a resident for the grid they live in.

    Raises:
        Forbidden: the caller may not place orders.
        NotFound, OutOfScope: there is no such grid, or it is not one of the caller's.
        PeriodInvalid: it ends before it starts, lasts too long, or is over.
        TextUnfit, NumberOutOfRange, ServiceClassUnknown: the plan or the number does not fit.
        PersonMissing: no grid is given and the caller's account has no person.
    """
    ctx.require(permissions.PLACE_ORDERS)
    ensure_planned(period, now=ctx.now, cap_hours=ctx.settings(VolunteerPointsSettings).daily_cap_hours)
    resident = await _caller(ctx) if grid_id is None else None
    place_id = resident.grid_id if resident else await known_grid(ctx, grid_id)
    plan = await plan.checked(ctx, grid_id=place_id, content_field="need")
    order = VolunteerOrder(
        grid_id=place_id,
        title=plan.title,
        need=plan.content,
        place=plan.place,
        starts_at=period.starts_at,
        ends_at=period.ends_at,
        needed=checked_number(needed, field="needed"),
        service_class=plan.service_class,
        circumstance=plan.circumstance,
        dangerous=plan.dangerous,
        placed_by_id=resident.id if resident else None,
    )
    ctx.db.add(order)
    await ctx.db.flush()
    ctx.emit("volunteer_points.order.placed", subject=order, grid_id=order.grid_id)
    return order


async def offer_order(ctx: RequestContext, *, order_id: UUID, team_id: UUID) -> OrderOffer:
    """Offer an order to a team (派单). An offer asks; only the team's acceptance makes it work to do.

    Raises:
        Forbidden: the caller may not offer orders.
        OutOfScope: the order is not of the caller's grids.
        OrderNotReady: a team has taken it, or it is over.
        AlreadyOffered: this team was asked before.
    """
    ctx.require(permissions.OFFER_ORDERS)
    order = await ctx.db.lock(VolunteerOrder, order_id, path=("order",))
    state_after(order.state, OrderStep.OFFER)
    team = await ctx.db.must_get(VolunteerTeam, team_id, path=("team",))
    offer = OrderOffer(order_id=order.id, team_id=team.id, grid_id=order.grid_id)
    async with ctx.db.unique(AlreadyOffered(path=("team",))):
        ctx.db.add(offer)
    ctx.emit(
        "volunteer_points.order.offered", subject=order, grid_id=order.grid_id, data={"team": str(team.id)}
    )
    return offer


async def finish_order(ctx: RequestContext, *, order_id: UUID) -> VolunteerOrder:
    """Say that the service of an order is done: by who placed it, or by staff.

    Raises:
        Forbidden: the caller did neither place the order nor may handle orders.
        OutOfScope: the order is not of the caller's grids.
        OrderNotReady: nobody has claimed it, or it is over.
    """
    order = await _own_or_handled(ctx, order_id)
    order.state, order.finished_at = state_after(order.state, OrderStep.FINISH), ctx.now
    await ctx.db.flush()
    ctx.emit("volunteer_points.order.finished", subject=order, grid_id=order.grid_id)
    return order


async def cancel_order(ctx: RequestContext, *, order_id: UUID) -> VolunteerOrder:
    """Take an order back: by who placed it, or by staff. Claims fall with it.

    Raises:
        Forbidden: the caller did neither place the order nor may handle orders.
        OutOfScope: the order is not of the caller's grids.
        OrderNotReady: it is over.
    """
    order = await _own_or_handled(ctx, order_id)
    order.state = state_after(order.state, OrderStep.CANCEL)
    await ctx.db.flush()
    ctx.emit("volunteer_points.order.cancelled", subject=order, grid_id=order.grid_id)
    return order


async def show_order(ctx: RequestContext, *, order_id: UUID, headline: str, story: str) -> OrderShowcase:
    """Show the result of an order to everyone (晒单).

    Raises:
        Forbidden: the caller may not show results.
        OutOfScope: the order is not of the caller's grids.
        OrderNotReady: it is not done, or shown already.
        TextUnfit: a text is empty or too long.
    """
    ctx.require(permissions.SHOW_ORDERS)
    order = await ctx.db.lock(VolunteerOrder, order_id, path=("order",))
    order.state = state_after(order.state, OrderStep.SHOW)
    showcase = OrderShowcase(
        order_id=order.id,
        grid_id=order.grid_id,
        headline=checked_text(headline, most=TITLE, field="headline"),
        story=checked_text(story, most=STORY, field="story"),
        shown_at=ctx.now,
    )
    ctx.db.add(showcase)
    await ctx.db.flush()
    ctx.audit("volunteer_points.order.shown", subject=order)
    ctx.emit("volunteer_points.order.shown", subject=order, grid_id=order.grid_id)
    return showcase


async def claim_of(ctx: RequestContext, *, order_id: UUID, volunteer_id: UUID) -> OrderClaim | None:
    """Return a volunteer's claim of an order, standing or released."""
    found: OrderClaim | None = await ctx.db.scalar(
        select(OrderClaim).where(OrderClaim.order_id == order_id, OrderClaim.volunteer_id == volunteer_id)
    )
    return found


async def _own_or_handled(ctx: RequestContext, order_id: UUID) -> VolunteerOrder:
    order = await ctx.db.lock(VolunteerOrder, order_id, path=("order",))
    if order.placed_by_id is None or order.placed_by_id != ctx.principal.person_id:
        ctx.require(permissions.OFFER_ORDERS)
    return order


async def _caller(ctx: RequestContext) -> base.Person:
    if ctx.principal.person_id is None:
        raise PersonMissing(path=("grid",))
    return await ctx.db.must_get(base.Person, ctx.principal.person_id, path=("grid",))
