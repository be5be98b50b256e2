"""Imports a district's part of the statistical division tables: streets, communities and villages."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from wangge import ImportColumn, Importer, ImportReport, ImportRow, RequestContext, RuleError
from wangge_schema.grids import rules
from wangge_schema.grids.errors import DistrictNotInFile
from wangge_schema.grids.rules import COMMUNITY, DISTRICT, STREET
from wangge_schema.grids.services.bulk import GridEntry, TakeIn, column_of, take_in
from wangge_schema.grids.services.levels import DistrictLevels, found_district, levels_of
from wangge_schema.grids.services.tree import WRITE
from wangge_schema.grids.settings import GridSettings

_COUNTY = "county"
_LEVELS = {_COUNTY: DISTRICT, STREET: STREET, COMMUNITY: COMMUNITY}

TABLE = Path(__file__).parent.parent / "data" / "divisions.csv"
"""The table that ships with the package; see the note beside it."""


class DivisionsJob:
    """Keeps the rows of one district out of a table of many; a villagers' row is a community-level grid."""

    def __init__(self, ctx: RequestContext, report: ImportReport, levels: DistrictLevels) -> None:
        self._ctx = ctx
        self._report = report
        self._levels = levels
        self._entries: list[GridEntry] = []
        self._found = False

    async def take(self, rows: Sequence[ImportRow]) -> None:
        """Read the district's rows and count the rest as skipped."""
        for row in rows:
            if not row["code"].startswith(self._ctx.district.code):
                self._report.skipped += 1
                continue
            self._found = True
            try:
                self._entries.append(self._read(row))
            except RuleError as error:
                self._report.refuse(row, error, column_of(error))

    def _read(self, row: ImportRow) -> GridEntry:
        scheme = self._levels.scheme
        level = scheme.level(_LEVELS.get(row["level"], row["level"]))
        code = rules.check_code(row["code"], level, scheme)
        return GridEntry(row, code, rules.check_name(row["name"]), level, row["parent_code"])

    async def finish(self) -> None:
        """Write the district's grids. Known ones keep their parent, which local mappings may have changed.

        Raises:
            DistrictNotInFile: when the table holds nothing of the district, as with a functional zone.
        """
        if not self._found:
            raise DistrictNotInFile(code=self._ctx.district.code)
        as_of = self._ctx.settings(GridSettings).divisions_as_of
        options = TakeIn(moves=False, holds_from=min(as_of, self._ctx.today))
        await take_in(self._ctx, self._entries, self._report, options)


async def _start(ctx: RequestContext, report: ImportReport) -> DivisionsJob:
    await found_district(ctx)
    return DivisionsJob(ctx, report, await levels_of(ctx))


def _districts(rows: Iterable[ImportRow], code: str) -> dict[str, str]:
    """Return the districts at or below `code`: a city's code means each of its districts."""
    counties = (row for row in rows if row["level"] == _COUNTY)
    return {row["code"]: row["name"] for row in counties if row["code"].startswith(code)}


DIVISIONS = Importer(
    key="divisions",
    title="Statistical divisions (统计用区划)",
    permission=WRITE,
    columns=(
        ImportColumn("code", "区划代码", "Statistical code: 6, 9 or 12 digits."),
        ImportColumn("name", "名称", "Name."),
        ImportColumn("level", "层级", "city, county, street or community."),
        ImportColumn("parent_code", "上级代码", "Code of the division above.", required=False),
    ),
    start=_start,
    fan_out=_districts,
)
