"""Creating and moving grids: changes of the tree take turns, so that codes and numbers stay unique."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from wangge import NotFound, OutOfScope, RequestContext
from wangge_schema.grids import rules
from wangge_schema.grids.errors import GridClosed, GridCodeRequired, GridCodeTaken
from wangge_schema.grids.models import Grid, GridFunctionLink
from wangge_schema.grids.rules import GridKind, Level
from wangge_schema.grids.scope import GridScope
from wangge_schema.grids.services.levels import DistrictLevels, functions_by_key, levels_of, root_grid
from wangge_schema.grids.services.rebinding import readdress

WRITE = "base.grids.write"
"""The permission to change the tree."""


async def grid_by_code(ctx: RequestContext, code: str) -> Grid | None:
    """Return the current grid with this code, or else the last one that carried it."""
    statement = (
        select(Grid).where(Grid.code == code).order_by(Grid.valid_to.is_not(None), Grid.valid_to.desc())
    )
    found: Grid | None = await ctx.db.scalar(statement.limit(1))
    return found


async def create_grid(
    ctx: RequestContext,
    *,
    parent_id: UUID,
    name: str,
    level: str,
    code: str | None = None,
    kind: GridKind = GridKind.BASIC,
    functions: Sequence[str] = (),
    managing_parent_id: UUID | None = None,
    valid_from: date | None = None,
) -> Grid:
    """Add a grid below a parent within the caller's scope.

    Left out, `code` is the next free one (below a community only) and `valid_from` is today; `level` and
    `functions` are keys of the district's; `managing_parent_id` is for who manages it instead of the parent.

    Raises:
        NotFound, OutOfScope, GridClosed: by the parent.
        RuleError: see `rules.check_place`, `check_code`, `check_name` and `check_start`.
        GridCodeTaken, GridCodeRequired, GridFunctionUnknown: as they say.
    """
    ctx.require(WRITE)
    start = valid_from or ctx.today
    rules.check_start(start, ctx.today)
    await take_turn(ctx)
    levels = await levels_of(ctx)
    parent = await open_grid(ctx, parent_id, ("parent",))
    if managing_parent_id is not None:
        await find_grid(ctx, managing_parent_id, ("managingParent",))
    chosen = levels.scheme.level(level)
    rules.check_place(chosen, levels.spot_of(parent), levels.scheme)
    grid = await draft_grid(ctx, levels, parent, chosen, name=name, code=code, kind=kind, valid_from=start)
    grid.managing_parent_id = managing_parent_id
    await add_grid(ctx, grid, functions)
    ctx.audit("base.grid.created", subject=grid, detail={"code": grid.code, "level": level})
    ctx.emit("base.grid.created", subject=grid, grid_id=grid.id, data={"code": grid.code})
    return grid


async def move_grid(
    ctx: RequestContext, *, grid_id: UUID, parent_id: UUID, managing_parent_id: UUID | None = None
) -> Grid:
    """Put a grid, with all that lies below it, under another parent; codes stay as they are.

    Ancestors are rewritten on every grid of the subtree and on every row bound to one of them.

    Args:
        grid_id: the grid; it and the new parent lie within the caller's scope.
        parent_id: the new administrative parent.
        managing_parent_id: who manages it from now on, where that is not the parent.

    Raises:
        NotFound, OutOfScope, GridClosed: by the grid and the parent.
        RuleError: see `rules.check_move`.
    """
    ctx.require(WRITE)
    await take_turn(ctx)
    levels = await levels_of(ctx)
    grid = await open_grid(ctx, grid_id, ("grid",))
    parent = await open_grid(ctx, parent_id, ("parent",))
    if managing_parent_id is not None:
        await find_grid(ctx, managing_parent_id, ("managingParent",))
    subtree = await subtree_of(ctx, grid)
    height = max(each.depth for each in subtree) - grid.depth
    rules.check_move(levels.spot_of(grid), height, levels.spot_of(parent), levels.scheme)
    before = grid.parent_id
    grid.managing_parent_id = managing_parent_id
    await hang_below(ctx, grid, parent)
    detail = {"from": str(before), "to": str(parent.id), "grids": len(subtree)}
    ctx.audit("base.grid.moved", subject=grid, fields=("parent", "managingParent"), detail=detail)
    ctx.emit("base.grid.moved", subject=grid, grid_id=grid.id, data=detail)
    return grid


async def draft_grid(
    ctx: RequestContext,
    levels: DistrictLevels,
    parent: Grid,
    level: Level,
    *,
    name: str,
    code: str | None,
    kind: GridKind,
    valid_from: date,
) -> Grid:
    """Return a grid below `parent` that is not written yet, with number, code and ancestors."""
    grid = Grid(
        number=await next_number(ctx),
        code=await free_code(ctx, code, level, parent, levels),
        name=rules.check_name(name),
        level_id=levels.ids[level.key],
        kind=kind,
        parent_id=parent.id,
        valid_from=valid_from,
    )
    grid.place_at((*parent.path, grid.number))
    return grid


async def hang_below(ctx: RequestContext, grid: Grid, parent: Grid) -> None:
    """Rewrite a subtree and the rows bound to it so that `grid` lies below `parent`; checks nothing."""
    root, onto = grid.path, parent.path
    subtree = await subtree_of(ctx, grid)
    for each in subtree:
        each.place_at(rules.moved_path(each.path, root, onto))
    grid.parent_id = parent.id
    await ctx.db.flush()
    await readdress(ctx, [each.id for each in subtree])


async def take_turn(ctx: RequestContext) -> None:
    """Wait until no other transaction changes the tree; the root's row is the lock."""
    root = await root_grid(ctx)
    if root is None:
        raise NotFound("Grid")
    await ctx.db.lock(Grid, root.id)


