"""Fields that people add to grids."""

from wangge import Connection, Info, Parent, authenticated, connection, extends, field
from wangge_schema.grids.models import Grid as GridRow
from wangge_schema.grids.subtree import subtree
from wangge_schema.grids.types import Grid
from wangge_schema.people import models
from wangge_schema.people.loaders import counts_by_grid
from wangge_schema.people.types import (
    GridCounts,
    Household,
    HouseholdFilter,
    HouseholdOrder,
    Person,
    PersonFilter,
    PersonOrder,
)


@extends(Grid)
class GridPeople:
    """Who lives in a grid and below it, within the caller's scope."""

    households: Connection[Household] = connection(
        "Households (户) of the grid and all below it, within the caller's scope.",
        via=subtree(models.Household),
        where=HouseholdFilter,
        order_by=HouseholdOrder,
        access=authenticated,
    )
    people: Connection[Person] = connection(
        "People (居民) of the grid and all below it, within the caller's scope.",
        via=subtree(models.Person),
        where=PersonFilter,
        order_by=PersonOrder,
        access=authenticated,
    )

    @field(
        access=authenticated,
        description="Figures (统计) of the grid and all below it, within the caller's scope.",
    )
    @staticmethod
    async def counts(root: Parent[GridRow], info: Info) -> GridCounts:
        """Return the figures, batched over all grids of the answer."""
        counts = await counts_by_grid(info.context, root)
        return GridCounts(**vars(counts))
