"""The capability `fee_credit/1`, which the programme wants: through it a credit reaches the bill."""

from typing import cast

from wangge import FeeCreditProvider, RequestContext

CAPABILITY = "fee_credit/1"


def fee_credit_provider(ctx: RequestContext) -> FeeCreditProvider | None:
    """Return the district's billing programme, if one is enabled that provides `fee_credit/1`."""
    return cast("FeeCreditProvider | None", ctx.capability(CAPABILITY))
