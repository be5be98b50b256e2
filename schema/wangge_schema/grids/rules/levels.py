"""Levels of a district's scheme, and kinds of grids."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from wangge_schema.grids.errors import GridLevelUnknown, LevelSchemeInvalid

DISTRICT: Final = "district"

STREET: Final = "street"

COMMUNITY: Final = "community"
"""Levels that every scheme has, because the division tables fill them. A scheme adds its own around them."""


class GridKind(Enum):
    """What sort of grid it is."""

    BASIC = "basic"
    SPECIAL = "special"
    MICRO = "micro"


@dataclass(frozen=True)
class Level:
    """A level of a scheme; ranks grow downwards from the district's 0."""

    key: str
    title: str
    rank: int


@dataclass(frozen=True)
class LevelScheme:
    """The levels of one district, from the district down."""

    levels: tuple[Level, ...]

    def level(self, key: str, path: Sequence[str] = ("level",)) -> Level:
        """Return the level called `key`, or raise GridLevelUnknown."""
        for level in self.levels:
            if level.key == key:
                return level
        raise GridLevelUnknown(path=path, level=key, levels=", ".join(each.key for each in self.levels))

    def is_below_community(self, level: Level) -> bool:
        """Say whether `level` is one of the district's own grids rather than of the division tables."""
        return level.rank > self.level(COMMUNITY).rank


def check_scheme(levels: Sequence[Level]) -> LevelScheme:
    """Return the levels as a scheme, ordered by rank.

    Raises:
        LevelSchemeInvalid: when district, street or community is missing or out of order, or a key or rank
            is used twice.
    """
    ordered = tuple(sorted(levels, key=lambda level: level.rank))
    ranks = {level.key: level.rank for level in ordered}
    if len(ranks) < len(ordered) or len(set(ranks.values())) < len(ordered):
        raise LevelSchemeInvalid()
    if not {DISTRICT, STREET, COMMUNITY} <= ranks.keys():
        raise LevelSchemeInvalid()
    if not 0 == ranks[DISTRICT] == ordered[0].rank < ranks[STREET] < ranks[COMMUNITY]:
        raise LevelSchemeInvalid()
    return LevelScheme(ordered)
