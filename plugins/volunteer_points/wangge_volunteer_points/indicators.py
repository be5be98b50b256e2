"""Figures that the programme reports of a grid."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select, true

from wangge import LOCAL_ZONE, Indicator, RequestContext
from wangge_schema import within
from wangge_volunteer_points.models import PointsTransfer, ServiceRecord, Volunteer, VolunteerActivity
from wangge_volunteer_points.rules.activities import ActivityState
from wangge_volunteer_points.rules.ledger import TransferKind
from wangge_volunteer_points.rules.records import RecordState
from wangge_volunteer_points.rules.volunteers import VolunteerState

Compute = Callable[[RequestContext, UUID | None, date | None, date | None], Awaitable[Decimal | None]]
Span = tuple[date | None, date | None]


def volunteering_indicators() -> list[Indicator]:
    """Return the figures of volunteering."""
    return [
        Indicator(
            "volunteer_points.volunteers",
            "Volunteers",
            "Volunteers of the grid and below who have not withdrawn, as of now, registered within the time "
            "asked for.",
            "person",
            _figure(Volunteer, func.count(Volunteer.id), _registered),
        ),
        Indicator(
            "volunteer_points.activities",
            "Volunteer activities",
            "Activities of the grid and below, published or over, whose first shift starts within the time "
            "asked for.",
            "activity",
            _figure(VolunteerActivity, func.count(VolunteerActivity.id), _started),
        ),
        Indicator(
            "volunteer_points.hours",
            "Hours of service",
            "Hours confirmed by both sides and not voided, as they count under the day's cap, served within "
            "the time asked for.",
            "hour",
            _figure(ServiceRecord, func.sum(ServiceRecord.minutes_counted), _served, per=60),
        ),
        Indicator(
            "volunteer_points.issued",
            "Points issued",
            "Points issued to volunteers of the grid and below, less those taken back, within the time "
            "asked for.",
            "point",
            _figure(PointsTransfer, func.sum(_signed_amount()), _issued),
        ),
    ]


def _figure(
    model: Any,  # a GridBound model; they share no base class that says so
    value: ColumnElement[Any],  # a count or sum over that model
    condition: Callable[[Span], ColumnElement[bool]],
    *,
    per: int = 1,
) -> Compute:
    async def compute(
        ctx: RequestContext, grid_id: UUID | None, from_: date | None, to: date | None
    ) -> Decimal:
        place = true() if grid_id is None else await within(ctx, model, grid_id)
        statement = select(value).select_from(model).where(place, condition((from_, to)))
        return Decimal(await ctx.db.scalar(statement) or 0) / per

    return compute


def _registered(span: Span) -> ColumnElement[bool]:
    return (Volunteer.state == VolunteerState.ACTIVE) & _days(Volunteer.registered_on, span)


def _started(span: Span) -> ColumnElement[bool]:
    visible = VolunteerActivity.state.in_([ActivityState.PUBLISHED, ActivityState.CLOSED])
    return visible & _moments(VolunteerActivity.starts_at, span)


def _served(span: Span) -> ColumnElement[bool]:
    return (ServiceRecord.state == RecordState.CONFIRMED) & _days(ServiceRecord.served_on, span)


def _issued(span: Span) -> ColumnElement[bool]:
    issuing = PointsTransfer.kind.in_([TransferKind.EARN, TransferKind.REVERSE])
    return issuing & _moments(PointsTransfer.at, span)


def _signed_amount() -> ColumnElement[int]:
    return case(
        (PointsTransfer.kind == TransferKind.EARN, PointsTransfer.amount), else_=-PointsTransfer.amount
    )


def _days(day: Any, span: Span) -> ColumnElement[bool]:  # day: a mapped date
    """Return the condition that a day lies in a span; both ends belong to it."""
    first, last = span
    condition: ColumnElement[bool] = true()
    if first is not None:
        condition &= day >= first
    if last is not None:
        condition &= day <= last
    return condition


def _moments(moment: Any, span: Span) -> ColumnElement[bool]:  # moment: a mapped time
    """Return the condition that a moment lies in the local days of a span."""
    first, last = span
    condition: ColumnElement[bool] = true()
    if first is not None:
        condition &= moment >= datetime.combine(first, time(), LOCAL_ZONE)
    if last is not None:
        condition &= moment < datetime.combine(last + timedelta(days=1), time(), LOCAL_ZONE)
    return condition
