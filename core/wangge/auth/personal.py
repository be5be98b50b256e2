"""The map of personal data at work: all that a district holds on a person, and taking it out again.

Names of tables and columns come from the map in the district's database and are looked up in that database's
own catalogue, so that it works for programmes that are suspended, and for those whose package is gone. All of
it runs on a database without a scope that withholds nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    Integer,
    Table,
    Uuid,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from wangge.auth.models import PersonalColumn
from wangge.db.session import Database
from wangge.files import drop_unnamed

if TYPE_CHECKING:
    from wangge.context import RequestContext

Row = dict[str, Any]  # column values

DELETED, EMPTIED, KEPT = "deleted", "emptied", "kept"
"""What becomes of rows: they go, they stay without what tells of the person, or they stay as they are."""


@dataclass(frozen=True)
class Holding:
    """A table of the map, with the column that says whose rows are which.

    Attributes:
        entry: a row of the map; what it says of the table holds for all of them.
        table: as the database has it, with the columns that it has.
        columns: the personal ones.
        emptied: those that an erasure empties where the row stays.
        own: whether it is the table of persons itself.
    """

    entry: PersonalColumn
    table: Table
    columns: tuple[str, ...]
    emptied: tuple[str, ...]
    own: bool

    @property
    def key(self) -> Column[Any]:
        """The column that says whose row it is."""
        return self.table.c[self.entry.person_key]

    def of(self, person_id: UUID) -> ColumnElement[bool]:
        """Return the condition of a person's rows."""
        return self.key == bound(self.key, person_id)


@dataclass(frozen=True)
class Effect:
    """What an erasure does to rows of one table."""

    plugin: str
    table: str
    title: str | None
    rows: int
    fate: str
    because: str

    @property
    def stays(self) -> bool:
        """Whether the rows stay, so that the person they belong to stays as a stub."""
        return self.fate != DELETED


def bound(column: Column[Any], id: UUID) -> UUID | str:
    """Return a key as a reflected column takes it: SQLite stores UUIDs as 32 hexadecimal digits."""
    return id if isinstance(column.type, Uuid) else id.hex


def as_uuid(value: Any) -> UUID:  # what a reflected column gives
    """Return a key as `bound` took it."""
    return value if isinstance(value, UUID) else UUID(hex=str(value))


async def holdings(db: Database) -> list[Holding]:
    """Return the tables of the district's map that are there, by programme and name."""
    order = (
        PersonalColumn.plugin,
        PersonalColumn.table_name,
        PersonalColumn.person_key,
        PersonalColumn.column_name,
    )
    rows: list[PersonalColumn] = await db.scalars(select(PersonalColumn).order_by(*order))
    names = {row.table_name for row in rows}
    tables = await db.reflected(names)
    found = []
    for (_, name, key), group in groupby(rows, lambda row: (row.plugin, row.table_name, row.person_key)):
        entries, table = list(group), tables.get(name)
        if table is None or key not in table.c:
            continue
        there = [entry for entry in entries if entry.column_name in table.c]
        found.append(
            Holding(
                entry=entries[0],
                table=table,
                columns=tuple(entry.column_name for entry in there),
                emptied=tuple(entry.column_name for entry in there if entry.emptied),
                own=bool(table.c[key].primary_key),
            )
        )
    return found


async def rows_of(db: Database, holding: Holding, person_id: UUID, *, most: int) -> list[Row]:
    """Return a person's rows of a table, the oldest keys first, at most so many."""
    order = list(holding.table.primary_key.columns)
    statement = select(holding.table).where(holding.of(person_id)).order_by(*order).limit(most)
    return [dict(row) for row in (await db.execute(statement)).mappings()]


async def keys_of(db: Database, found: Sequence[Holding], person_id: UUID) -> set[UUID]:
    """Return the keys of the person and of all rows of the person, by which other records may name them."""
    keys = {person_id}
    for holding in found:
        if "id" in holding.table.c:
            rows = await db.execute(select(holding.table.c.id).where(holding.of(person_id)))
            keys.update(as_uuid(key) for key in rows.scalars())
    return keys


async def effects_of(db: Database, found: Sequence[Holding], person_id: UUID) -> list[Effect]:
    """Return what an erasure would do to the rows of a person, besides the person's own row."""
    effects = []
    for holding in found:
        if holding.own:
            continue
        count = select(func.count()).select_from(holding.table).where(holding.of(person_id))
        rows = int((await db.execute(count)).scalar_one())
        if rows:
            effects.append(_effect(holding, rows))
    return effects


def _effect(holding: Holding, rows: int, fate: str | None = None) -> Effect:
    entry = holding.entry
    stays = EMPTIED if holding.emptied else KEPT
    fate = fate or (DELETED if entry.on_erase == "delete" else stays)
    because = entry.legal_basis if fate != DELETED else entry.retention
    return Effect(entry.plugin, entry.table_name, entry.title, rows, fate, because)


async def erase_rows(db: Database, found: Sequence[Holding], person_id: UUID) -> list[Effect]:
    """Delete or empty the rows of a person as the map says, besides the person's own row.

    Rows that the database will not delete, because others need them, are emptied instead.
    """
    effects = []
    for holding in found:
        if holding.own:
            continue
        rows, fate = await take_out(db, holding, holding.of(person_id), holding.entry.on_erase)
        if rows:
            effects.append(_effect(holding, rows, fate))
    return effects


async def take_out(db: Database, holding: Holding, which: ColumnElement[bool], how: str) -> tuple[int, str]:
    """Delete rows of a table, or empty what tells of a person; return how many, and what became of them.

    Files that these rows alone named go with them.
    """
    if how == "delete":
        try:
            async with db.session.begin_nested():
                gone: Any = await db.execute(delete(holding.table).where(which))
            await drop_unnamed(db, {holding.table.name})
            return int(gone.rowcount), DELETED
        except IntegrityError:
            pass  # other rows need these, or the database keeps them by a rule of its own
    if not holding.emptied:
        count = select(func.count()).select_from(holding.table).where(which)
        return int((await db.execute(count)).scalar_one()), KEPT
    values = {name: _nothing(holding.table.c[name]) for name in holding.emptied}
    changed: Any = await db.execute(update(holding.table).where(which).values(values))
    await drop_unnamed(db, {holding.table.name})
    return int(changed.rowcount), EMPTIED


def _nothing(column: Column[Any]) -> str | int | None:
    """Return what a column holds that says nothing."""
    if column.nullable:
        return None
    return 0 if isinstance(column.type, Integer) else ""


class RightsProvider(Protocol):
    """What the capability `rights/1` provides: the base programme knows who is a person."""

    async def find(self, ctx: "RequestContext", text: str) -> UUID | None:
        """Return the person whose id or document number is given, restricted or not."""
        ...

    async def export(self, ctx: "RequestContext", person_id: UUID, purpose: str) -> tuple[str, str]:
        """Return all that is held on a person, as JSON and as a page to read."""
        ...

    async def preview(self, ctx: "RequestContext", person_id: UUID) -> Sequence[Effect]:
        """Return what erasing a person would do, table by table."""
        ...

    async def erase(self, ctx: "RequestContext", person_id: UUID, reason: str) -> Sequence[Effect] | None:
        """Erase a person; None where there is nobody with this key, or only the stub of an erasure."""
        ...
