"""The capability `fee_credit/1`: what a billing programme offers, so that a credit reaches the bill."""

from typing import Protocol, cast
from uuid import UUID

from wangge import RequestContext

CAPABILITY = "fee_credit/1"


class FeeCreditProvider(Protocol):
    """What a programme that provides `fee_credit/1` does. It works in the transaction of the request."""

    async def open_bill_fen(self, ctx: RequestContext, *, person_id: UUID) -> int:
        """Return what the person's household owes in property fees, in fen; 0 where there is no open bill."""
        ...

    async def credit(self, ctx: RequestContext, *, person_id: UUID, amount_fen: int) -> str:
        """Set an amount against the open bill and return the reference of the credit."""
        ...


def fee_credit_provider(ctx: RequestContext) -> FeeCreditProvider | None:
    """Return the district's billing programme, if one is enabled that provides `fee_credit/1`."""
    return cast("FeeCreditProvider | None", ctx.capability(CAPABILITY))
