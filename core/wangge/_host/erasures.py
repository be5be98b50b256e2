"""Erasures that a backup does not know of: noted as bare keys, and done again after it was put back."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select

from wangge._host.rights import rights_of
from wangge._host.runtime import DistrictRuntime
from wangge.auth.models import Erasure

REASON = "Erased before the backup was put back"


async def pending_erasures(district: DistrictRuntime, since: datetime | None = None) -> list[UUID]:
    """Return the keys of the persons erased in a district, the oldest first.

    Read them from the database that a backup is about to replace, and hand them to `apply_erasures` after.

    Args:
        district: where.
        since: leave out those erased before; the time of the backup. None gives all.
    """
    noted = select(Erasure.person_id).order_by(Erasure.at, Erasure.person_id)
    if since is not None:
        noted = noted.where(Erasure.at >= since)
    async with district.engines.open(write=False) as db:
        return list(await db.scalars(noted))


async def apply_erasures(
    district: DistrictRuntime, keys: Sequence[UUID], done: Callable[[], None] | None = None
) -> int:
    """Erase these persons, each in a transaction, and note them; return how many were there.

    Harmless when repeated, and for those who are erased already or not there.

    Raises:
        ConfigurationError: when the base programme is not there to say what a person is.
    """
    provider = rights_of(district)
    found = 0
    for key in keys:
        async with district.work() as ctx:
            found += await provider.erase(ctx, key, REASON) is not None
            if await ctx.db.session.get(Erasure, key) is None:
                ctx.db.add(Erasure(person_id=key, at=datetime.now(UTC)))
        if done is not None:
            done()
    return found
