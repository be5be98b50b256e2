"""A district's SQLite file for copying: its shape, its rows, its fence."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import make_url

from wangge._host.databases import Place
from wangge._host.databases.fences import FENCE, MOVED
from wangge._host.transfer.failures import CopyFailed, WritersBusy
from wangge._host.transfer.rows import Batches, Row, batch_of
from wangge._host.transfer.shapes import Column, Contents, IndexShape, Reference, Shape

T = TypeVar("T")

PATIENCE = 60_000
"""Milliseconds for which the writer's turn is waited for."""

_KINDS = (
    ("CHAR(32)", "uuid"),
    ("DATETIME", "instant"),
    ("TIMESTAMP", "instant"),
    ("DATE", "date"),
    ("TIME", "time"),
    ("BOOL", "boolean"),
    ("INT", "integer"),
    ("BIGINT", "integer"),
    ("SMALLINT", "integer"),
    ("VARCHAR", "text"),
    ("TEXT", "text"),
    ("CHAR", "text"),
    ("BLOB", "bytes"),
    ("JSON", "json"),
    ("NUMERIC", "decimal"),
    ("DECIMAL", "decimal"),
    ("FLOAT", "number"),
    ("REAL", "number"),
    ("DOUBLE", "number"),
)
"""How SQLAlchemy declares its types on SQLite, which itself has none; the first that fits counts."""

_READ = {
    "bytes": "CASE WHEN {0} IS NULL THEN NULL ELSE lower(hex({0})) END",
    "json": "CAST({0} AS TEXT)",
    "decimal": "CAST({0} AS TEXT)",
    "instant": "CASE WHEN length({0}) = 19 THEN {0} || '.000000' ELSE {0} END",
}


@asynccontextmanager
async def open_sqlite(place: Place, mode: str) -> AsyncIterator["SqliteTables"]:
    """Open a file in one transaction: `read`, `freeze` or `fill`."""
    path = str(make_url(place.url).database)
    thread = OneThread()
    try:
        connection = await thread.do(lambda: _connect(path, mode))
        try:
            tables = SqliteTables(connection, thread)
            yield tables
            await tables.commit()
        finally:
            await thread.do(connection.close)  # what was not committed is undone
    finally:
        thread.end()


class OneThread:
    """The one thread that touches a connection: even a cursor that the garbage collector closes."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "wangge-copy")

    async def do(self, call: Callable[[], T]) -> T:
        """Have something done after what was asked before, and return what it returns."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, call)

    def end(self) -> None:
        """End the thread once it has done what was asked."""
        self._pool.shutdown(wait=False)


