"""Lockers, as staff keep them."""

from uuid import UUID

from sqlalchemy import func, select

from acme_parcel_lockers import permissions
from acme_parcel_lockers.errors import LockerKnown
from acme_parcel_lockers.models import Locker, Parcel
from acme_parcel_lockers.rules import AcmeLockerState, AcmeParcelState, checked_cells, checked_text
from wangge import NotFound, RequestContext
from wangge_schema import models as base


async def add_locker(ctx: RequestContext, *, grid_id: UUID, number: str, place: str, cells: int) -> Locker:
    """Enter a locker that stands in a grid.

    Raises:
        Forbidden: the caller may not keep lockers.
        NotFound, OutOfScope: there is no such grid, or it is not one of the caller's.
        LockerKnown: the number is in use.
        TextUnfit, CellsOutOfRange: a value cannot be kept.
    """
    ctx.require(permissions.WRITE_LOCKERS)
    if await ctx.db.get(base.Grid, grid_id) is None:
        raise NotFound("Grid", path=("grid",))
    locker = Locker(
        grid_id=grid_id,
        number=checked_text(number, most=32, field="number"),
        place=checked_text(place, most=200, field="place"),
        cells=checked_cells(cells),
        free_cells=cells,
    )
    async with ctx.db.unique(LockerKnown(path=("number",))):
        ctx.db.add(locker)
    ctx.audit("parcel_lockers.locker.added", subject=locker)
    return locker


async def change_locker_state(ctx: RequestContext, *, locker_id: UUID, state: AcmeLockerState) -> Locker:
    """Open a locker for parcels, or close it; what is in it can be collected either way.

    Raises:
        Forbidden: the caller may not keep lockers.
        NotFound, OutOfScope: there is no such locker, or it is not of the caller's grids.
    """
    ctx.require(permissions.WRITE_LOCKERS)
    locker = await ctx.db.lock(Locker, locker_id, path=("locker",))
    locker.state = state
    await ctx.db.flush()
    ctx.audit("parcel_lockers.locker.changed", subject=locker, fields=("state",))
    return locker


async def recount_cells(ctx: RequestContext) -> int:
    """Bring the free cells of all lockers up to what is in them; return how many were wrong.

    They are wrong after parcels went otherwise than by `services.parcels`, as with the erasure of a person.
    The programme's own call.
    """
    wrong = 0
    for locker_id in await ctx.db.scalars(select(Locker.id).order_by(Locker.id)):
        locker = await ctx.db.lock(Locker, locker_id)
        waiting = select(func.count(Parcel.id)).where(
            Parcel.locker_id == locker_id, Parcel.state == AcmeParcelState.WAITING
        )
        free = locker.cells - int(await ctx.db.including_restricted().scalar(waiting))
        wrong += free != locker.free_cells
        locker.free_cells = free
    await ctx.db.flush()
    return wrong
