"""What is due every night: parcels that wait too long go back, and lockers are counted anew."""

from collections.abc import Mapping
from datetime import time

from acme_parcel_lockers.services.lockers import recount_cells
from acme_parcel_lockers.services.parcels import return_overdue_parcels
from wangge import RequestContext, ScheduledJob


async def return_overdue(ctx: RequestContext) -> Mapping[str, int]:
    """Send back what waits longer than the district allows."""
    return {"parcels": await return_overdue_parcels(ctx), "lockers": await recount_cells(ctx)}


JOBS = (
    ScheduledJob(
        key="return_overdue",
        description="Send parcels that wait too long back to their carriers.",
        run=return_overdue,
        at=time(3, 0),
    ),
)
"""For the hook `jobs`."""
