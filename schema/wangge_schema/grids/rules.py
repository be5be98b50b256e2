"""What makes a tree of grids sound: codes, levels, places in the tree, split and merge, and size."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Final
from uuid import UUID

from wangge_schema.grids.errors import (
    GridCodeInvalid,
    GridCommunityNeeded,
    GridCycle,
    GridDateInFuture,
    GridDateTooEarly,
    GridLevelOrder,
    GridLevelUnknown,
    GridMergeTooFew,
    GridNameBlank,
    GridPartForeign,
    GridPartOverlap,
    GridPartsTooFew,
    GridRootFixed,
    GridSerialsExhausted,
    GridsNotSiblings,
    GridSubgridsUnassigned,
    GridTooDeep,
    LevelSchemeInvalid,
)

DISTRICT: Final = "district"
STREET: Final = "street"
COMMUNITY: Final = "community"
"""Levels that every scheme has, because the division tables fill them. A scheme adds its own around them."""

DEEPEST: Final = 6
"""Levels below the district's root that rows remember."""

SERIALS: Final = 999
"""Serials that three digits hold."""

_LONGEST_CODE: Final = 32
_LOCAL_CODE: Final = re.compile(r"(?=.*[A-Z])[0-9A-Z]+(-[0-9A-Z]+)*")
_DISTRICT_CODE: Final = re.compile(r"[0-9A-Z]{4,12}")


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


@dataclass(frozen=True)
class Spot:
    """Where a grid stands in the tree: its level and the numbers from depth 1 down to itself.

    The district itself has an empty path.
    """

    level: Level
    path: tuple[int, ...]


@dataclass(frozen=True)
class Part:
    """One of the grids that take over from others: the sub-grids and dwellings it is given."""

    sub_grids: tuple[UUID, ...] = ()
    dwellings: tuple[UUID, ...] = ()


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


def check_name(name: str) -> str:
    """Return the name trimmed, or raise GridNameBlank."""
    trimmed = name.strip()
    if not trimmed:
        raise GridNameBlank(path=("name",))
    return trimmed


def check_code(code: str, level: Level, scheme: LevelScheme) -> str:
    """Return `code` if it has the form of its level.

    Statistical codes are digits alone: 9 for a street, 12 for a community or village (GB/T 10114; the kind of
    committee is *not* derived from the last three, because converted villages keep theirs), and 15, 18, …
    below, three more for each further level. A community merged of several has a 12-digit code whose last
    three are 601 or more (practice of CJ/T 349-2010). Whatever has no statistical code, such as a functional
    zone's own units, carries a local one: capitals and digits with at least one capital, parts joined by `-`.

    Raises:
        GridCodeInvalid: with what is expected.
    """
    digits = _code_form(level, scheme)
    statistical = code.isascii() and code.isdigit()
    pattern = _DISTRICT_CODE if level.key == DISTRICT else digits.pattern if statistical else _LOCAL_CODE
    if len(code) > _LONGEST_CODE or not pattern.fullmatch(code):
        shown = code[:_LONGEST_CODE]
        raise GridCodeInvalid(path=("code",), code=shown, level=level.key, digits=digits.shown)
    return code


def _code_form(level: Level, scheme: LevelScheme) -> "_CodeForm":
    if level.key in _CODE_FORMS:
        return _CODE_FORMS[level.key]
    return _BELOW_COMMUNITY if scheme.is_below_community(level) else _MERGED_COMMUNITY


@dataclass(frozen=True)
class _CodeForm:
    """Form of a statistical code, and how a message names it in any language."""

    pattern: re.Pattern[str]
    shown: str


_CODE_FORMS: Final = {
    DISTRICT: _CodeForm(_DISTRICT_CODE, "4–12"),
    STREET: _CodeForm(re.compile(r"\d{9}"), "9"),
    COMMUNITY: _CodeForm(re.compile(r"\d{12}"), "12"),
}
_MERGED_COMMUNITY: Final = _CodeForm(re.compile(r"\d{9}(60[1-9]|6[1-9]\d|[7-9]\d\d)"), "12 (601–999)")
_BELOW_COMMUNITY: Final = _CodeForm(re.compile(r"\d{12}(\d{3})+"), "15, 18, 21 …")


