"""What an input names must be there: an id of nothing is told to the caller and meets no foreign key."""

from uuid import UUID

from wangge import NotFound, RequestContext
from wangge_schema import models as base
from wangge_volunteer_points.models import VolunteerTeam


async def known_grid(ctx: RequestContext, grid_id: UUID | None) -> UUID:
    """Return the key of a grid. Whether it is one of the caller's shows when something is written there.

    Raises:
        NotFound: there is no such grid.
    """
    grid = await ctx.db.get(base.Grid, grid_id)
    if grid is None:
        raise NotFound("Grid", path=("grid",))
    return grid.id


async def known_organization(ctx: RequestContext, organization_id: UUID | None) -> UUID | None:
    """Return the key of an organisation; None for None.

    Raises:
        NotFound: there is no such organisation.
    """
    if organization_id is None:
        return None
    return (await ctx.db.must_get(base.Organization, organization_id, path=("organization",))).id


async def known_team(ctx: RequestContext, team_id: UUID | None) -> UUID | None:
    """Return the key of a team; None for None.

    Raises:
        NotFound: there is no such team.
    """
    return None if team_id is None else (await ctx.db.must_get(VolunteerTeam, team_id, path=("team",))).id
