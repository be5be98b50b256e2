"""The scope of an account from its roles at grids: what the base provides as `scope/1`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from wangge import LOCAL_ZONE, Account, Database, PrincipalKind, RoleGrant, Scope, utc_now
from wangge_schema.grids.models import Grid
from wangge_schema.grids.scope import ANCESTORS, GridScope, Place
from wangge_schema.people.models import Household, Person
from wangge_schema.people.scope import persons_of_resident

DISTRICT_WIDE = frozenset({"district_admin"})
"""Roles that hold everywhere when they are granted without a grid. Others without one see nothing."""

ROOT = 0
"""Number of the district's own grid."""


class GridScopes:
    """Provider of `scope/1`: grids for staff; person, household and wards for residents."""

    place_type = "Grid"

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

    async def lineages(self, db: Database, place_ids: Collection[UUID]) -> Mapping[UUID, Sequence[int]]:
        """Return the numbers of grids, each after those of its ancestors, the root's first."""
        columns = [getattr(Grid, name) for name in ANCESTORS]
        found = await db.execute(select(Grid.id, Grid.depth, *columns).where(Grid.id.in_(place_ids)))
        return {id: (ROOT, *ancestors[:depth]) for id, depth, *ancestors in found}

    async def place_by_code(self, db: Database, code: str) -> UUID | None:
        """Return the grid that has a code today."""
        present = select(Grid.id).where(Grid.code == code, Grid.valid_to.is_(None))
        found: UUID | None = await db.scalar(present)
        return found

    async def codes_of(self, db: Database, place_ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Return the codes of grids, or the names of those without one."""
        found = await db.execute(select(Grid.id, Grid.code, Grid.name).where(Grid.id.in_(place_ids)))
        return {id: code or name for id, code, name in found}

    async def place_for_role(self, db: Database, role: str) -> UUID | None:
        """Return the first grid of the depth at which a role is usually held, populated where one is."""
        depths = {"street_secretary": 1, "community_secretary": 2, "grid_worker": 3}
        for depth in range(depths.get(role, 0), 0, -1):
            grids = select(Grid.id).where(Grid.depth == depth, Grid.valid_to.is_(None)).order_by(Grid.code)
            lived = select(getattr(Person, f"anc_{depth}"))
            for statement in (grids.where(Grid.number.in_(lived)), grids):
                found: UUID | None = await db.scalar(statement.limit(1))
                if found is not None:
                    return found
        return None

    async def person_for_demo(self, db: Database) -> UUID | None:
        """Return the first registered adult who heads a household, or else the first person."""
        heads = select(Household.head_id).where(Household.head_id.is_not(None)).order_by(Household.number)
        found: UUID | None = await db.scalar(heads.limit(1))
        if found is None:
            found = await db.scalar(select(Person.id).order_by(Person.id).limit(1))
        return found


def antichain(grids: Sequence[tuple[tuple[int, ...], Place]]) -> tuple[Place, ...]:
    """Return the places that lie below no other, in order; `path` holds the numbers from depth 1 down."""
    paths = {path for path, _ in grids}
    kept = {place for path, place in grids if not any(path[:depth] in paths for depth in range(1, len(path)))}
    return tuple(sorted(kept, key=lambda place: (place.depth, place.number)))


def _today() -> date:
    return utc_now().astimezone(LOCAL_ZONE).date()
