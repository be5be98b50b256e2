"""Figures that the programme reports of a grid."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true

from acme_parcel_lockers.models import Locker, Parcel
from acme_parcel_lockers.rules import AcmeParcelState
from wangge import LOCAL_ZONE, Indicator, RequestContext
from wangge_schema import within


def locker_indicators() -> list[Indicator]:
    """Return the figures of lockers and parcels."""
    return [
        Indicator(
            "parcel_lockers.cells",
            "Cells of parcel lockers",
            "Cells of the lockers in the grid and below, as of now, taken or not.",
            "cell",
            _cells,
        ),
        Indicator(
            "parcel_lockers.collected",
            "Parcels collected",
            "Parcels that recipients took out of lockers in the grid and below within the time asked for.",
            "parcel",
            _collected,
        ),
    ]


async def _cells(
    ctx: RequestContext, grid_id: UUID | None, from_: date | None, to: date | None
) -> Decimal | None:
    place = true() if grid_id is None else await within(ctx, Locker, grid_id)
    return Decimal(await ctx.db.scalar(select(func.sum(Locker.cells)).where(place)) or 0)


async def _collected(
    ctx: RequestContext, grid_id: UUID | None, from_: date | None, to: date | None
) -> Decimal | None:
    place = true() if grid_id is None else await within(ctx, Parcel, grid_id)
    statement = select(func.count(Parcel.id)).where(place, Parcel.state == AcmeParcelState.COLLECTED)
    return Decimal(await ctx.db.scalar(statement.where(_ended(from_, to))))


def _ended(first: date | None, last: date | None) -> ColumnElement[bool]:
    """Return the condition that a stay ended within these local days; both belong to the time."""
    condition: ColumnElement[bool] = true()
    if first is not None:
        condition &= Parcel.ended_at >= datetime.combine(first, time(), LOCAL_ZONE)
    if last is not None:
        condition &= Parcel.ended_at < datetime.combine(last + timedelta(days=1), time(), LOCAL_ZONE)
    return condition
