"""Figures of grids, for many grids in one go."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal_column, or_, select
from strawberry.dataloader import DataLoader

from wangge import RequestContext
from wangge_schema.grids.models import Grid
from wangge_schema.people.models import Dwelling, Household, Person

_ALL: ColumnElement[int] = literal_column("(0 + 0)")
"""What all rows share at the root's depth: an expression, as a plain number in GROUP BY means a position."""


@dataclass(frozen=True)
class Counts:
    """Figures of a subtree, as `GridCounts` shows them."""

    grids: int
    dwellings: int
    households: int
    people: int


async def counts_by_grid(ctx: RequestContext, grid: Grid) -> Counts:
    """Return the figures of a grid and all below it, within the caller's scope.

    However many grids ask at once, each table is read once per depth among them.
    """
    loader = ctx.loaders.custom("base.grid_counts", lambda: _counts_loader(ctx))
    found: Counts = await loader.load((grid.id, grid.depth, grid.number))
    return found


def _counts_loader(ctx: RequestContext) -> DataLoader[tuple[UUID, int, int], Counts]:
    async def load(grids: list[tuple[UUID, int, int]]) -> list[Counts]:
        found: dict[tuple[str, int, int], int] = {}
        for depth in sorted({depth for _, depth, _ in grids}):
            numbers = [number if depth else 0 for _, at, number in grids if at == depth]
            for name, model, condition in _counted(ctx):
                key = _ancestor(model, depth).label("key")
                statement = select(key, func.count(model.id)).select_from(model)
                statement = statement.where(condition, _ancestor(model, depth).in_(numbers)).group_by(key)
                for number, count in (await ctx.db.execute(statement)).all():
                    found[name, depth, number] = count
        return [
            Counts(
                **{name: found.get((name, depth, number if depth else 0), 0) for name, _, _ in _counted(ctx)}
            )
            for _, depth, number in grids
        ]

    return DataLoader(load_fn=load)


def _ancestor(model: Any, depth: int) -> ColumnElement[Any]:
    """Return what holds the number of a row's ancestor at a depth."""
    found: ColumnElement[Any] = getattr(model, f"anc_{depth}") if depth else _ALL
    return found


def _counted(ctx: RequestContext) -> list[tuple[str, Any, ColumnElement[bool]]]:
    return [
        ("grids", Grid, or_(Grid.valid_to.is_(None), Grid.valid_to > ctx.today)),
        ("dwellings", Dwelling, Dwelling.id.is_not(None)),
        ("households", Household, Household.id.is_not(None)),
        ("people", Person, Person.died_on.is_(None)),
    ]
