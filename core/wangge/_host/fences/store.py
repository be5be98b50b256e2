"""The catalog's account of open breakers: other processes take them over, administrators see them."""

from collections.abc import Iterable

from sqlalchemy import delete

from wangge._host.catalog import Catalog
from wangge._host.fences.breakers import Opening, Reason, Side
from wangge._host.fences.calls import Part
from wangge.districts.models import OpenBreaker


async def note_opening(catalog: Catalog, code: str, part: Part, opening: Opening) -> int:
    """Enter an open breaker, or what is known of it now; return the catalog's version from then on."""
    row = OpenBreaker(
        district_code=code,
        slug=part[0],
        side=part[1].value,
        opened_at=opening.opened_at,
        retry_at=opening.retry_at,
        failures=opening.failures,
        reason=opening.reason.value,
        reference=opening.reference,
    )
    async with catalog.changing() as session:
        await session.merge(row)
    return await catalog.version()


async def forget_openings(catalog: Catalog, code: str, slug: str, side: Side | None = None) -> None:
    """Take out a closed breaker of a programme in a district, or all of them."""
    gone = delete(OpenBreaker).where(OpenBreaker.district_code == code, OpenBreaker.slug == slug)
    if side is not None:
        gone = gone.where(OpenBreaker.side == side.value)
    async with catalog.changing() as session:
        await session.execute(gone)


def openings_in(rows: Iterable[OpenBreaker]) -> dict[Part, Opening]:
    """Return the open breakers that the catalog has of a district."""
    return {
        (row.slug, Side(row.side)): Opening(
            row.opened_at, row.retry_at, row.failures, Reason(row.reason), row.reference
        )
        for row in rows
    }
