"""Batched reads around grids: their ancestors, functions, successors and predecessors."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute
from strawberry.dataloader import DataLoader

from wangge import RequestContext
from wangge_schema.grids.models import Grid, GridFunction, GridFunctionLink, GridSuccession

K = TypeVar("K", UUID, int)
V = TypeVar("V")


async def ancestors_of(ctx: RequestContext, grid: Grid) -> list[Grid]:
    """Return the grids above `grid`, from the district down."""
    if grid.depth == 0:
        return []

    async def load(numbers: list[int]) -> list[Grid | None]:
        rows = await ctx.db.scalars(select(Grid).where(Grid.number.in_(numbers)))
        found = {row.number: row for row in rows}
        return [found.get(number) for number in numbers]

    loaded = await _loader(ctx, "number", load).load_many([0, *grid.path[:-1]])
    return [row for row in loaded if row is not None]


async def functions_by_id(ctx: RequestContext, grid_id: UUID) -> list[GridFunction]:
    """Return the functions merged into a grid, by key."""

    async def load(ids: list[UUID]) -> list[list[GridFunction]]:
        statement = (
            select(GridFunctionLink.grid_id, GridFunction)
            .join(GridFunction, GridFunction.id == GridFunctionLink.function_id)
            .where(GridFunctionLink.grid_id.in_(ids))
            .order_by(GridFunction.key)
        )
        rows: Sequence[Any] = (await ctx.db.execute(statement)).all()  # pairs of key and row
        return _grouped(ids, rows)

    return await _loader(ctx, "functions", load).load(grid_id)


async def successors_by_id(ctx: RequestContext, grid_id: UUID) -> list[Grid]:
    """Return the grids that took over from a grid, by code."""
    key, other = GridSuccession.predecessor_id, GridSuccession.successor_id
    return await _loader(ctx, "successors", _succession(ctx, key, other)).load(grid_id)


async def predecessors_by_id(ctx: RequestContext, grid_id: UUID) -> list[Grid]:
    """Return the grids that a grid took over from, by code."""
    key, other = GridSuccession.successor_id, GridSuccession.predecessor_id
    return await _loader(ctx, "predecessors", _succession(ctx, key, other)).load(grid_id)


def _succession(
    ctx: RequestContext, key: InstrumentedAttribute[UUID], other: InstrumentedAttribute[UUID]
) -> Callable[[list[UUID]], Awaitable[list[list[Grid]]]]:
    async def load(ids: list[UUID]) -> list[list[Grid]]:
        statement = (
            select(key, Grid)
            .select_from(GridSuccession)
            .join(Grid, Grid.id == other)
            .where(key.in_(ids))
            .order_by(Grid.code)
        )
        rows: Sequence[Any] = (await ctx.db.execute(statement)).all()  # pairs of key and row
        return _grouped(ids, rows)

    return load


def _loader(
    ctx: RequestContext, name: str, load: Callable[[list[K]], Awaitable[list[V]]]
) -> DataLoader[K, V]:
    return ctx.loaders.custom(("base.grids", name), lambda: DataLoader(load_fn=load))


def _grouped(keys: list[K], rows: Sequence[tuple[K, V]]) -> list[list[V]]:
    found: dict[K, list[V]] = {key: [] for key in keys}
    for key, value in rows:
        found[key].append(value)
    return [found[key] for key in keys]
