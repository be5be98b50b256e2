"""Changes of grids over time: beginning, splitting, merging, redrawing, and size."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from wangge_schema.grids.errors import (
    GridDateInFuture,
    GridDateTooEarly,
    GridMergeTooFew,
    GridNameBlank,
    GridNameTooLong,
    GridPartForeign,
    GridPartOverlap,
    GridPartsTooFew,
    GridRootFixed,
    GridsNotSiblings,
    GridSubgridsUnassigned,
    QrPurposeBlank,
    QrPurposeTooLong,
)
from wangge_schema.grids.rules.places import Spot

LONGEST_NAME: Final = 128
"""Characters of a grid's name."""

LONGEST_PURPOSE: Final = 64
"""Characters of a QR anchor's purpose."""


@dataclass(frozen=True)
class Part:
    """One of the grids that take over from others: the sub-grids and dwellings it is given."""

    sub_grids: tuple[UUID, ...] = ()
    dwellings: tuple[UUID, ...] = ()


def check_name(name: str) -> str:
    """Return the name trimmed, or raise GridNameBlank or GridNameTooLong."""
    trimmed = name.strip()
    if not trimmed:
        raise GridNameBlank(path=("name",))
    if len(trimmed) > LONGEST_NAME:
        raise GridNameTooLong(path=("name",), limit=LONGEST_NAME)
    return trimmed


def check_purpose(purpose: str) -> str:
    """Return the purpose of a QR anchor trimmed, or raise QrPurposeBlank or QrPurposeTooLong."""
    trimmed = purpose.strip()
    if not trimmed:
        raise QrPurposeBlank(path=("purpose",))
    if len(trimmed) > LONGEST_PURPOSE:
        raise QrPurposeTooLong(path=("purpose",), limit=LONGEST_PURPOSE)
    return trimmed


def check_start(day: date, today: date) -> None:
    """Raise GridDateInFuture when a grid would begin after `today`."""
    if day > today:
        raise GridDateInFuture(path=("validFrom",))


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
