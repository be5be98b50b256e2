"""The files that the programme takes in: a firm's list of its lockers."""

from collections.abc import Sequence
from typing import cast
from uuid import UUID

from sqlalchemy import select

from acme_parcel_lockers import permissions
from acme_parcel_lockers.errors import CellsUnreadable, GridCodeUnknown
from acme_parcel_lockers.models import Locker
from acme_parcel_lockers.services.lockers import add_locker
from wangge import (
    ImportColumn,
    Importer,
    ImportReport,
    ImportRow,
    RequestContext,
    RuleError,
    ScopeProvider,
)


class LockersJob:
    """Enters the lockers of a file; a number that is known already leaves its locker as it is."""

    def __init__(self, ctx: RequestContext, report: ImportReport, known: set[str]) -> None:
        self._ctx = ctx
        self._report = report
        self._known = known

    async def take(self, rows: Sequence[ImportRow]) -> None:
        """Enter the lockers of these rows, refusing those that cannot be kept."""
        for row in rows:
            if row["number"] in self._known:
                self._report.unchanged += 1
                continue
            try:
                await self._enter(row)
            except RuleError as error:
                self._report.refuse(row, error, error.path[0] if error.path else "")
            else:
                self._known.add(row["number"])
                self._report.created += 1

    async def _enter(self, row: ImportRow) -> None:
        if not row["cells"].isdecimal():
            raise CellsUnreadable(path=("cells",))
        await add_locker(
            self._ctx,
            grid_id=await self._grid_of(row["grid"]),
            number=row["number"],
            place=row["place"],
            cells=int(row["cells"]),
        )

    async def _grid_of(self, code: str) -> UUID:
        scopes = cast("ScopeProvider", self._ctx.capability("scope/1"))  # the base provides it everywhere
        found = await scopes.place_by_code(self._ctx.db, code)
        if found is None:
            raise GridCodeUnknown(path=("grid",), grid=code)
        return found

    async def finish(self) -> None:
        """Need nothing more."""


async def _start(ctx: RequestContext, report: ImportReport) -> LockersJob:
    return LockersJob(ctx, report, set(await ctx.db.scalars(select(Locker.number))))


LOCKERS = Importer(
    key="parcel_lockers",
    title="Parcel lockers (智能快件箱)",
    permission=permissions.WRITE_LOCKERS,
    columns=(
        ImportColumn("number", "柜机编号", "The firm's number of the locker."),
        ImportColumn("grid", "网格编码", "Code of the grid in which it stands."),
        ImportColumn("place", "位置", "Where in the grid it stands, in words."),
        ImportColumn("cells", "格口数", "How many cells it has."),
    ),
    start=_start,
)
