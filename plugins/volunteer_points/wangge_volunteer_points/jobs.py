"""What is due every night: points past their day, and reservations that nobody picked up."""

from collections.abc import Mapping
from datetime import time

from wangge import RequestContext, ScheduledJob
from wangge_volunteer_points.services import ledger, redemptions


async def expire_points(ctx: RequestContext) -> Mapping[str, int]:
    """Close lots past their day."""
    accounts, points = await ledger.expire_points(ctx)
    return {"accounts": accounts, "points": points}


async def release_lapsed(ctx: RequestContext) -> Mapping[str, int]:
    """Give up a reservation that has lapsed; one a transaction, as a volunteer's own release would be."""
    released = await redemptions.release_lapsed(ctx)
    return {"redemptions": 0 if released is None else 1}


JOBS = (
    ScheduledJob(
        key="expire_points",
        description="Bring balances up to date: points past their day expire.",
        run=expire_points,
        at=time(2, 0),
        in_batches=True,
    ),
    ScheduledJob(
        key="release_lapsed",
        description="Release reservations past their last day: points and stock go back.",
        run=release_lapsed,
        at=time(2, 30),
        in_batches=True,
    ),
)
"""For the hook `jobs`."""
