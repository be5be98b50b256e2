"""`Query.indicators`: the figures of a grid that every enabled programme reports."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from wangge import (
    ID,
    BadFilter,
    Info,
    NotFound,
    Query,
    authenticated,
    column,
    described,
    extends,
    object_type,
    optional_id,
    query,
)
from wangge_schema.grids import models
from wangge_schema.grids.types import Grid


@object_type(access=authenticated, description="A figure of a grid, with its definition and date (指标).")
class Indicator:
    """A reported figure."""

    key: str = column("Its key, such as base.people.")
    title: str = column("Its title.")
    definition: str = column("Exactly what is counted, over which time.")
    value: Decimal | None = column("The figure; null where there is none, such as a rate over nothing.")
    unit: str | None = column("Its unit; null for a plain number.")
    as_of: datetime = column("The time the figure holds for.")
    plugin: str = column("The programme that reports it.")


@extends(Query)
class IndicatorQueries:
    """Figures of a grid."""

    @query(
        access=authenticated,
        description="Figures of a grid, or of all that the caller sees, from every enabled programme.",
    )
    async def indicators(
        self,
        info: Info,
        grid: Annotated[ID | None, described("The grid; none for all that the caller sees.")] = None,
        from_: Annotated[date | None, described("First day of the period.", name="from")] = None,
        to: Annotated[date | None, described("Last day of the period.")] = None,
    ) -> list[Indicator]:
        """Return the indicators."""
        ctx = info.context
        if from_ is not None and to is not None and from_ > to:
            raise BadFilter(reason="`from` lies after `to`.", path=("from",))
        grid_id = optional_id(Grid, grid, ("grid",))
        if grid_id is not None and await ctx.load(models.Grid, grid_id) is None:
            raise NotFound("Grid", path=("grid",))
        return [
            Indicator(
                key=one.key,
                title=ctx.platform.text(one.title, ctx.locale),
                definition=ctx.platform.text(one.definition, ctx.locale),
                value=value,
                unit=one.unit,
                as_of=ctx.now,
                plugin=slug,
            )
            for slug, one, value in await ctx.platform.figures(ctx, grid_id, from_, to)
        ]
