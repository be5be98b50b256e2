"""How large the district is, and the keys of its rows: the same for everyone who asks for the same row."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

DATA_VERSION = 1
"""Raise it whenever the rows change, so that databases of an earlier version are made anew."""

SEED = 370703
DISTRICT, DISTRICT_NAME = "370703", "寒亭区"
SEEDED_AT = datetime(2026, 1, 1, tzinfo=UTC)
"""When every seeded row was written; rows that measurements write are later, and are taken out again."""

_FIRST_MS = int(datetime(2025, 6, 1, tzinfo=UTC).timestamp() * 1000)
_MIX, _MASK = 0x9E3779B97F4A7C15, (1 << 62) - 1


@dataclass(frozen=True)
class Shape:
    """How many there are of each, one below the other."""

    name: str
    streets: int
    communities: int
    compounds: int
    buildings: int
    dwellings: int
    people: int
    """Living in each dwelling, one household in each."""

    @property
    def counts(self) -> dict[str, int]:
        """How many rows there are of each kind in the whole district."""
        communities = self.streets * self.communities
        compounds = communities * self.compounds
        households = compounds * self.buildings * self.dwellings
        return {
            "streets": self.streets,
            "communities": communities,
            "compounds": compounds,
            "buildings": compounds * self.buildings,
            "households": households,
            "people": households * self.people,
            "volunteers": households,
            "teams": compounds,
        }


FULL = Shape("full", 10, 10, 10, 10, 10, 3)
"""The district of the bars: 10,000 buildings, 100,000 households, 300,000 people."""

SMALL = Shape("small", 2, 2, 5, 5, 10, 3)
"""A hundredth of it, for trying."""


def row_id(kind: int, index: int) -> UUID:
    """Return the key of a row: a UUIDv7 that grows with the index, different for each kind of row."""
    spread = (index * _MIX + kind * 0x5851F42D4C957F2D) & _MASK
    high = ((_FIRST_MS + index) << 16) | (7 << 12) | (kind & 0xFFF)
    return UUID(int=(high << 64) | (2 << 62) | spread)
