"""What the programme provides as `fee_credit/1`: credits reach the bills that the firm keeps."""

from uuid import UUID

from sqlalchemy import select

from acme_parcel_lockers.errors import BillMissing
from acme_parcel_lockers.models import FeeBill, FeeCredit
from acme_parcel_lockers.rules import credited_after, open_fen
from wangge import FeeCreditProvider, RequestContext, uuid7
from wangge_schema import models as base

CAPABILITY = "fee_credit/1"

_REASON = "A credit is set against the household's bill, whoever grants it."


class FeeCredits(FeeCreditProvider):
    """Provider of `fee_credit/1`. It works in the transaction of whoever asks, who checks permissions."""

    async def open_bill_fen(self, ctx: RequestContext, *, person_id: UUID) -> int:
        """Return what the person's household owes, in fen; 0 where no bill is open.

        The bill is locked until the transaction ends, so that the amount still holds when it is credited.
        """
        async with ctx.beyond_scope(_REASON):
            bill = await _open_bill(ctx, person_id)
            return 0 if bill is None else open_fen(bill.amount_fen, bill.credited_fen)

    async def credit(self, ctx: RequestContext, *, person_id: UUID, amount_fen: int, key: str) -> str:
        """Set an amount against the open bill and return the reference of the credit.

        A repeat under the same key credits nothing and returns the first reference.

        Raises:
            BillMissing: the household has no open bill.
            CreditUnfit: the amount is not positive, or more than is open.
        """
        async with ctx.beyond_scope(_REASON):
            bill = await _open_bill(ctx, person_id)
            known = await ctx.db.scalar(select(FeeCredit.reference).where(FeeCredit.key == key))
            if known is not None:
                return str(known)
            if bill is None:
                raise BillMissing(path=("person",))
            bill.credited_fen = credited_after(bill.amount_fen, bill.credited_fen, amount_fen)
            credit = _credit(ctx, bill, person_id, amount_fen, key)
            ctx.db.add(credit)
            await ctx.db.flush()
        ctx.audit("parcel_lockers.bill.credited", subject=bill)
        ctx.emit(
            "parcel_lockers.bill.credited",
            subject=bill,
            grid_id=bill.grid_id,
            data={"amount_fen": amount_fen},
        )
        return credit.reference


async def _open_bill(ctx: RequestContext, person_id: UUID) -> FeeBill | None:
    """Return the open bill of a person's household, locked, as the database holds it now."""
    household_id = await ctx.db.scalar(select(base.Person.household_id).where(base.Person.id == person_id))
    if household_id is None:
        return None
    found = await ctx.db.scalar(
        select(FeeBill.id).where(FeeBill.household_id == household_id, FeeBill.settled_on.is_(None))
    )
    if found is None:
        return None
    bill = await ctx.db.lock(FeeBill, found)
    return bill if bill.settled_on is None else None


def _credit(ctx: RequestContext, bill: FeeBill, person_id: UUID, amount_fen: int, key: str) -> FeeCredit:
    id = uuid7()
    return FeeCredit(
        id=id,
        bill_id=bill.id,
        person_id=person_id,
        grid_id=bill.grid_id,
        key=key,
        amount_fen=amount_fen,
        reference=f"FC{id.hex[-12:].upper()}",
        credited_at=ctx.now,
    )
