"""Lockers, and how they are found."""

from enum import Enum

from sqlalchemy import ColumnElement

from acme_parcel_lockers import models
from acme_parcel_lockers.rules import AcmeLockerState
from acme_parcel_lockers.types import enums as enums
from wangge import (
    ID,
    EnumMatch,
    Filter,
    IntMatch,
    Node,
    Parent,
    RequestContext,
    StringMatch,
    authenticated,
    column,
    decode_id,
    field,
    filter_type,
    match,
    match_by,
    order_type,
    related,
    table_type,
)
from wangge_schema import Grid, within


@table_type(models.Locker, access=authenticated, description="Parcel locker (智能快件箱) in a grid.")
class AcmeLocker(Node):
    """A locker."""

    number: str = column("The firm's number of it (柜机编号).")
    place: str = column("Where it stands (位置).")
    grid: Grid = related("grid_id", "Where it belongs (网格).")
    state: AcmeLockerState = column("Whether it takes parcels (状态).")
    cells: int = column("How many cells it has (格口数).")
    free_cells: int = column("How many of them hold nothing (空闲格口).")

    @field(
        description="Whether a parcel can go in now (可投递).",
        sql=lambda locker: (locker.state == AcmeLockerState.OPEN) & (locker.free_cells > 0),
    )
    @staticmethod
    def takes_parcels(root: Parent[models.Locker]) -> bool:
        """Say whether it is open and has a free cell."""
        return root.state is AcmeLockerState.OPEN and root.free_cells > 0


async def _in_grid(ctx: RequestContext, value: str) -> ColumnElement[bool]:
    return await within(ctx, models.Locker, decode_id(Grid, value, ("where", "within")))


@filter_type(models.Locker, "Which lockers to list. Several conditions hold together.")
class AcmeLockerFilter(Filter):
    """Conditions on lockers."""

    number: StringMatch | None = match("number", "The firm's number of it (柜机编号).")
    state: EnumMatch[AcmeLockerState] | None = match("state", "Whether it takes parcels (状态).")
    free_cells: IntMatch | None = match("free_cells", "How many cells hold nothing (空闲格口).")
    within: ID | None = match_by(_in_grid, "This grid (网格) or one below it.")


@order_type(models.Locker, "Order of lockers.")
class AcmeLockerOrder(Enum):
    """Orders of lockers."""

    NUMBER_ASC = "number"
    NUMBER_DESC = "-number"
