"""Takes in many grids at once: each is checked against file and district, then written in batches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select

from wangge import ImportReport, ImportRow, RequestContext, RuleError, uuid7
from wangge_schema.grids import rules
from wangge_schema.grids.errors import GridLevelFixed, GridLevelOrder, GridParentMissing, GridRowRepeated
from wangge_schema.grids.models import Grid, GridFunctionLink
from wangge_schema.grids.rules import GridKind, Level, Spot
from wangge_schema.grids.services.levels import DistrictLevels, levels_of
from wangge_schema.grids.services.tree import WRITE, hang_below, next_number, subtree_of, take_turn

_BATCH = 1000


@dataclass(frozen=True)
class GridEntry:
    """A row of a file, read and understood. None means: not said, so leave it or take the default."""

    row: ImportRow
    code: str
    name: str
    level: Level
    parent_code: str
    kind: GridKind | None = None
    functions: tuple[UUID, ...] | None = None
    managing_parent_code: str | None = None
    valid_from: date | None = None


def column_of(error: RuleError) -> str:
    """Return the column of a file in which a rule found something wrong."""
    field = error.path[0] if error.path else ""
    return _COLUMNS.get(field, field)


_COLUMNS = {"parent": "parent_code", "grid": "code", "validFrom": "valid_from"}


@dataclass(frozen=True)
class TakeIn:
    """How a file is taken in."""

    moves: bool
    """Whether a known grid moves below the parent that the file names."""
    holds_from: date
    """First day of new grids whose entry names none."""


async def take_in(
    ctx: RequestContext, entries: Sequence[GridEntry], report: ImportReport, options: TakeIn
) -> None:
    """Create the grids of a file and bring known ones, found by their current code, up to date.

    Entries may come in any order. The report counts what was done and lists what was refused. For the command
    line: rows are written in bulk, which only a principal of the whole district may do.
    """
    ctx.require(WRITE)
    await take_turn(ctx)
    intake = _Intake(
        levels=await levels_of(ctx),
        known={grid.code: grid for grid in await ctx.db.scalars(select(Grid).where(Grid.valid_to.is_(None)))},
        report=report,
        options=options,
        number=await next_number(ctx),
    )
    fresh, seen = intake.sort(entries)
    await _insert(ctx, fresh)
    links = await _links(ctx, entries)
    for entry in seen:
        try:
            changed = await _bring_up_to_date(ctx, intake, entry, links)
        except RuleError as error:
            report.refuse(entry.row, error, column_of(error))
        else:
            report.updated += changed
            report.unchanged += not changed
    await ctx.db.flush()


class _Intake:
    """The entries of one file against one district: which are new, which known, which refused."""

    def __init__(
        self,
        *,
        levels: DistrictLevels,
        known: dict[str, Grid],
        report: ImportReport,
        options: TakeIn,
        number: int,
    ) -> None:
        self.levels = levels
        self.known = known
        self.options = options
        self.ids = {code: grid.id for code, grid in known.items()}
        self._report = report
        self._number = number
        self._spots = {code: levels.spot_of(grid) for code, grid in known.items()}
        self._levels_in_file: dict[str, Level] = {}

    def sort(self, entries: Sequence[GridEntry]) -> tuple[list["_Fresh"], list[GridEntry]]:
        """Return the new grids, parents before children, and the entries of known ones."""
        self._levels_in_file = {entry.code: entry.level for entry in entries}
        fresh: list[_Fresh] = []
        seen: list[GridEntry] = []
        for entry in sorted(self._once_each(entries), key=lambda entry: entry.level.rank):
            try:
                if entry.code in self.known:
                    self._check_known(entry)
                    seen.append(entry)
                else:
                    fresh.append(self._place(entry))
            except RuleError as error:
                self._report.refuse(entry.row, error, column_of(error))
        return fresh, seen

    def _once_each(self, entries: Sequence[GridEntry]) -> Iterator[GridEntry]:
        lines: dict[str, int] = {}
        for entry in entries:
            line = lines.setdefault(entry.code, entry.row.line)
            if line == entry.row.line:
                yield entry
            else:
                self._report.refuse(entry.row, GridRowRepeated(code=entry.code, line=line), "code")

    def _check_known(self, entry: GridEntry) -> None:
        level = self._spots[entry.code].level
        if level != entry.level:
            raise GridLevelFixed(path=("level",), code=entry.code, level=level.key)
        self._manager_of(entry)
        if self.options.moves and self._spots[entry.code].path:
            self._parent_of(entry)

    def _parent_of(self, entry: GridEntry) -> Spot:
        """Return where the parent stands: ranks grow downwards, so it was placed before."""
        parent = self._spots.get(entry.parent_code)
        if parent is not None:
            return parent
        listed = self._levels_in_file.get(entry.parent_code)
        if listed is not None and listed.rank >= entry.level.rank:
            raise GridLevelOrder(path=("parent_code",), level=entry.level.key, parent=listed.key)
        raise GridParentMissing(path=("parent_code",), code=entry.parent_code)

    def _manager_of(self, entry: GridEntry) -> UUID | None:
        if entry.managing_parent_code is None:
            return None
        if entry.managing_parent_code not in self.ids:
            raise GridParentMissing(path=("managing_parent_code",), code=entry.managing_parent_code)
        return self.ids[entry.managing_parent_code]

    def _place(self, entry: GridEntry) -> "_Fresh":
        """Give a new grid its place, key and number."""
        parent, manager = self._parent_of(entry), self._manager_of(entry)
        rules.check_place(entry.level, parent, self.levels.scheme)
        path = (*parent.path, self._number)
        self._number += 1
        self._spots[entry.code] = Spot(entry.level, path)
        self.ids[entry.code] = uuid7()
        self._report.created += 1
        row = {
            "id": self.ids[entry.code],
            "number": path[-1],
            "code": entry.code,
            "name": entry.name,
            "level_id": self.levels.ids[entry.level.key],
            "kind": entry.kind or GridKind.BASIC,
            "parent_id": self.ids[entry.parent_code],
            "managing_parent_id": manager,
            "depth": len(path),
            "valid_from": entry.valid_from or self.options.holds_from,
            **rules.ancestor_columns(path),
        }
        return _Fresh(row, entry.functions or ())


@dataclass(frozen=True)
class _Fresh:
    """A grid to insert: its columns, and the keys of its functions."""

    row: dict[str, Any]  # column values
    functions: tuple[UUID, ...]


async def _insert(ctx: RequestContext, fresh: Sequence[_Fresh]) -> None:
    ordered = sorted((each.row for each in fresh), key=lambda row: int(row["depth"]))
    links = [{"grid_id": each.row["id"], "function_id": id} for each in fresh for id in each.functions]
    for start in range(0, len(ordered), _BATCH):
        await ctx.db.execute(insert(Grid), ordered[start : start + _BATCH])
    for start in range(0, len(links), _BATCH):
        await ctx.db.execute(insert(GridFunctionLink), links[start : start + _BATCH])


async def _links(ctx: RequestContext, entries: Sequence[GridEntry]) -> dict[UUID, set[UUID]]:
    """Return the functions of all grids, where the file says anything of functions."""
    found: dict[UUID, set[UUID]] = {}
    if any(entry.functions is not None for entry in entries):
        statement = select(GridFunctionLink.grid_id, GridFunctionLink.function_id)
        rows: Any = (await ctx.db.execute(statement)).all()  # pairs of keys
        for grid_id, id in rows:
            found.setdefault(grid_id, set()).add(id)
    return found


async def _bring_up_to_date(
    ctx: RequestContext, intake: _Intake, entry: GridEntry, links: dict[UUID, set[UUID]]
) -> bool:
    """Change a known grid to what its entry says; return whether anything changed."""
    grid = intake.known[entry.code]
    changed = intake.options.moves and await _move(ctx, intake, entry, grid)
    wanted: dict[str, Any] = {"name": entry.name, "kind": entry.kind, "valid_from": entry.valid_from}
    if entry.managing_parent_code is not None:
        wanted["managing_parent_id"] = intake.ids[entry.managing_parent_code]
    if grid.depth == 0:
        wanted.pop("name")  # the catalog names the district
    for attribute, value in wanted.items():
        if value is not None and getattr(grid, attribute) != value:
            setattr(grid, attribute, value)
            changed = True
    if entry.functions is not None and links.get(grid.id, set()) != set(entry.functions):
        await ctx.db.execute(delete(GridFunctionLink).where(GridFunctionLink.grid_id == grid.id))
        ctx.db.add_all(GridFunctionLink(grid_id=grid.id, function_id=id) for id in entry.functions)
        changed = True
    return changed


async def _move(ctx: RequestContext, intake: _Intake, entry: GridEntry, grid: Grid) -> bool:
    """Move a grid below the parent its entry names; return whether it lay elsewhere."""
    if grid.depth == 0 or intake.ids[entry.parent_code] == grid.parent_id:
        return False
    parent = await ctx.db.must_get(Grid, intake.ids[entry.parent_code], ("parent_code",))
    levels = intake.levels
    height = max(each.depth for each in await subtree_of(ctx, grid)) - grid.depth
    rules.check_move(levels.spot_of(grid), height, levels.spot_of(parent), levels.scheme)
    await hang_below(ctx, grid, parent)
    return True
