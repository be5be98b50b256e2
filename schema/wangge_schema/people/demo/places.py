"""Where synthetic households live: compounds and buildings below the district's communities."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

from wangge import ImportReport, ImportRow, RequestContext
from wangge_schema.grids.models import Grid
from wangge_schema.grids.rules import COMMUNITY, Level
from wangge_schema.grids.services.bulk import GridEntry, TakeIn, take_in
from wangge_schema.grids.services.levels import levels_of
from wangge_schema.people.services.places import Places

FLATS = 40
"""Flats of a building: two units of ten floors with two flats each."""

_FEW = 8
"""Communities that the first buildings stand in, so that a small demo is not spread thin."""

_FIRST = 48
"""Buildings that stand in these few; later ones go to all communities in turn."""

_PER_COMPOUND = 6
_COMPOUNDS = ("锦绣花园", "和平嘉苑", "东方家园", "幸福里", "阳光城", "祥和苑", "翡翠园", "文昌小区")


@dataclass(frozen=True)
class Building:
    """A building to be, with the compound around it, where the district's levels have compounds."""

    code: str
    name: str
    compound: tuple[str, str] | None
    community: str


def buildings(communities: Sequence[str], *, compounds: bool) -> Iterator[Building]:
    """Yield buildings without end, the same ones whatever their number.

    Args:
        communities: codes, in the order in which they fill up.
        compounds: whether a level of compounds lies between community and building.
    """
    standing: Counter[str] = Counter()
    place = 0
    while True:
        few = communities[:_FEW] if place < _FIRST else communities
        community = few[place % len(few)]
        number, house = divmod(standing[community], _PER_COMPOUND)
        standing[community] += 1
        place += 1
        if not compounds:
            yield Building(f"{community}{standing[community]:03d}", f"{house + 1}号楼", None, community)
            continue
        compound = f"{community}{number + 1:03d}"
        name = _COMPOUNDS[number % len(_COMPOUNDS)] + ("" if number < len(_COMPOUNDS) else f"{number + 1}区")
        yield Building(f"{compound}{house + 1:03d}", f"{house + 1}号楼", (compound, name), community)


async def build(ctx: RequestContext, places: Places, number: int) -> list[str]:
    """Make sure that the first so many buildings stand, and return their codes."""
    levels = await levels_of(ctx)
    community = levels.scheme.level(COMMUNITY)
    below = [level for level in levels.scheme.levels if level.rank > community.rank]
    codes = _in_turn([grid for grid in places.by_code.values() if grid.level_id == levels.ids[COMMUNITY]])
    if not codes or not below:
        return []
    chosen = list(islice(buildings(codes, compounds=len(below) > 1), number))
    missing = [entry for one in chosen for entry in _entries(one, below) if entry.code not in places.by_code]
    report = ImportReport()
    once = list({entry.code: entry for entry in missing}.values())
    await take_in(ctx, once, report, TakeIn(moves=False, holds_from=ctx.today))
    for refused in report.refused:
        raise refused.error
    return [one.code for one in chosen]


def _entries(building: Building, below: Sequence[Level]) -> Iterator[GridEntry]:
    parent = building.community
    if building.compound is not None:
        code, name = building.compound
        yield GridEntry(ImportRow(0, {}), code, name, below[0], parent)
        parent = code
    yield GridEntry(ImportRow(0, {}), building.code, building.name, below[-1], parent)


def _in_turn(communities: Sequence[Grid]) -> list[str]:
    """Return codes of communities, taking one from each street in turn."""
    by_street: dict[str, list[str]] = {}
    for code in sorted(grid.code for grid in communities):
        by_street.setdefault(code[:-3], []).append(code)
    return [code for turn in zip_longest(*by_street.values()) for code in turn if code is not None]