async def find_grid(ctx: RequestContext, id: UUID, path: Sequence[str]) -> Grid:
    """Return a current grid anywhere in the district.

    Raises:
        NotFound: when there is none.
        GridClosed: when it has ended.
    """
    grid = await ctx.db.lock(Grid, id, path=path)
    if grid.valid_to is not None:
        raise GridClosed(path=path, code=grid.code, date=grid.valid_to.isoformat())
    return grid


async def open_grid(ctx: RequestContext, id: UUID, path: Sequence[str]) -> Grid:
    """Return a current grid within the caller's scope, locked.

    Raises:
        NotFound, GridClosed: see `find_grid`.
        OutOfScope: when the caller answers for another part of the tree.
    """
    grid = await find_grid(ctx, id, path)
    if not covers(ctx, grid):
        raise OutOfScope(path=path)
    return grid


def covers(ctx: RequestContext, grid: Grid) -> bool:
    """Say whether a grid lies in the caller's part of the tree; grids as such are read district-wide."""
    scope = ctx.db.scope
    places = scope.places if isinstance(scope, GridScope) else ()
    return scope.everything or any(getattr(grid, f"anc_{place.depth}") == place.number for place in places)


async def subtree_of(ctx: RequestContext, grid: Grid) -> list[Grid]:
    """Return a grid and all grids below it, locked in the order of their ids."""
    if grid.depth == 0:
        return await ctx.db.scalars(select(Grid).order_by(Grid.id))
    within = getattr(Grid, f"anc_{grid.depth}") == grid.number
    return await ctx.db.scalars(select(Grid).where(within).order_by(Grid.id).with_for_update())


async def next_number(ctx: RequestContext) -> int:
    """Return the next number of a grid; call it in one's turn only."""
    highest: int = await ctx.db.scalar(select(func.max(Grid.number)))
    return highest + 1


async def free_code(
    ctx: RequestContext, code: str | None, level: Level, parent: Grid, levels: DistrictLevels
) -> str:
    """Return the given code, checked, or the next free one below the parent.

    Raises:
        GridCodeRequired: when none is given above or at the community level.
        GridCodeInvalid, GridCodeTaken, GridSerialsExhausted: as they say.
    """
    if code is None:
        if not levels.scheme.is_below_community(level):
            raise GridCodeRequired(path=("code",))
        used = await ctx.db.scalars(
            select(Grid.code).where(Grid.code.startswith(parent.code, autoescape=True))
        )
        code = rules.next_code(parent.code, used)
    rules.check_code(code, level, levels.scheme)
    if await ctx.db.scalar(select(Grid.id).where(Grid.code == code, Grid.valid_to.is_(None))):
        raise GridCodeTaken(path=("code",), code=code)
    return code


async def add_grid(ctx: RequestContext, grid: Grid, functions: Iterable[str]) -> None:
    """Write a new grid with its functions."""
    rows = await functions_by_key(ctx, functions)
    async with ctx.db.unique(GridCodeTaken(path=("code",), code=grid.code)):
        ctx.db.add(grid)
    ctx.db.add_all(GridFunctionLink(grid_id=grid.id, function_id=row.id) for row in rows)
    await ctx.db.flush()
