"""What a volunteer has promised already: the periods of sign-ups and claims around a new one."""

from datetime import date, datetime, timedelta

from sqlalchemy import Select, select

from wangge import LOCAL_ZONE, RequestContext
from wangge_schema import models as base
from wangge_volunteer_points.models import (
    ActivityShift,
    OrderClaim,
    ServiceRecord,
    ShiftSignup,
    Volunteer,
    VolunteerActivity,
    VolunteerOrder,
)
from wangge_volunteer_points.rules.activities import (
    ActivityState,
    Period,
    SignupState,
    ensure_no_overlap,
    ensure_within_day,
)
from wangge_volunteer_points.rules.orders import ClaimState, OrderState
from wangge_volunteer_points.rules.records import RecordState
from wangge_volunteer_points.rules.volunteers import ensure_may_serve
from wangge_volunteer_points.settings import VolunteerPointsSettings

_REACH = timedelta(days=1)
"""Nothing lasts longer than a day, so what starts earlier than this neither overlaps nor shares the day."""


def local_day(at: datetime) -> date:
    """Return the local day of a point in time."""
    return at.astimezone(LOCAL_ZONE).date()


async def ensure_can_commit(
    ctx: RequestContext, volunteer: Volunteer, period: Period, *, dangerous: bool
) -> None:
    """Refuse a promise that the volunteer could not or must not keep. Lock the volunteer before.

    Raises:
        AdultsOnly: the service is dangerous and the volunteer not known to be of age on that day.
        ShiftOverlaps: they have promised to be elsewhere.
        DailyCapReached: the day would hold more hours than may count.
    """
    settings = ctx.settings(VolunteerPointsSettings)
    day = local_day(period.starts_at)
    person = await ctx.db.must_get(base.Person, volunteer.person_id)
    ensure_may_serve(day, person.birth_date, dangerous=dangerous, adult_age=settings.adult_age)
    others = await _commitments_around(ctx, volunteer, period)
    ensure_no_overlap(period, others)
    same_day = [other for other in others if local_day(other.starts_at) == day]
    ensure_within_day(period, same_day, cap_hours=settings.daily_cap_hours)


async def ensure_not_elsewhere(ctx: RequestContext, volunteer: Volunteer, served: Period) -> None:
    """Refuse reported service at a time when the volunteer was at a shift or served someone else.

    Raises:
        ShiftOverlaps: as said.
    """
    present = ShiftSignup.state.in_([SignupState.CHECKED_IN, SignupState.CHECKED_OUT])
    records = select(ServiceRecord.started_at, ServiceRecord.ended_at).where(
        ServiceRecord.volunteer_id == volunteer.id,
        ServiceRecord.state != RecordState.VOIDED,
        ServiceRecord.served_on.between(local_day(served.starts_at - _REACH), local_day(served.ends_at)),
    )
    shifts = _shifts_around(volunteer, served).where(present)
    ensure_no_overlap(served, [*await _periods(ctx, shifts), *await _periods(ctx, records)])


async def _commitments_around(ctx: RequestContext, volunteer: Volunteer, period: Period) -> list[Period]:
    shifts = _shifts_around(volunteer, period).where(ShiftSignup.state != SignupState.CANCELLED)
    orders = (
        select(VolunteerOrder.starts_at, VolunteerOrder.ends_at)
        .join(OrderClaim, OrderClaim.order_id == VolunteerOrder.id)
        .where(
            OrderClaim.volunteer_id == volunteer.id,
            OrderClaim.state == ClaimState.CLAIMED,
            VolunteerOrder.state != OrderState.CANCELLED,
            VolunteerOrder.starts_at.between(period.starts_at - _REACH, period.ends_at + _REACH),
        )
    )
    return [*await _periods(ctx, shifts), *await _periods(ctx, orders)]


def _shifts_around(volunteer: Volunteer, period: Period) -> Select[datetime, datetime]:
    return (
        select(ActivityShift.starts_at, ActivityShift.ends_at)
        .join(ShiftSignup, ShiftSignup.shift_id == ActivityShift.id)
        .join(VolunteerActivity, VolunteerActivity.id == ActivityShift.activity_id)
        .where(
            ShiftSignup.volunteer_id == volunteer.id,
            VolunteerActivity.state != ActivityState.CANCELLED,
            ActivityShift.starts_at.between(period.starts_at - _REACH, period.ends_at + _REACH),
        )
    )


async def _periods(ctx: RequestContext, statement: Select[datetime, datetime]) -> list[Period]:
    return [Period(starts_at, ends_at) for starts_at, ends_at in (await ctx.db.execute(statement)).all()]
