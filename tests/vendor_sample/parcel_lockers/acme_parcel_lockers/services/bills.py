"""Property-fee bills of households, as the firm keeps them for the estate."""

from uuid import UUID

from acme_parcel_lockers import permissions
from acme_parcel_lockers.errors import BillOpen, BillSettled
from acme_parcel_lockers.models import FeeBill
from acme_parcel_lockers.rules import checked_text
from wangge import InvalidValue, RequestContext
from wangge_schema import models as base

MOST_FEN = 10**9
"""Ten million yuan: a bound of the column, not of policy."""


async def issue_bill(ctx: RequestContext, *, household_id: UUID, period: str, amount_fen: int) -> FeeBill:
    """Issue a household's bill for a period; its head is billed.

    Raises:
        Forbidden: the caller may not keep bills.
        NotFound: the household is not of the caller's grids, or has no head.
        BillOpen: it has an open bill.
        InvalidValue, TextUnfit: amount or period cannot be kept.
    """
    ctx.require(permissions.WRITE_BILLS)
    if not 0 < amount_fen <= MOST_FEN:
        raise InvalidValue(path=("amount",), reason="give an amount from 0.01 to ten million yuan.")
    household = await ctx.db.must_get(base.Household, household_id, path=("household",))
    if household.head_id is None:
        raise InvalidValue(path=("household",), reason="it has no head to bill.")
    head = await ctx.db.must_get(base.Person, household.head_id, path=("household",))
    bill = FeeBill(
        household_id=household.id,
        person_id=head.id,
        grid_id=household.grid_id,
        period=checked_text(period, most=32, field="period"),
        amount_fen=amount_fen,
    )
    async with ctx.db.unique(BillOpen(path=("household",))):
        ctx.db.add(bill)
    ctx.audit("parcel_lockers.bill.issued", subject=bill)
    ctx.emit("parcel_lockers.bill.issued", subject=bill, grid_id=bill.grid_id, data={"period": bill.period})
    return bill


async def settle_bill(ctx: RequestContext, *, bill_id: UUID) -> FeeBill:
    """Note that the rest of a bill was paid, or carried over into the next.

    Raises:
        Forbidden: the caller may not keep bills.
        NotFound: it is not of the caller's grids.
        BillSettled: it was settled before.
    """
    ctx.require(permissions.WRITE_BILLS)
    bill = await ctx.db.lock(FeeBill, bill_id, path=("bill",))
    if bill.settled_on is not None:
        raise BillSettled(path=("bill",), settled_on=bill.settled_on)
    bill.settled_on = ctx.today
    await ctx.db.flush()
    ctx.audit("parcel_lockers.bill.settled", subject=bill)
    ctx.emit("parcel_lockers.bill.settled", subject=bill, grid_id=bill.grid_id)
    return bill
