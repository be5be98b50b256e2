"""Activities and their shifts, as the organiser meets them: drafted, published, cancelled."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from wangge import RequestContext
from wangge_volunteer_points import permissions
from wangge_volunteer_points.errors import ActivityNotReady
from wangge_volunteer_points.models import ActivityShift, VolunteerActivity
from wangge_volunteer_points.rules.activities import ActivityState, Period, ensure_planned
from wangge_volunteer_points.rules.inputs import checked_number
from wangge_volunteer_points.services.plans import ServicePlan
from wangge_volunteer_points.services.references import known_grid, known_organization, known_team
from wangge_volunteer_points.settings import VolunteerPointsSettings

_CODE_DIGITS = 6


@dataclass(frozen=True)
class ShiftPlan:
    """A shift to be: when, and for how many."""

    period: Period
    capacity: int


async def create_activity(
    ctx: RequestContext,
    *,
    grid_id: UUID,
    plan: ServicePlan,
    shifts: Sequence[ShiftPlan],
    team_id: UUID | None = None,
    organization_id: UUID | None = None,
) -> VolunteerActivity:
    """Draft an activity with its shifts.

    Raises:
        Forbidden: the caller may not run activities.
        NotFound: there is no such grid, team or organisation.
        OutOfScope: the grid is not one of the caller's.
        ActivityNotReady, PeriodInvalid: there is no shift, or one that cannot be planned.
        TextUnfit, NumberOutOfRange, ServiceClassUnknown: the plan or a capacity does not fit.
    """
    ctx.require(permissions.WRITE_ACTIVITIES)
    _ensure_shifts(ctx, shifts)
    place_id = await known_grid(ctx, grid_id)
    plan = await plan.checked(ctx, grid_id=place_id)
    activity = VolunteerActivity(
        grid_id=place_id,
        title=plan.title,
        content=plan.content,
        place=plan.place,
        service_class=plan.service_class,
        circumstance=plan.circumstance,
        dangerous=plan.dangerous,
        starts_at=min(shift.period.starts_at for shift in shifts),
        team_id=await known_team(ctx, team_id),
        organization_id=await known_organization(ctx, organization_id),
    )
    await _write(ctx, activity, shifts)
    return activity


async def publish_activity(ctx: RequestContext, *, activity_id: UUID) -> VolunteerActivity:
    """Open an activity for sign-up.

    Raises:
        Forbidden: the caller may not run activities.
        OutOfScope: the activity is not of the caller's grids.
        ActivityNotReady: it is no draft.
    """
    activity = await _move(ctx, activity_id, {ActivityState.DRAFT}, ActivityState.PUBLISHED)
    ctx.emit("volunteer_points.activity.published", subject=activity, grid_id=activity.grid_id)
    return activity


async def cancel_activity(ctx: RequestContext, *, activity_id: UUID) -> VolunteerActivity:
    """Call an activity off. Hours served before stay recorded.

    Raises:
        Forbidden: the caller may not run activities.
        OutOfScope: the activity is not of the caller's grids.
        ActivityNotReady: it is closed or cancelled.
    """
    upcoming = {ActivityState.DRAFT, ActivityState.PUBLISHED}
    activity = await _move(ctx, activity_id, upcoming, ActivityState.CANCELLED)
    ctx.emit("volunteer_points.activity.cancelled", subject=activity, grid_id=activity.grid_id)
    return activity


async def close_activity(ctx: RequestContext, *, activity_id: UUID) -> VolunteerActivity:
    """Say that an activity is over: nobody signs up or checks in any more.

    Raises:
        Forbidden: the caller may not run activities.
        OutOfScope: the activity is not of the caller's grids.
        ActivityNotReady: it is not published.
    """
    return await _move(ctx, activity_id, {ActivityState.PUBLISHED}, ActivityState.CLOSED)


async def _move(
    ctx: RequestContext, activity_id: UUID, allowed: set[ActivityState], target: ActivityState
) -> VolunteerActivity:
    ctx.require(permissions.WRITE_ACTIVITIES)
    activity = await ctx.db.lock(VolunteerActivity, activity_id, path=("activity",))
    if activity.state not in allowed:
        raise ActivityNotReady(path=("activity",), state=activity.state.name)
    activity.state = target
    await ctx.db.flush()
    ctx.audit(f"volunteer_points.activity.{target.value}", subject=activity, fields=("state",))
    return activity


def _ensure_shifts(ctx: RequestContext, shifts: Sequence[ShiftPlan]) -> None:
    if not shifts:
        raise ActivityNotReady(path=("shifts",), state="EMPTY")
    cap_hours = ctx.settings(VolunteerPointsSettings).daily_cap_hours
    for shift in shifts:
        ensure_planned(shift.period, now=ctx.now, cap_hours=cap_hours)


async def _write(ctx: RequestContext, activity: VolunteerActivity, shifts: Sequence[ShiftPlan]) -> None:
    ctx.db.add(activity)
    await ctx.db.flush()
    ctx.db.add_all(_shift(activity, shift) for shift in shifts)
    await ctx.db.flush()
    ctx.audit("volunteer_points.activity.created", subject=activity)


def _shift(activity: VolunteerActivity, plan: ShiftPlan) -> ActivityShift:
    return ActivityShift(
        activity_id=activity.id,
        grid_id=activity.grid_id,
        starts_at=plan.period.starts_at,
        ends_at=plan.period.ends_at,
        capacity=checked_number(plan.capacity, field="shifts"),
        check_in_code=f"{secrets.randbelow(10**_CODE_DIGITS):0{_CODE_DIGITS}}",
    )
