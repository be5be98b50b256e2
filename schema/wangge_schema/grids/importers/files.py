"""Imports a district's own list of grids; known codes are brought up to date."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select

from wangge import ImportColumn, Importer, ImportReport, ImportRow, RequestContext, RuleError
from wangge_schema.grids import rules
from wangge_schema.grids.errors import GridDateUnreadable, GridFunctionUnknown, GridKindUnknown
from wangge_schema.grids.models import GridFunction
from wangge_schema.grids.rules import GridKind, LevelScheme
from wangge_schema.grids.services.bulk import GridEntry, TakeIn, column_of, take_in
from wangge_schema.grids.services.levels import found_district, levels_of
from wangge_schema.grids.services.tree import WRITE

_KINDS = {
    "basic": GridKind.BASIC,
    "基本": GridKind.BASIC,
    "基本网格": GridKind.BASIC,
    "special": GridKind.SPECIAL,
    "专属": GridKind.SPECIAL,
    "专属网格": GridKind.SPECIAL,
    "micro": GridKind.MICRO,
    "微": GridKind.MICRO,
    "微网格": GridKind.MICRO,
}
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_SEPARATORS = re.compile(r"[;；、,，|\s]+")


class GridsJob:
    """Reads the rows of a grid list and writes them together, since parents may follow their children."""

    def __init__(
        self, ctx: RequestContext, report: ImportReport, scheme: LevelScheme, functions: dict[str, UUID]
    ) -> None:
        self._ctx = ctx
        self._report = report
        self._scheme = scheme
        self._functions = functions
        self._level_keys = {level.title: level.key for level in scheme.levels}
        self._entries: list[GridEntry] = []

    async def take(self, rows: Sequence[ImportRow]) -> None:
        """Read rows, refusing those that cannot be understood."""
        for row in rows:
            try:
                self._entries.append(self._read(row))
            except RuleError as error:
                self._report.refuse(row, error, column_of(error))

    def _read(self, row: ImportRow) -> GridEntry:
        level = self._scheme.level(self._level_keys.get(row["level"], row["level"]))
        return GridEntry(
            row=row,
            code=rules.check_code(row["code"], level, self._scheme),
            name=rules.check_name(row["name"]),
            level=level,
            parent_code=row["parent_code"] or self._ctx.district.code,
            kind=_kind(row["kind"]),
            functions=self._functions_of(row["functions"]),
            managing_parent_code=row["managing_parent_code"] or None,
            valid_from=self._date(row["valid_from"]),
        )

    def _functions_of(self, text: str) -> tuple[UUID, ...] | None:
        """Return the keys of functions named by key or title; None where the cell says nothing."""
        if not text:
            return None
        return tuple(dict.fromkeys(self._function(name) for name in _SEPARATORS.split(text) if name))

    def _function(self, name: str) -> UUID:
        if name not in self._functions:
            known = ", ".join(self._functions)
            raise GridFunctionUnknown(path=("functions",), function=name, functions=known)
        return self._functions[name]

    def _date(self, text: str) -> date | None:
        if not text:
            return None
        found = _DATE.fullmatch(text)
        try:
            day = date(*(int(number) for number in found.groups())) if found else None
        except ValueError:
            day = None
        if day is None:
            raise GridDateUnreadable(path=("valid_from",))
        rules.check_start(day, self._ctx.today)
        return day

    async def finish(self) -> None:
        """Write the grids; a known one moves below the parent that the file names."""
        options = TakeIn(moves=True, holds_from=self._ctx.today)
        await take_in(self._ctx, self._entries, self._report, options)


def _kind(text: str) -> GridKind | None:
    if not text:
        return None
    if text.lower() not in _KINDS:
        raise GridKindUnknown(path=("kind",), kind=text)
    return _KINDS[text.lower()]


def _by_name(functions: Iterable[GridFunction]) -> dict[str, UUID]:
    """Return the ids of functions by key and by title."""
    rows = list(functions)
    return {**{row.title: row.id for row in rows}, **{row.key: row.id for row in rows}}


async def _start(ctx: RequestContext, report: ImportReport) -> GridsJob:
    await found_district(ctx)
    functions = _by_name(await ctx.db.scalars(select(GridFunction).order_by(GridFunction.key)))
    return GridsJob(ctx, report, (await levels_of(ctx)).scheme, functions)


GRIDS = Importer(
    key="grids",
    title="Grids (网格)",
    permission=WRITE,
    columns=(
        ImportColumn(
            "code", "网格编码", "12-digit community code and 3 digits for each level below, or local."
        ),
        ImportColumn("name", "网格名称", "Name."),
        ImportColumn("level", "层级", "Key or title of one of the district's levels."),
        ImportColumn(
            "parent_code", "上级编码", "Code of the grid above; empty for the district.", required=False
        ),
        ImportColumn("kind", "网格类型", "BASIC, SPECIAL or MICRO; 基本, 专属 or 微.", required=False),
        ImportColumn("functions", "网格职能", "Keys or titles, separated by semicolons.", required=False),
        ImportColumn(
            "managing_parent_code", "管理上级编码", "Who manages it, where another.", required=False
        ),
        ImportColumn(
            "valid_from", "启用日期", "First day, such as 2026-11-22; today if new.", required=False
        ),
    ),
    start=_start,
)
