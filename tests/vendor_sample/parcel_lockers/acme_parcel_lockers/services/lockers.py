"""Lockers, as staff keep them."""

from uuid import UUID

from acme_parcel_lockers import permissions
from acme_parcel_lockers.errors import LockerKnown
from acme_parcel_lockers.models import Locker
from acme_parcel_lockers.rules import AcmeLockerState, checked_cells, checked_text
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
