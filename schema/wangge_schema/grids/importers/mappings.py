"""Imports which villages form a merged rural community: one level between street and village."""

from collections.abc import Sequence

from sqlalchemy import select

from wangge import ImportColumn, Importer, ImportReport, ImportRow, RequestContext, RuleError
from wangge_schema.grids import rules
from wangge_schema.grids.errors import GridParentMissing
from wangge_schema.grids.models import Grid
from wangge_schema.grids.rules import COMMUNITY, STREET
from wangge_schema.grids.services.bulk import GridEntry, TakeIn, column_of, take_in
from wangge_schema.grids.services.levels import DistrictLevels, found_district, levels_of
from wangge_schema.grids.services.tree import WRITE

MERGED = "merged_community"
"""Key of the level in schemes that know merged communities."""


class MappingJob:
    """Makes grids of pairs of village and merged community: villages below it, it below the street."""

    def __init__(
        self, ctx: RequestContext, report: ImportReport, levels: DistrictLevels, known: dict[str, Grid]
    ) -> None:
        self._ctx = ctx
        self._report = report
        self._levels = levels
        self._known = known
        self._streets = {row.number: row.code for row in known.values() if levels.of(row).key == STREET}
        self._communities: dict[str, GridEntry] = {}
        self._villages: list[GridEntry] = []

    async def take(self, rows: Sequence[ImportRow]) -> None:
        """Read pairs, refusing those whose village is unknown."""
        for row in rows:
            try:
                self._read(row)
            except RuleError as error:
                self._report.refuse(row, error, column_of(error))

    def _read(self, row: ImportRow) -> None:
        scheme = self._levels.scheme
        village = self._known.get(row["village_code"])
        if village is None:
            raise GridParentMissing(path=("village_code",), code=row["village_code"])
        level = scheme.level(MERGED)
        code = rules.check_code(row["community_code"], level, scheme)
        if code not in self._communities:
            name = rules.check_name(row["community_name"])
            street = self._streets.get(village.path[0], self._ctx.district.code)
            self._communities[code] = GridEntry(row, code, name, level, street)
        self._villages.append(GridEntry(row, village.code, village.name, scheme.level(COMMUNITY), code))

    async def finish(self) -> None:
        """Write the communities and move the villages below them."""
        options = TakeIn(moves=True, holds_from=self._ctx.today)
        await take_in(self._ctx, [*self._communities.values(), *self._villages], self._report, options)


async def _start(ctx: RequestContext, report: ImportReport) -> MappingJob:
    await found_district(ctx)
    rows: list[Grid] = await ctx.db.scalars(select(Grid).where(Grid.valid_to.is_(None), Grid.depth > 0))
    return MappingJob(ctx, report, await levels_of(ctx), {row.code: row for row in rows})


MERGED_COMMUNITIES = Importer(
    key="merged_communities",
    title="Merged rural communities (农村社区与村对应表)",
    permission=WRITE,
    columns=(
        ImportColumn("village_code", "村代码", "Code of a village in the division tables."),
        ImportColumn("community_code", "社区编码", "12 digits with a serial from 601, or a local code."),
        ImportColumn("community_name", "社区名称", "Name of the merged community."),
    ),
    start=_start,
)
