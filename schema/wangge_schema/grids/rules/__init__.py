"""What makes a tree of grids sound, decided without a database."""

from wangge_schema.grids.rules.changes import (
    Part,
    check_change_date,
    check_merge,
    check_name,
    check_parts,
    check_siblings,
    check_start,
    is_unusual_size,
)
from wangge_schema.grids.rules.codes import SERIALS, check_code, next_code
from wangge_schema.grids.rules.levels import (
    COMMUNITY,
    DISTRICT,
    STREET,
    GridKind,
    Level,
    LevelScheme,
    check_scheme,
)
from wangge_schema.grids.rules.places import (
    DEEPEST,
    Spot,
    ancestor_columns,
    check_depth,
    check_move,
    check_place,
    moved_path,
)

__all__ = [
    "COMMUNITY",
    "DEEPEST",
    "DISTRICT",
    "SERIALS",
    "STREET",
    "GridKind",
    "Level",
    "LevelScheme",
    "Part",
    "Spot",
    "ancestor_columns",
    "check_change_date",
    "check_code",
    "check_depth",
    "check_merge",
    "check_move",
    "check_name",
    "check_parts",
    "check_place",
    "check_scheme",
    "check_siblings",
    "check_start",
    "is_unusual_size",
    "moved_path",
    "next_code",
]
