"""Ending what is past its term: rows of the map of personal data, answers kept for repeats, files unused."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, Date, and_, delete, func, or_, select

from wangge._host.files.storing import end_files
from wangge._host.rights import days_kept, rights_of
from wangge._host.runtime import DistrictRuntime
from wangge.auth.models import MutationReplay
from wangge.auth.personal import DELETED, EMPTIED, Holding, as_uuid, holdings, take_out
from wangge.auth.principal import SYSTEM
from wangge.context import LOCAL_ZONE, REPLAYS_KEPT, RequestContext
from wangge.db.session import Database

BATCH: Final = 500
"""Rows that one transaction ends."""

MOST_BATCHES: Final = 200
"""Transactions for one table in one run; what is left over is for the next."""

ERASED: Final = "erased"
REASON: Final = "The term for which the data are kept is over (PIPL art. 19)"


@dataclass(frozen=True)
class Ended:
    """What became, or would become, of rows past their term."""

    plugin: str
    table: str
    rows: int
    fate: str


async def run_retention(district: DistrictRuntime, *, dry_run: bool = False) -> list[Ended]:
    """End what is past its term in a district, in bounded transactions; harmless when repeated.

    Rows are deleted or emptied, as the map says; persons are erased. Each batch is audited by its count.

    Args:
        district: whose data.
        dry_run: only count.
    """
    async with district.context(SYSTEM) as ctx:
        found = await holdings(_all_of(ctx))
        terms = list(_terms(district, found, ctx.now))
        counted = [await _count(ctx, term) for term in terms]
    if dry_run:
        return [one for one in counted if one.rows]
    ended = []
    for term, one in zip(terms, counted, strict=True):
        rows = 0
        if one.rows:
            rows = await (_erase(district, term) if term.holding.own else _end(district, term))
        if rows:
            ended.append(Ended(one.plugin, one.table, rows, one.fate))
    platform = {
        "wangge_mutation_replays": await _forget_replays(district),
        "wangge_files": await end_files(district),
    }
    return [*ended, *(Ended("platform", table, rows, DELETED) for table, rows in platform.items() if rows)]


@dataclass(frozen=True)
class Term:
    """A table whose rows are past their term where the condition holds."""

    holding: Holding
    over: ColumnElement[bool]
    how: str

    @property
    def fate(self) -> str:
        """What becomes of the rows."""
        if self.holding.own:
            return ERASED
        return DELETED if self.how == "delete" else EMPTIED


def _terms(district: DistrictRuntime, found: Sequence[Holding], now: datetime) -> Iterator[Term]:
    """Return the tables with a term, each once, with the days that hold now."""
    seen = set()
    for holding in found:
        entry, table = holding.entry, holding.table
        days = days_kept(district, entry.plugin, entry.retention_setting) or entry.retention_days
        column = table.c.get(entry.retention_from or "")
        if days is None or column is None or (table.name, column.name) in seen:
            continue
        seen.add((table.name, column.name))
        how = entry.on_expiry or entry.on_erase
        over: ColumnElement[bool] = column < limit_of(column, now - timedelta(days=days))
        if how == "restrict" and not holding.own:
            if not holding.emptied:
                continue  # the rows stay as they are
            over = and_(over, or_(*(_says(table.c[name]) for name in holding.emptied)))
        yield Term(holding, over, how)


def limit_of(column: Any, at: datetime) -> Any:  # a date or a time, as the column has it
    """Return a moment as a column has it, a day or an instant, to compare it with."""
    if isinstance(column.type, Date):
        return at.astimezone(LOCAL_ZONE).date()
    return at if getattr(column.type, "timezone", False) else at.astimezone(UTC).replace(tzinfo=None)


def _says(column: Any) -> ColumnElement[bool]:
    said = column.is_not(None) if column.nullable else column != ""
    return cast("ColumnElement[bool]", said)


async def _count(ctx: RequestContext, term: Term) -> Ended:
    counting = select(func.count()).select_from(term.holding.table).where(term.over)
    rows = int((await _all_of(ctx).execute(counting)).scalar_one())
    return Ended(term.holding.entry.plugin, term.holding.table.name, rows, term.fate)


async def _end(district: DistrictRuntime, term: Term) -> int:
    """Delete or empty the rows of a table, a batch a transaction; stop where the database will not."""
    ended, table = 0, term.holding.table
    [key] = table.primary_key.columns
    for _ in range(MOST_BATCHES):
        async with district.work() as ctx:
            db = _all_of(ctx)
            keys = list((await db.execute(select(key).where(term.over).limit(BATCH))).scalars())
            if not keys:
                break
            rows, fate = await take_out(db, term.holding, key.in_(keys), term.how)
            if fate != term.fate:
                break
            ctx.audit("platform.retention.applied", detail={"table": table.name, "rows": rows, "fate": fate})
            ended += rows
    return ended


async def _erase(district: DistrictRuntime, term: Term) -> int:
    """Erase the persons whose own row is past its term, each in a transaction."""
    provider = rights_of(district)
    [key] = term.holding.table.primary_key.columns
    async with district.context(SYSTEM) as ctx:
        keys = list((await _all_of(ctx).execute(select(key).where(term.over).limit(BATCH))).scalars())
    erased = 0
    for one in keys:
        async with district.work() as ctx:
            erased += await provider.erase(ctx, as_uuid(one), REASON) is not None
    return erased


async def _forget_replays(district: DistrictRuntime) -> int:
    """Delete answers to mutations that are too old to be given again."""
    forgotten = 0
    for _ in range(MOST_BATCHES):
        async with district.work() as ctx:
            old = select(MutationReplay.id).where(MutationReplay.at < ctx.now - REPLAYS_KEPT).limit(BATCH)
            keys = await ctx.db.scalars(old)
            if not keys:
                break
            await ctx.db.execute(delete(MutationReplay).where(MutationReplay.id.in_(keys)))
            forgotten += len(keys)
    return forgotten


def _all_of(ctx: RequestContext) -> Database:
    return ctx.db.beyond().including_restricted()
