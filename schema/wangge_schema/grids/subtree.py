"""Rows of a grid and everything below it, as a connection's way and as a filter's condition."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, bindparam, false, literal_column, or_, select, true

from wangge import Branch, Database, Outer, RequestContext, Scope, Via, covered
from wangge_schema.grids.models import Grid
from wangge_schema.grids.scope import MAX_DEPTH, GridScope


@dataclass(frozen=True)
class Subtree:
    """The way from a grid to the rows bound to it or to any grid below."""

    model: Any  # a GridBound model, or Grid itself

    def branches(self, outer: Outer) -> list[Branch]:
        """Match, per depth, the ancestor at that depth; a grid is at just one."""
        depth, number = outer("depth"), outer("number")
        deeper = [
            Branch(getattr(self.model, f"anc_{at}") == number, depth == literal_column(str(at)))
            for at in range(1, MAX_DEPTH + 1)
        ]
        return [Branch(true(), depth == literal_column("0")), *deeper]

    def covered(self, outer: Outer, scope: Scope) -> ColumnElement[bool] | None:
        """Return the condition that the grid itself lies within the scope: so does all below it, then."""
        if not isinstance(scope, GridScope) or not scope.places:
            return None
        parameters = scope.parameters()
        return or_(
            *(
                outer(f"anc_{place.depth}") == bindparam(name, parameters[name], Integer)
                for place, name in zip(scope.places, scope.place_names, strict=True)
            )
        )

    def split(self, parents: Sequence[Any]) -> list[tuple[ColumnElement[Any], dict[Any, list[int]]]]:
        """Match, per depth of the parents, the ancestor at that depth; the root matches every row."""
        by_depth: dict[int, dict[Any, list[int]]] = {}
        for position, grid in enumerate(parents):
            key = 0 if grid.depth == 0 else grid.number
            by_depth.setdefault(grid.depth, {}).setdefault(key, []).append(position)
        return [
            (literal_column("(0 + 0)") if depth == 0 else getattr(self.model, f"anc_{depth}"), positions)
            for depth, positions in by_depth.items()
        ]

    def join(self, statement: Select[Any], model: Any) -> Select[Any]:
        """Need nothing more."""
        return statement


def subtree(model: Any) -> Via:
    """Return the way from a grid to rows of `model` in its whole subtree."""
    return Subtree(model)


def below(model: Any, grid: Grid) -> ColumnElement[bool]:
    """Return the condition that a row of `model` belongs to `grid` or a grid below it."""
    return _at(model, grid.depth, grid.number)


def _at(model: Any, depth: int, number: int) -> ColumnElement[bool]:
    if depth == 0:
        return true()
    condition: ColumnElement[bool] = getattr(model, f"anc_{depth}") == number
    return condition


async def within(ctx: RequestContext, model: Any, grid_id: UUID) -> ColumnElement[bool]:
    """Return the condition of `below` for the grid with this id; an unknown grid holds nothing."""

    async def load(db: Database) -> tuple[int, ...] | None:
        found = (
            await ctx.db.execute(select(Grid.depth, Grid.number, *_ANCESTORS).where(Grid.id == grid_id))
        ).first()
        return None if found is None else tuple(found)

    place = await ctx.recall(("base.place", grid_id), load)
    if place is None:
        return false()
    depth, number, *path = place
    condition = _at(model, depth, number)
    scope = ctx.db.scope
    inside = isinstance(scope, GridScope) and any(path[one.depth - 1] == one.number for one in scope.places)
    return covered(condition) if inside else condition


_ANCESTORS = [getattr(Grid, f"anc_{depth}") for depth in range(1, MAX_DEPTH + 1)]
