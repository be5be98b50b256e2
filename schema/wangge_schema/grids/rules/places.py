"""Places in the tree: what may lie below what, how deep, and where a move leads."""

from dataclasses import dataclass
from typing import Final

from wangge_schema.grids.errors import (
    GridCommunityNeeded,
    GridCycle,
    GridLevelOrder,
    GridRootFixed,
    GridTooDeep,
)
from wangge_schema.grids.rules.levels import COMMUNITY, Level, LevelScheme

DEEPEST: Final = 6
"""Levels below the district's root that rows remember."""


@dataclass(frozen=True)
class Spot:
    """Where a grid stands in the tree: its level and the numbers from depth 1 down to itself.

    The district itself has an empty path.
    """

    level: Level
    path: tuple[int, ...]


def check_place(level: Level, parent: Spot, scheme: LevelScheme) -> None:
    """Check that a grid of `level` may lie directly below `parent`.

    Raises:
        GridLevelOrder: when it would not rank below its parent.
        GridCommunityNeeded: when it lies below no community or village.
        GridTooDeep: when the tree would get too deep.
    """
    if level.rank <= parent.level.rank:
        raise GridLevelOrder(path=("parent",), level=level.key, parent=parent.level.key)
    if scheme.is_below_community(level) and parent.level.rank < scheme.level(COMMUNITY).rank:
        raise GridCommunityNeeded(path=("parent",), level=level.key)
    check_depth(len(parent.path) + 1)


def check_depth(depth: int) -> None:
    """Raise GridTooDeep when rows could not remember a grid at `depth`."""
    if depth > DEEPEST:
        raise GridTooDeep(path=("parent",), deepest=DEEPEST)


def check_move(grid: Spot, height: int, parent: Spot, scheme: LevelScheme) -> None:
    """Check that `grid`, with `height` levels of sub-grids in use below it, may move below `parent`.

    Raises:
        GridRootFixed: when it is the district itself.
        GridCycle: when the parent is the grid or lies below it.
        GridLevelOrder, GridCommunityNeeded, GridTooDeep: as for a new grid there.
    """
    if not grid.path:
        raise GridRootFixed(path=("grid",))
    if grid.path[-1] in parent.path:
        raise GridCycle(path=("parent",))
    check_place(grid.level, parent, scheme)
    check_depth(len(parent.path) + 1 + height)


def moved_path(path: tuple[int, ...], root: tuple[int, ...], parent: tuple[int, ...]) -> tuple[int, ...]:
    """Return a grid's new path when a grid moves below `parent`.

    Args:
        path: of the grid in question.
        root: of the grid that moves: the same one, or one above.
        parent: of the new parent.
    """
    return parent + path[len(root) - 1 :]


def ancestor_columns(path: tuple[int, ...]) -> dict[str, int | None]:
    """Return the columns `anc_1` … `anc_6` of a row that belongs to the grid at `path`."""
    padded = (*path, *(None,) * (DEEPEST - len(path)))
    return {f"anc_{depth}": number for depth, number in enumerate(padded, start=1)}
