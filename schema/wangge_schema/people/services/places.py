"""The grids of a district as bulk writes need them: by code, with full names and binding columns."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from wangge import RequestContext
from wangge_schema.grids.models import Grid
from wangge_schema.grids.services.rebinding import address_of
from wangge_schema.people.services.bulk import Row


@dataclass
class Places:
    """The district's current grids by code, with their full names and what binds rows to them."""

    by_code: dict[str, Grid]
    names: dict[str, list[str]] = field(default_factory=dict)
    bound: dict[str, Row] = field(default_factory=dict)

    @classmethod
    def of(cls, grids: Sequence[Grid]) -> "Places":
        """Read the names of all grids' ancestors."""
        by_number = {grid.number: grid.name for grid in grids}
        root = next((grid.name for grid in grids if grid.depth == 0), None)
        above = [] if root is None else [root]
        places = cls({grid.code: grid for grid in grids if grid.valid_to is None})
        for code, grid in places.by_code.items():
            below = [by_number[number] for number in grid.path if number in by_number]
            places.names[code] = above + below
            places.bound[code] = address_of(grid)
        return places


async def load_places(ctx: RequestContext) -> Places:
    """Return the current grids of the district."""
    return Places.of(await ctx.db.scalars(select(Grid).order_by(Grid.depth, Grid.code)))
