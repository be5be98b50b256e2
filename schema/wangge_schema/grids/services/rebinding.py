"""Keeps rows bound to the right grid when grids move, split or merge; whatever package the rows are of."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, update

from wangge import Model, RequestContext
from wangge_schema.grids.models import Grid
from wangge_schema.grids.rules import DEEPEST, Part
from wangge_schema.grids.scope import GridBound

_BATCH = 200
"""Grids whose rows are rewritten by one statement."""

_DWELLINGS, _HOUSEHOLDS, _PEOPLE = "base_dwellings", "base_households", "base_people"

_STAYS = "__stays_with_grid__"
_LIFTED = "Rows keep their ancestors when grids change"


async def readdress(ctx: RequestContext, grid_ids: Sequence[UUID]) -> None:
    """Rewrite the ancestors of every row bound to these grids from the grids as they are now."""
    async with ctx.beyond_scope(_LIFTED, restricted=True):
        for model in await bound_models(ctx):
            for batch in _batches(grid_ids):
                fresh = _unstamped(
                    model, {f"anc_{depth}": getattr(Grid, f"anc_{depth}") for depth in _DEPTHS}
                )
                await _run(ctx, model, fresh, Grid.id == model.grid_id, model.grid_id.in_(batch))


async def rebind(
    ctx: RequestContext, old: Sequence[UUID], new: Sequence[Grid], parts: Sequence[Part] | None = None
) -> None:
    """Give the rows bound to the grids `old` to their successors.

    A dwelling goes to the part that names it; rows with a `dwelling_id` go with their dwelling, and rows of
    models that set `__follows_person__` with their person. Everything else goes to the first successor,
    except rows of models that set `__stays_with_grid__` (posts): they stay as history of the old grids.

    Args:
        old: the grids that ended.
        new: their successors, in the order of the parts.
        parts: what each successor is given; none where there is one successor only.
    """
    async with ctx.beyond_scope(_LIFTED, restricted=True):
        models = [model for model in await bound_models(ctx) if not getattr(model, _STAYS, False)]
        for part, grid in zip(parts or (), new, strict=bool(parts)):
            await _hand_over(ctx, models, old, part, grid)
        for leader, followers in _followers(models):
            for model, key in followers:
                same = {name: getattr(leader, name) for name in ("grid_id", *_COLUMNS)}
                moved = leader.grid_id.in_([grid.id for grid in new])
                await _run(
                    ctx, model, _unstamped(model, same), key == leader.id, moved, model.grid_id.in_(old)
                )
        for model in models:
            await _run(ctx, model, _unstamped(model, address_of(new[0])), model.grid_id.in_(old))


async def bound_models(ctx: RequestContext) -> list[Any]:  # classes mixing Model and GridBound
    """Return the models whose rows move with grids and whose tables this district has."""
    tables = await ctx.db.tables()
    found: list[Any] = [mapper.class_ for mapper in Model.registry.mappers]
    return [
        model
        for model in sorted(found, key=lambda model: str(model.__tablename__))
        if model.__tablename__ in tables and issubclass(model, GridBound)
    ]


async def dwellings_in(ctx: RequestContext, grid_ids: Sequence[UUID], named: Sequence[UUID]) -> set[UUID]:
    """Return those of the named dwellings that are bound to one of the grids themselves."""
    model = _model(await bound_models(ctx), _DWELLINGS)
    if model is None or not named:
        return set()
    found: set[UUID] = set()
    for batch in _batches(named):
        statement = select(model.id).where(model.id.in_(batch), model.grid_id.in_(grid_ids))
        found.update(await ctx.db.scalars(statement))
    return found


async def households_below(ctx: RequestContext, grid: Grid) -> int:
    """Return how many households lie in a grid and below it."""
    model = _model(await bound_models(ctx), _HOUSEHOLDS)
    if model is None or grid.depth == 0:
        return 0
    within = getattr(model, f"anc_{grid.depth}") == grid.number
    return int(await ctx.db.scalar(select(func.count(model.id)).where(within)))


_DEPTHS = range(1, DEEPEST + 1)
_COLUMNS = tuple(f"anc_{depth}" for depth in _DEPTHS)


async def _hand_over(
    ctx: RequestContext, models: Sequence[Any], old: Sequence[UUID], part: Part, grid: Grid
) -> None:
    """Bind the dwellings that a part names to its grid."""
    model = _model(models, _DWELLINGS)
    if model is None:
        return
    for batch in _batches(part.dwellings):
        values = _unstamped(model, address_of(grid))
        await _run(ctx, model, values, model.id.in_(batch), model.grid_id.in_(old))


def _followers(models: Sequence[Any]) -> Iterator[tuple[Any, list[tuple[Any, Any]]]]:
    """Yield dwellings, then people, each with the models that follow it and by which attribute."""
    for table in (_DWELLINGS, _PEOPLE):
        leader = _model(models, table)
        if leader is not None:
            keys = [(model, _leading_key(model)) for model in models]
            yield leader, [(model, key[1]) for model, key in keys if key is not None and key[0] == table]


def _leading_key(model: Any) -> tuple[str, Any] | None:
    """Return the table whose rows lead those of `model`, and the attribute by which they do."""
    if hasattr(model, "dwelling_id"):
        return _DWELLINGS, model.dwelling_id
    if getattr(model, "__follows_person__", False) and model.__person_key__ not in (None, "id"):
        return _PEOPLE, getattr(model, model.__person_key__)
    return None


def address_of(grid: Grid) -> dict[str, Any]:  # column values
    """Return the columns that bind a row to a grid, for statements that write rows in bulk."""
    return {"grid_id": grid.id, **{name: getattr(grid, name) for name in _COLUMNS}}


def _unstamped(model: Any, values: dict[str, Any]) -> dict[str, Any]:
    """Return the values of an update that does not count as a change of the row itself."""
    stamp = {"updated_at": model.updated_at} if hasattr(model, "updated_at") else {}
    return {**values, **stamp}


async def _run(
    ctx: RequestContext, model: Any, values: dict[str, Any], *conditions: ColumnElement[bool]
) -> None:
    statement = update(model).where(*conditions).values(values)
    await ctx.db.execute(statement.execution_options(synchronize_session=False))


def _model(models: Sequence[Any], table: str) -> Any:  # a mapped class, or None
    return next((model for model in models if model.__tablename__ == table), None)


def _batches(ids: Sequence[UUID]) -> Iterator[list[UUID]]:
    for start in range(0, len(ids), _BATCH):
        yield list(ids[start : start + _BATCH])