def next_code(parent_code: str, taken: Iterable[str]) -> str:
    """Return the next code below a community or one of its grids: the parent's code and a 3-digit serial.

    Serials follow the order of the calls; practice numbers grids west to east, then north to south. A serial
    is never given twice, so `taken` holds the codes of past grids too. Below a local code the serial follows
    a hyphen.

    Raises:
        GridSerialsExhausted: after serial 999.
    """
    prefix = parent_code if parent_code.isdigit() else parent_code + "-"
    tails = (code[len(prefix) :] for code in taken if code.startswith(prefix))
    serial = 1 + max((int(tail) for tail in tails if len(tail) == 3 and tail.isdigit()), default=0)
    if serial > SERIALS:
        raise GridSerialsExhausted(path=("code",), code=parent_code)
    return f"{prefix}{serial:03d}"


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


def check_siblings(grids: Sequence[Spot]) -> None:
    """Check that grids may be taken together: one level, one parent, none the district itself.

    Raises:
        GridRootFixed, GridsNotSiblings: otherwise.
    """
    if any(not grid.path for grid in grids):
        raise GridRootFixed(path=("grids",))
    if len({(grid.level, grid.path[:-1]) for grid in grids}) > 1:
        raise GridsNotSiblings(path=("grids",))


def check_merge(grids: Sequence[Spot]) -> None:
    """Check that grids may be merged: at least two different ones that are siblings.

    Raises:
        GridMergeTooFew: when fewer than two are named.
        GridRootFixed, GridsNotSiblings: see `check_siblings`.
    """
    if len({grid.path for grid in grids}) < 2:
        raise GridMergeTooFew(path=("grids",))
    check_siblings(grids)


def check_parts(parts: Sequence[Part], sub_grids: Collection[UUID], dwellings: Collection[UUID]) -> None:
    """Check how the parts of a split or redraw share out what lies directly in the old grids.

    Every sub-grid must be given to one part; a dwelling given to none goes to the first.

    Args:
        parts: the new grids.
        sub_grids: the sub-grids of the old grids.
        dwellings: those of the dwellings named in the parts that are bound to the old grids themselves.

    Raises:
        GridPartsTooFew, GridPartOverlap, GridPartForeign, GridSubgridsUnassigned: by what is broken.
    """
    if len(parts) < 2:
        raise GridPartsTooFew(path=("parts",))
    given = Counter(key for part in parts for key in (*part.sub_grids, *part.dwellings))
    if any(times > 1 for times in given.values()):
        raise GridPartOverlap(path=("parts",))
    given_sub_grids = {key for part in parts for key in part.sub_grids}
    given_dwellings = {key for part in parts for key in part.dwellings}
    if not (given_sub_grids <= set(sub_grids) and given_dwellings <= set(dwellings)):
        raise GridPartForeign(path=("parts",))
    if missing := len(set(sub_grids) - given_sub_grids):
        raise GridSubgridsUnassigned(path=("parts",), count=missing)


def check_start(day: date, today: date) -> None:
    """Raise GridDateInFuture when a grid would begin after `today`."""
    if day > today:
        raise GridDateInFuture(path=("validFrom",))


def check_change_date(on: date, began: Iterable[date], today: date) -> None:
    """Check the day on which grids end and others begin: not before any of them began, not in the future.

    Raises:
        GridDateTooEarly, GridDateInFuture: otherwise.
    """
    if on > today:
        raise GridDateInFuture(path=("on",))
    earliest = max(began)
    if on < earliest:
        raise GridDateTooEarly(path=("on",), earliest=earliest.isoformat())


def is_unusual_size(households: int, low: int, high: int) -> bool:
    """Say whether a grid with so many households lies outside the district's range. An empty one does not."""
    return households > 0 and not low <= households <= high
