"""Rows of the grid tree: streets, communities, compounds and buildings below the district."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tests.benchmarks.data.shape import DISTRICT, SEEDED_AT, Shape, row_id

GRID = 1
VALID_FROM = date(2023, 6, 30)
LEVELS = ("street", "community", "compound", "building")
_NAMES = ("街道", "社区居委会", "小区", "号楼")
_ANCESTORS = tuple(f"anc_{depth}" for depth in range(1, 7))
COLUMNS = (
    *("id", "number", "code", "name", "level_id", "kind", "parent_id", "depth"),
    *_ANCESTORS,
    *("valid_from", "created_at", "updated_at"),
)
ADDRESS = (*_ANCESTORS, "grid_id")
"""Columns by which a row of any table belongs to a grid, in the order of `Grid.address`."""


@dataclass(frozen=True)
class Grid:
    """A grid of the district."""

    id: UUID
    number: int
    code: str
    name: str
    depth: int
    parent_id: UUID
    path: tuple[int, ...]

    @property
    def ancestors(self) -> tuple[int | None, ...]:
        """Numbers of the grids from depth 1 down to this one, then nothing."""
        return (*self.path, *(None for _ in range(6 - len(self.path))))

    @property
    def address(self) -> tuple[int | UUID | None, ...]:
        """What a row holds that belongs here, in the order of `ADDRESS`."""
        return (*self.ancestors, self.id)


def grids(shape: Shape, root_id: UUID) -> list[Grid]:
    """Return all grids below the root: level by level, each in the order of its parents."""
    found: list[Grid] = []
    above: list[tuple[UUID, str, tuple[int, ...]]] = [(root_id, DISTRICT, ())]
    below = (shape.streets, shape.communities, shape.compounds, shape.buildings)
    for depth, number_each in enumerate(below, 1):
        level: list[Grid] = []
        for parent_id, parent_code, path in above:
            for place in range(1, number_each + 1):
                number = len(found) + len(level) + 1
                level.append(
                    Grid(
                        id=row_id(GRID, number),
                        number=number,
                        code=f"{parent_code}{place:03d}",
                        name=f"{place}{_NAMES[depth - 1]}" if depth == 4 else f"第{place}{_NAMES[depth - 1]}",
                        depth=depth,
                        parent_id=parent_id,
                        path=(*path, number),
                    )
                )
        found += level
        above = [(grid.id, grid.code, grid.path) for grid in level]
    return found


def rows(found: list[Grid], levels: dict[str, UUID]) -> Iterator[tuple[object, ...]]:
    """Yield the rows of grids, in the order of `COLUMNS`; `levels` holds the keys of levels by name."""
    for grid in found:
        yield (
            *(grid.id, grid.number, grid.code, grid.name, levels[LEVELS[grid.depth - 1]], "BASIC"),
            *(grid.parent_id, grid.depth, *grid.ancestors),
            *(VALID_FROM, SEEDED_AT, SEEDED_AT),
        )
