"""Taking a programme's tables out of a district, and its rows out of core's, in one transaction."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import (
    Connection,
    MetaData,
    Table,
    delete,
    func,
    insert,
    inspect,
    not_,
    or_,
    select,
    text,
)
from sqlalchemy.engine import RowMapping

from wangge._host import unfinished
from wangge._host.lifecycle.noting import tables_of
from wangge._host.migrator import MigratedPackage, take_back
from wangge._host.retention import limit_of
from wangge.auth.models import PersonalColumn
from wangge.background.models import Job
from wangge.db.base import Model
from wangge.districts.tables import PluginTable

NOTED = Model.metadata.tables[PluginTable.__tablename__]
MAP = Model.metadata.tables[PersonalColumn.__tablename__]
LOCK_TIMEOUT = 5
"""Seconds for which PostgreSQL waits for those who read the tables."""


@dataclass(frozen=True)
class Kept:
    """Rows of a table that a law keeps."""

    table: str
    rows: int
    legal_basis: str

    def __str__(self) -> str:
        """Name them."""
        return f"{self.table}: {self.rows} ({self.legal_basis})"


@dataclass(frozen=True)
class Drop:
    """What is to be dropped.

    Attributes:
        slug: of the programme.
        package: its migrations, where it is installed.
        slugs: those that tables of this district may start with.
        now: the moment by which terms are over.
        days: the days of a retention setting, where the package is there to say.
    """

    slug: str
    package: MigratedPackage | None
    slugs: Collection[str]
    now: datetime
    days: Callable[[str | None], int | None]

    def run(self, connection: Connection) -> list[Kept]:
        """Drop all of it and note what went, or return what a law keeps and change nothing."""
        there = inspect(connection).get_table_names()
        noted = connection.execute(select(NOTED.c.table_name).where(NOTED.c.plugin == self.slug)).scalars()
        names = sorted({*tables_of(self.slug, there, self.slugs), *(set(noted) & set(there))})
        _lock(connection, names)
        kept = list(self._kept(connection, names))
        if kept:
            return kept
        counts = {name: _count(connection, _reflected(connection, name)) for name in names}
        self._drop_tables(connection, names)
        self._delete_rows(connection, there)
        _note(connection, self.slug, counts)
        return []

    def _kept(self, connection: Connection, names: Collection[str]) -> Iterator[Kept]:
        chosen = select(MAP).where(MAP.c.plugin == self.slug, MAP.c.on_erase == "restrict")
        entries = connection.execute(chosen.order_by(MAP.c.table_name, MAP.c.column_name)).mappings().all()
        for name, group in groupby(entries, lambda entry: str(entry["table_name"])):
            if name not in names:
                continue
            entry = next(group)
            table = _reflected(connection, name)
            rows = _count(connection, table, *self._running(entry, table))
            if rows:
                yield Kept(name, rows, entry["legal_basis"])

    def _running(self, entry: RowMapping, table: Table) -> list[Any]:  # conditions
        """Return the condition of rows whose term is not over; none where no term is stated."""
        days = self.days(entry["retention_setting"]) or entry["retention_days"]
        column = table.c.get(entry["retention_from"] or "")
        if days is None or column is None:
            return []
        return [or_(column.is_(None), not_(column < limit_of(column, self.now - timedelta(days=days))))]

    def _drop_tables(self, connection: Connection, names: Sequence[str]) -> None:
        """Take the package's revisions back, where they are there; drop what is left in one statement.

        One statement, so that PostgreSQL asks for no order among tables that refer to each other.
        """
        version_table = f"wangge_version_{self.slug}"
        if self.package is not None and inspect(connection).has_table(version_table):
            take_back(connection, self.package)
        left = [name for name in names if inspect(connection).has_table(name)]
        quoted = [connection.dialect.identifier_preparer.quote(name) for name in left]
        if connection.dialect.name == "postgresql" and quoted:
            connection.execute(text(f"DROP TABLE {', '.join(quoted)}"))
        elif quoted:
            for name in quoted:
                connection.execute(text(f"DROP TABLE {name}"))
        connection.execute(text(f"DROP TABLE IF EXISTS {version_table}"))

    def _delete_rows(self, connection: Connection, there: Collection[str]) -> None:
        """Take the programme's rows out of every table of core that says whose they are."""
        for table in Model.metadata.sorted_tables:
            ours = table.name.startswith("wangge_") and table.name in there and table is not NOTED
            if ours and "plugin" in table.c:
                connection.execute(delete(table).where(table.c.plugin == self.slug))
        connection.execute(delete(Job).where(Job.name.startswith(f"{self.slug}.", autoescape=True)))
        if unfinished.TABLE.name in there:
            connection.execute(delete(unfinished.TABLE).where(unfinished.TABLE.c.slug == self.slug))


def _lock(connection: Connection, names: Sequence[str]) -> None:
    """Wait, for a while, until nobody works on the tables."""
    if connection.dialect.name != "postgresql":
        return  # the writer's turn is enough
    connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}s'"))
    if names:
        quoted = ", ".join(connection.dialect.identifier_preparer.quote(name) for name in names)
        connection.execute(text(f"LOCK TABLE {quoted} IN ACCESS EXCLUSIVE MODE"))


def _reflected(connection: Connection, name: str) -> Table:
    return Table(name, MetaData(), autoload_with=connection, resolve_fks=False)


def _count(connection: Connection, table: Table, *conditions: Any) -> int:
    counting = select(func.count()).select_from(table).where(*conditions)
    return int(connection.execute(counting).scalar_one())


def _note(connection: Connection, slug: str, counts: dict[str, int]) -> None:
    """Note how many rows went with each table, until that is on the record."""
    ours = NOTED.c.plugin == slug
    unsaid = or_(NOTED.c.purged_rows.is_(None), NOTED.c.table_name.in_(list(counts)))
    connection.execute(delete(NOTED).where(ours, unsaid))
    rows = [{"plugin": slug, "table_name": name, "purged_rows": rows} for name, rows in counts.items()]
    if rows:
        connection.execute(insert(NOTED), rows)
