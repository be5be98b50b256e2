"""Splitting, merging and redrawing grids: old ones end, new ones begin, and nothing bound to them is lost."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import func, or_, select

from wangge import RequestContext, RoleGrant
from wangge_schema.grids import rules
from wangge_schema.grids.errors import GridRolesLeft, GridSizeUnusual
from wangge_schema.grids.models import Grid, GridFunction, GridFunctionLink, GridSuccession
from wangge_schema.grids.rules import GridKind, Part
from wangge_schema.grids.services.levels import DistrictLevels, levels_of
from wangge_schema.grids.services.rebinding import dwellings_in, households_below, rebind
from wangge_schema.grids.services.tree import (
    WRITE,
    add_grid,
    draft_grid,
    hang_below,
    open_grid,
    take_turn,
)
from wangge_schema.grids.settings import GridSettings


@dataclass(frozen=True)
class NewGrid:
    """A grid that takes over from others."""

    name: str
    code: str | None = None
    """None for the next free one."""
    kind: GridKind | None = None
    """None for the kind of the first old grid."""
    functions: tuple[str, ...] | None = None
    """Keys; None for all that the old grids carried."""
    takes: Part = field(default_factory=Part)


async def split_grid(
    ctx: RequestContext, *, grid_id: UUID, parts: Sequence[NewGrid], on: date | None = None
) -> list[Grid]:
    """End a grid and let several take over; return these.

    Every sub-grid must be named in one part. Dwellings bound to the grid itself go to the part that names
    them, or else to the first; households and people go with them.

    Raises:
        NotFound, OutOfScope, GridClosed: by the grid and its parent.
        RuleError: see `rules.check_siblings`, `check_parts` and `check_change_date`.
    """
    return await _redraw(ctx, (grid_id,), parts, on, "split", "grid")


async def merge_grids(
    ctx: RequestContext, *, grid_ids: Sequence[UUID], into: NewGrid, on: date | None = None
) -> Grid:
    """End several grids of one level and parent and let one take over all that lies in them; return it.

    Raises:
        NotFound, OutOfScope, GridClosed: by the grids and their parent.
        RuleError: see `rules.check_merge` and `check_change_date`.
    """
    return (await _redraw(ctx, tuple(dict.fromkeys(grid_ids)), (into,), on, "merged", "grids"))[0]


async def redraw_grids(
    ctx: RequestContext, *, grid_ids: Sequence[UUID], parts: Sequence[NewGrid], on: date | None = None
) -> list[Grid]:
    """End several grids of one level and parent and let several others take over; return these.

    What lies in them is shared out as in `split_grid`.

    Raises:
        NotFound, OutOfScope, GridClosed: by the grids and their parent.
        RuleError: see `rules.check_siblings`, `check_parts` and `check_change_date`.
    """
    return await _redraw(ctx, tuple(dict.fromkeys(grid_ids)), parts, on, "redrawn", "grids")


async def _redraw(
    ctx: RequestContext,
    old_ids: Sequence[UUID],
    parts: Sequence[NewGrid],
    on: date | None,
    act: str,
    path: str,
) -> list[Grid]:
    ctx.require(WRITE)
    await take_turn(ctx)
    levels = await levels_of(ctx)
    old = [await open_grid(ctx, id, (path,)) for id in old_ids]
    day = on or ctx.today
    parent = await _check_old(ctx, levels, old, day, act, path)
    sub_grids = await _sub_grids(ctx, old_ids)
    if act != "merged":
        await _check_parts(ctx, old_ids, sub_grids, parts)
    inherited = await _functions_of(ctx, old_ids)
    await _end(ctx, old, day)
    new = [await _begin(ctx, levels, old[0], parent, part, day, inherited) for part in parts]
    await _share_out(ctx, sub_grids, parts, new)
    await rebind(ctx, old_ids, new, [part.takes for part in parts] if len(parts) > 1 else None)
    _record(ctx, act, old, new, day)
    await _warn_of_roles(ctx, old_ids)
    await _warn_of_size(ctx, levels, new)
    return new


async def _check_old(
    ctx: RequestContext, levels: DistrictLevels, old: Sequence[Grid], day: date, act: str, path: str
) -> Grid:
    """Ask the rules whether these grids may end together on a day; return their parent."""
    spots = [levels.spot_of(grid) for grid in old]
    if act == "merged":
        rules.check_merge(spots)
    else:
        rules.check_siblings(spots)
    parent = await open_grid(ctx, _parent_of(old[0]), (path,))
    rules.check_change_date(day, [grid.valid_from for grid in old], ctx.today)
    return parent


def _parent_of(grid: Grid) -> UUID:
    assert grid.parent_id is not None  # the rules refuse the root
    return grid.parent_id


async def _sub_grids(ctx: RequestContext, ids: Sequence[UUID]) -> list[Grid]:
    """Return the current grids directly below these."""
    current = select(Grid).where(Grid.parent_id.in_(ids), Grid.valid_to.is_(None))
    return await ctx.db.scalars(current.order_by(Grid.code))


async def _check_parts(
    ctx: RequestContext, ids: Sequence[UUID], sub_grids: Sequence[Grid], parts: Sequence[NewGrid]
) -> None:
    """Ask the rules whether the parts share out what lies directly in the old grids."""
    named = [dwelling for part in parts for dwelling in part.takes.dwellings]
    dwellings = await dwellings_in(ctx, ids, named)
    rules.check_parts([part.takes for part in parts], [grid.id for grid in sub_grids], dwellings)


async def _functions_of(ctx: RequestContext, ids: Sequence[UUID]) -> list[str]:
    statement = (
        select(GridFunction.key)
        .join(GridFunctionLink, GridFunctionLink.function_id == GridFunction.id)
        .where(GridFunctionLink.grid_id.in_(ids))
        .distinct()
        .order_by(GridFunction.key)
    )
    return await ctx.db.scalars(statement)


async def _end(ctx: RequestContext, old: Sequence[Grid], day: date) -> None:
    """End the old grids before the new ones are written, so that a code can go on in a new grid."""
    for grid in old:
        grid.valid_to = day
    await ctx.db.flush()


async def _begin(
    ctx: RequestContext,
    levels: DistrictLevels,
    model: Grid,
    parent: Grid,
    part: NewGrid,
    day: date,
    inherited: Sequence[str],
) -> Grid:
    """Write a new grid in the place of `model`."""
    grid = await draft_grid(
        ctx,
        levels,
        parent,
        levels.of(model),
        name=part.name,
        code=part.code,
        kind=part.kind or model.kind,
        valid_from=day,
    )
    grid.managing_parent_id = model.managing_parent_id
    await add_grid(ctx, grid, inherited if part.functions is None else part.functions)
    return grid


async def _share_out(
    ctx: RequestContext, sub_grids: Sequence[Grid], parts: Sequence[NewGrid], new: Sequence[Grid]
) -> None:
    """Hang the sub-grids below the new grids."""
    takers = {id: grid for part, grid in zip(parts, new, strict=True) for id in part.takes.sub_grids}
    for sub_grid in sub_grids:
        await hang_below(ctx, sub_grid, takers.get(sub_grid.id, new[0]))


def _record(ctx: RequestContext, act: str, old: Sequence[Grid], new: Sequence[Grid], day: date) -> None:
    """Keep who took over from whom, and tell of it."""
    ctx.db.add_all(
        GridSuccession(predecessor_id=one.id, successor_id=other.id, on=day) for one in old for other in new
    )
    detail = {"ended": [grid.code for grid in old], "begun": [grid.code for grid in new]}
    for grid in new:
        ctx.audit(f"base.grid.{act}", subject=grid, detail=detail)
    ctx.emit("base.grids.redrawn", subject=new[0], grid_id=_parent_of(new[0]), data={"act": act, **detail})


async def _warn_of_roles(ctx: RequestContext, old_ids: Sequence[UUID]) -> None:
    """Warn of roles held at grids that ended: who may see the new ones is for people to decide."""
    lasting = or_(RoleGrant.until.is_(None), RoleGrant.until > ctx.now)
    count = await ctx.db.scalar(
        select(func.count(RoleGrant.id)).where(RoleGrant.place_id.in_(old_ids), lasting)
    )
    if count:
        ctx.warn(GridRolesLeft(count=count))


async def _warn_of_size(ctx: RequestContext, levels: DistrictLevels, grids: Sequence[Grid]) -> None:
    """Warn of basic grids outside the district's range of households."""
    for grid in grids:
        settings = await ctx.settings_at(GridSettings, grid.id)
        if grid.kind is not GridKind.BASIC or levels.of(grid).key not in settings.grid_sized_levels:
            continue
        low, high = settings.grid_households_low, settings.grid_households_high
        households = await households_below(ctx, grid)
        if rules.is_unusual_size(households, low, high):
            ctx.warn(GridSizeUnusual(code=grid.code, households=households, low=low, high=high))
