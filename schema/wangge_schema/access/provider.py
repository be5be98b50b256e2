"""The scope of an account from its roles at grids: what the base provides as `scope/1`."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from wangge import LOCAL_ZONE, Account, Database, PrincipalKind, RoleGrant, Scope, utc_now
from wangge_schema.grids.models import Grid
from wangge_schema.grids.scope import GridScope, Place
from wangge_schema.people.scope import persons_of_resident

DISTRICT_WIDE = frozenset({"district_admin"})
"""Roles that hold everywhere when they are granted without a grid. Others without one see nothing."""


class GridScopes:
    """Provider of `scope/1`: grids for staff; person, household and wards for residents."""

    def nothing(self) -> Scope:
        """Return the scope of someone who sees no scoped row."""
        return GridScope()

    async def scope_for(self, db: Database, account: Account, grants: Sequence[RoleGrant]) -> Scope:
        """Return the scope that current grants add up to, the smallest set of grids that covers them."""
        if any(grant.place_id is None and grant.role in DISTRICT_WIDE for grant in grants):
            return GridScope(everything=True)
        staff = [grant for grant in grants if grant.role != "resident" and grant.place_id is not None]
        grids: list[Grid] = await db.scalars(select(Grid).where(Grid.id.in_([one.place_id for one in staff])))
        if any(grid.depth == 0 for grid in grids):
            return GridScope(everything=True)
        places = antichain([(grid.path, Place(grid.depth, grid.number)) for grid in grids])
        if account.kind is not PrincipalKind.RESIDENT or account.person_id is None:
            return GridScope(places=places)
        reach = await persons_of_resident(db.session, account.person_id, _today())
        return GridScope(
            places=places,
            person_ids=reach.person_ids,
            household_ids=reach.household_ids,
            dwelling_ids=reach.dwelling_ids,
        )

    async def place_title(self, db: Database, place_id: UUID) -> str | None:
        """Return the name of a grid."""
        grid = await db.get(Grid, place_id)
        return grid.name if grid is not None else None


def antichain(grids: Sequence[tuple[tuple[int, ...], Place]]) -> tuple[Place, ...]:
    """Return the places that lie below no other, in order; `path` holds the numbers from depth 1 down."""
    paths = {path for path, _ in grids}
    kept = {
        place for path, place in grids if not any(path[:depth] in paths for depth in range(1, len(path)))
    }
    return tuple(sorted(kept, key=lambda place: (place.depth, place.number)))


def _today() -> date:
    return utc_now().astimezone(LOCAL_ZONE).date()
