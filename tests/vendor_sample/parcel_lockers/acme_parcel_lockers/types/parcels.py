"""Parcels, and how they are found."""

from datetime import datetime
from decimal import Decimal
from enum import Enum

from sqlalchemy import ColumnElement

from acme_parcel_lockers import models, permissions
from acme_parcel_lockers.rules import AcmeParcelState
from acme_parcel_lockers.services.parcels import fee_now
from acme_parcel_lockers.types import enums as enums
from acme_parcel_lockers.types.lockers import AcmeLocker
from wangge import (
    ID,
    DateTimeMatch,
    EnumMatch,
    Filter,
    IdMatch,
    Info,
    Node,
    Parent,
    RequestContext,
    column,
    decode_id,
    field,
    filter_type,
    match,
    match_by,
    money,
    order_type,
    related,
    requires,
    table_type,
)
from wangge_schema import Grid, Person, within


@table_type(
    models.Parcel,
    access=requires(permissions.READ_PARCELS),
    description="Parcel (快件) that waits in a locker, or waited there.",
)
class AcmeParcel(Node):
    """A parcel."""

    locker: AcmeLocker = related("locker_id", "The locker (快件箱).")
    cell: int = column("The cell (格口).")
    person: Person | None = related("person_id", "The recipient (收件人); null outside the caller's grids.")
    carrier: str = column("Who brought it (快递公司).")
    state: AcmeParcelState = column("Where it stands (状态).")
    deposited_at: datetime = column("When it was put in (投递时间).")
    free_until: datetime = column("Until when nothing is charged (免费保管至).")
    ended_at: datetime | None = column("When it left the locker (离柜时间).")
    fee: Decimal | None = money("fee_fen", "What the stay cost in yuan (保管费), once collected.")
    pick_up_code: str = column(
        "The code's masked form (取件码), such as `****56`; the recipient's side reads it with "
        "`acmeShowPickUpCode`.",
        source="pick_up_code_masked",
    )
    note: str | None = column("Why it was returned or written off (备注).")

    @field(description="What the stay costs in yuan if it ends now (当前保管费); null once it has ended.")
    @staticmethod
    def fee_so_far(root: Parent[models.Parcel], info: Info) -> Decimal | None:
        """Return the fee by the clock."""
        if root.state is not AcmeParcelState.WAITING:
            return None
        return Decimal(fee_now(info.context, root)).scaleb(-2)


async def _in_grid(ctx: RequestContext, value: str) -> ColumnElement[bool]:
    return await within(ctx, models.Parcel, decode_id(Grid, value, ("where", "within")))


@filter_type(models.Parcel, "Which parcels to list. Several conditions hold together.")
class AcmeParcelFilter(Filter):
    """Conditions on parcels."""

    state: EnumMatch[AcmeParcelState] | None = match("state", "Where they stand (状态).")
    locker: IdMatch | None = match("locker_id", "The locker (快件箱).")
    person: IdMatch | None = match("person_id", "The recipient (收件人).")
    deposited_at: DateTimeMatch | None = match("deposited_at", "When they were put in (投递时间).")
    within: ID | None = match_by(_in_grid, "Lockers of this grid (网格) or one below it.")


@order_type(models.Parcel, "Order of parcels.")
class AcmeParcelOrder(Enum):
    """Orders of parcels."""

    DEPOSITED_AT_ASC = "deposited_at"
    DEPOSITED_AT_DESC = "-deposited_at"