def _connect(path: str, mode: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.execute(f"PRAGMA busy_timeout={PATIENCE}")
        connection.execute("PRAGMA foreign_keys=OFF")
        if mode == "fill":
            connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("BEGIN" if mode == "read" else "BEGIN IMMEDIATE")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on it reads one state
    except sqlite3.OperationalError as error:
        connection.close()
        if "locked" in str(error):
            raise WritersBusy() from error
        raise
    except BaseException:
        connection.close()
        raise
    return connection


class SqliteTables:
    """The tables of a file, in the transaction of one connection."""

    backend = "sqlite"

    def __init__(self, connection: sqlite3.Connection, thread: OneThread) -> None:
        self._connection = connection
        self._thread = thread
        self._taken_away: list[str] = []

    async def run(self, statement: str) -> list[Any]:  # rows
        """Run a statement and return its rows."""
        return await self._thread.do(lambda: self._connection.execute(statement).fetchall())

    async def contents(self) -> Contents:
        """Return what stands in the file."""
        return await self._thread.do(self._contents)

    def _contents(self) -> Contents:
        shapes = {}
        for name, statement in self._connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table' "
            "AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name"
        ).fetchall():
            shapes[name] = self._shape(name, statement)
        return Contents("sqlite", shapes)

    def _shape(self, name: str, statement: str) -> Shape:
        pragma = self._connection.execute
        columns, keys = [], {}
        for _, column, declared, required, _default, key in pragma(f"PRAGMA table_info({quoted(name)})"):
            columns.append(Column(column, _kind(declared), declared, not (required or key)))
            if key:
                keys[key] = column
        made: dict[str, list[str]] = {"index": [], "trigger": []}
        beyond = []
        for kind, own, sql in pragma(
            "SELECT type, name, sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL "
            "AND type IN ('index', 'trigger') ORDER BY name",
            (name,),
        ).fetchall():
            if not own.startswith(FENCE):
                made[kind].append(sql)
            if kind == "trigger" and not own.startswith(FENCE):
                beyond.append(f"trigger {own}")
        if "CHECK" in statement.upper():
            beyond.append(f"checks of {name}")
        return Shape(
            name,
            tuple(columns),
            tuple(keys[number] for number in sorted(keys)),
            tuple(self._references(name)),
            tuple(self._indexes(name)),
            (statement, *made["index"]),
            tuple(made["trigger"]),
            tuple(beyond),
        )

    def _references(self, name: str) -> list[Reference]:
        found: dict[int, list[Any]] = {}
        for row in self._connection.execute(f"PRAGMA foreign_key_list({quoted(name)})").fetchall():
            found.setdefault(row[0], []).append(row)
        references = []
        for rows in found.values():
            rows.sort(key=lambda row: row[1])
            action = rows[0][6] if rows[0][6] != "NO ACTION" else None
            to = tuple(row[4] or "id" for row in rows)
            references.append(Reference(tuple(row[3] for row in rows), rows[0][2], to, action))
        return references

    def _indexes(self, name: str) -> list[IndexShape]:
        found = []
        for _, index, unique, origin, in_part in self._connection.execute(
            f"PRAGMA index_list({quoted(name)})"
        ).fetchall():
            rows = self._connection.execute(f"PRAGMA index_info({quoted(index)})").fetchall()
            columns = tuple(row[2] for row in rows)
            if origin != "pk" and not in_part and None not in columns:
                found.append(IndexShape(index, columns, bool(unique)))
        return found

    async def count(self) -> int:
        """Return the number of rows of all tables."""
        names = (await self.contents()).shapes
        parts = [f"(SELECT count(*) FROM {quoted(name)})" for name in names]
        return int((await self.run(f"SELECT {' + '.join(parts) or '0'}"))[0][0])

    async def rows(self, shape: Shape) -> Batches:
        """Return a table's rows."""
        parts = ", ".join(_READ.get(one.kind, "{0}").format(quoted(one.name)) for one in shape.columns)
        cursor = await self._thread.do(
            lambda: self._connection.execute(f"SELECT {parts} FROM {quoted(shape.name)}")
        )
        try:
            while batch := await self._thread.do(lambda: cursor.fetchmany(batch_of(shape))):
                yield batch
        finally:
            await self._thread.do(cursor.close)

    async def empty(self) -> None:
        """Take out triggers and rows."""
        triggers = await self.run("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        for name, statement in triggers:
            await self.run(f"DROP TRIGGER {quoted(name)}")
            self._taken_away.append(statement)
        for name in (await self.contents()).shapes:
            await self.run(f"DELETE FROM {quoted(name)}")

    async def make(self, statements: Sequence[str]) -> None:
        """Run statements that make tables."""
        for statement in statements:
            await self.run(statement)

    async def load(self, shape: Shape, batches: Batches) -> None:
        """Write rows into a table."""
        marks = ", ".join("?" for _ in shape.columns)
        names = ", ".join(quoted(one) for one in shape.names)
        statement = f"INSERT INTO {quoted(shape.name)} ({names}) VALUES ({marks})"
        blobs = [place for place, one in enumerate(shape.columns) if one.kind == "bytes"]
        async for batch in batches:
            rows = [_with_bytes(row, blobs) for row in batch] if blobs else batch
            try:
                await self._thread.do(partial(self._connection.executemany, statement, rows))
            except sqlite3.IntegrityError as error:
                raise CopyFailed(f"{shape.name} refuses rows: {_rule(error)}.") from None

    async def finish(self, sequences: dict[str, int]) -> None:
        """Put triggers back and have references checked; SQLite numbers on from the highest by itself."""
        broken = await self.run("PRAGMA foreign_key_check")
        if broken:
            tables = ", ".join(sorted({str(row[0]) for row in broken}))
            raise CopyFailed(f"Rows of {tables} refer to rows that are not there.")
        await self.make(self._taken_away)

    async def commit(self) -> None:
        """Keep what was done."""
        if self._connection.in_transaction:
            await self.run("COMMIT")

    async def fence(self) -> None:
        """Have triggers on every table refuse what would change it."""
        for name in (await self.contents()).shapes:
            for event in ("INSERT", "UPDATE", "DELETE"):
                await self.run(
                    f"CREATE TRIGGER IF NOT EXISTS {quoted(f'{FENCE}{event.lower()}_{name}')} "
                    f"BEFORE {event} ON {quoted(name)} BEGIN SELECT RAISE(ABORT, '{MOVED}'); END"
                )

    async def lift_fence(self) -> None:
        """Take the triggers of the fence away."""
        for (name,) in await self.run("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            if name.startswith(FENCE):
                await self.run(f"DROP TRIGGER {quoted(name)}")


def quoted(name: str) -> str:
    """Return a name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def _kind(declared: str) -> str:
    upper = declared.upper()
    return next((kind for start, kind in _KINDS if upper.startswith(start)), "other")


def _with_bytes(row: Row, places: list[int]) -> list[Any]:
    values = list(row)
    for place in places:
        if values[place] is not None:
            values[place] = bytes.fromhex(values[place])
    return values


def _rule(error: sqlite3.Error) -> str:
    """Return which constraint was broken; SQLite names tables and columns, never values."""
    return str(error)
