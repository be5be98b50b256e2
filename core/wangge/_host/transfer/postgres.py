"""A district's PostgreSQL schema for copying: its rows, its locks, its fence."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg

from wangge._host.databases import LOCK, Place, check_schema
from wangge._host.databases.fences import FENCE, MOVED, SQLSTATE
from wangge._host.databases.reads import driver_arguments
from wangge._host.transfer.descriptions import describe
from wangge._host.transfer.failures import CopyFailed, WritersBusy
from wangge._host.transfer.rows import Batches, Row, batch_of
from wangge._host.transfer.shapes import Column, Contents, Shape

TRIES = 120
"""How often the locks are asked for, half a second each: shorter than the second after which PostgreSQL looks
for deadlocks, so that it is always the copy that stands back and never a request."""

_READ = {
    "uuid": "replace({0}::text, '-', '')",
    "boolean": "{0}::int",
    "number": "{0}::float8",
    "bytes": "encode({0}, 'hex')",
    "instant": "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')",
    "datetime": "to_char({0}, 'YYYY-MM-DD HH24:MI:SS.US')",
    "date": "to_char({0}, 'YYYY-MM-DD')",
    "time": "to_char({0}, 'HH24:MI:SS.US')",
    "integer": "{0}",
}

_PASSING = 64
"""Chunks, of some kilobytes each, that may be on their way between two databases."""

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@asynccontextmanager
async def open_postgres(place: Place, mode: str) -> AsyncIterator["PostgresTables"]:
    """Open a schema in one transaction: `read`, `freeze` or `fill`."""
    schema = check_schema(place.schema or "public")
    connection = await _connect(place, schema)
    try:
        if mode == "freeze":
            await _freeze(connection, schema)
        else:
            way = "ISOLATION LEVEL REPEATABLE READ READ ONLY" if mode == "read" else ""
            await connection.execute(f"BEGIN {way}")
        tables = PostgresTables(connection, schema)
        yield tables
        await tables.commit()
    finally:
        # What was not committed is undone; a connection that is stuck is cut.
        with suppress(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await connection.close(timeout=10)


async def _connect(place: Place, schema: str) -> Any:  # an asyncpg connection
    return await asyncpg.connect(
        **driver_arguments(place.url),
        statement_cache_size=0,
        server_settings={
            "search_path": f"{schema},pg_catalog",
            "application_name": "wangge copy",
            "timezone": "UTC",
            "datestyle": "ISO",
        },
    )


async def analyze(place: Place) -> None:
    """Take the statistics of a schema's tables."""
    schema = check_schema(place.schema or "public")
    connection = await _connect(place, schema)
    try:
        names = await _tables(connection, schema)
        await connection.execute(f"ANALYZE {', '.join(_quoted(schema, name) for name in names)}")
    finally:
        await connection.close()


async def _freeze(connection: Any, schema: str) -> None:  # an asyncpg connection
    """Begin a transaction in which nobody else writes to the schema's tables or migrates them.

    Raises:
        WritersBusy: when others do not stop.
    """
    for _ in range(TRIES):
        await connection.execute("BEGIN")
        try:
            await connection.execute("SET LOCAL lock_timeout = '500ms'")
            await connection.execute(str(LOCK.text).replace(":schema", f"'{schema}'"))
            names = await _tables(connection, schema)
            if names:
                every = ", ".join(_quoted(schema, name) for name in names)
                await connection.execute(f"LOCK TABLE {every} IN SHARE MODE")
            await connection.execute("SET LOCAL lock_timeout = 0")
            return
        except asyncpg.LockNotAvailableError:
            await connection.execute("ROLLBACK")
            await asyncio.sleep(0.1)
    raise WritersBusy()


async def _tables(connection: Any, schema: str) -> list[str]:  # as above
    rows = await connection.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind = 'r' ORDER BY 1",
        schema,
    )
    return [row[0] for row in rows]


class PostgresTables:
    """The tables of a schema, in the transaction of one connection."""

    backend = "postgresql"

    def __init__(self, connection: Any, schema: str) -> None:  # an asyncpg connection
        self._connection = connection
        self._schema = schema
        self._references: list[tuple[str, str, str]] = []
        self._indexes: list[str] = []

    async def contents(self) -> Contents:
        """Return what stands in the schema."""
        return await describe(self._connection, self._schema)

    async def count(self) -> int:
        """Return the number of rows of all tables."""
        names = await _tables(self._connection, self._schema)
        parts = [f"(SELECT count(*) FROM {_quoted(self._schema, name)})" for name in names]
        return int(await self._connection.fetchval(f"SELECT {' + '.join(parts) or '0'}"))

    async def rows(self, shape: Shape) -> Batches:
        """Return a table's rows."""
        parts = ", ".join(_value(one) for one in shape.columns)
        statement = f"SELECT {parts} FROM {_quoted(self._schema, shape.name)}"
        await self._connection.execute(f"DECLARE wangge_rows NO SCROLL CURSOR FOR {statement}")
        try:
            while batch := await self._connection.fetch(f"FETCH {batch_of(shape)} FROM wangge_rows"):
                yield [tuple(one) for one in batch]
        finally:
            with suppress(asyncpg.PostgresError, asyncpg.InterfaceError):  # the transaction may have failed
                await self._connection.execute("CLOSE wangge_rows")

    async def empty(self) -> None:
        """Take out rows, indexes and foreign keys, and put triggers to sleep."""
        self._references = [
            tuple(row)
            for row in await self._connection.fetch(
                "SELECT r.relname, c.conname, pg_get_constraintdef(c.oid) FROM pg_constraint c "
                "JOIN pg_class r ON r.oid = c.conrelid "
                "WHERE r.relnamespace = $1::regnamespace AND c.contype = 'f' ORDER BY 1, 2",
                self._schema,
            )
        ]
        for table, name, _ in self._references:
            await self._connection.execute(
                f"ALTER TABLE {_quoted(self._schema, table)} DROP CONSTRAINT {_quoted(name)}"
            )
        await self._take_indexes_away()
        names = await _tables(self._connection, self._schema)
        for name in names:
            await self._connection.execute(f"ALTER TABLE {_quoted(self._schema, name)} DISABLE TRIGGER USER")
        if names:
            every = ", ".join(_quoted(self._schema, name) for name in names)
            await self._connection.execute(f"TRUNCATE {every}")

    async def _take_indexes_away(self) -> None:
        """Drop the indexes that keep no rule: made when the tables are full, they cost a fraction."""
        for name, definition in await self._connection.fetch(
            "SELECT i.relname, pg_get_indexdef(x.indexrelid) FROM pg_index x "
            "JOIN pg_class i ON i.oid = x.indexrelid "
            "WHERE i.relnamespace = $1::regnamespace AND NOT x.indisunique ORDER BY i.relname",
            self._schema,
        ):
            await self._connection.execute(f"DROP INDEX {_quoted(self._schema, name)}")
            self._indexes.append(definition)

    async def make(self, statements: Sequence[str]) -> None:
        """Run statements that make tables."""
        for statement in statements:
            await self._connection.execute(statement)

    async def load(self, shape: Shape, batches: Batches) -> None:
        """Write rows into a table."""
        binary = {place for place, one in enumerate(shape.columns) if one.kind == "bytes"}

        async def text() -> AsyncIterator[bytes]:
            async for batch in batches:
                yield "".join(_copy_line(row, binary) for row in batch).encode()

        try:
            await self._connection.copy_to_table(
                shape.name,
                schema_name=self._schema,
                columns=shape.names,
                source=text(),
                format="text",
            )
        except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError) as error:
            raise CopyFailed(f"{shape.name} refuses rows ({type(error).__name__}).") from None

    async def copy_from(self, source: "PostgresTables", shape: Shape) -> None:
        """Take a table's rows over from another PostgreSQL as they come, without a look at the values."""
        passing: asyncio.Queue[bytes | None] = asyncio.Queue(_PASSING)

        async def read() -> None:
            try:
                await source._connection.copy_from_table(
                    shape.name,
                    schema_name=source._schema,
                    columns=shape.names,
                    output=passing.put,
                    format="binary",
                )
            finally:
                await passing.put(None)

        async def chunks() -> AsyncIterator[bytes]:
            while (chunk := await passing.get()) is not None:
                yield chunk

        async with asyncio.TaskGroup() as both:
            both.create_task(read())
            both.create_task(
                self._connection.copy_to_table(
                    shape.name,
                    schema_name=self._schema,
                    columns=shape.names,
                    source=chunks(),
                    format="binary",
                )
            )

    async def sum_up(self, shape: Shape) -> tuple[int, int, int]:
        """Return number and digest of a table's rows, worked out where they are."""
        row = ", ".join(_value(one) for one in shape.columns)
        found = await self._connection.fetchrow(
            "SELECT count(*), coalesce(sum(('x' || left(h, 16))::bit(64)::bigint::numeric), 0), "
            "coalesce(sum(('x' || right(h, 16))::bit(64)::bigint::numeric), 0) "
            f"FROM (SELECT md5(row({row})::text) AS h FROM {_quoted(self._schema, shape.name)}) AS rows"
        )
        return int(found[0]), int(found[1]), int(found[2])

    async def finish(self, sequences: dict[str, int]) -> None:
        """Add the foreign keys again, which checks the rows; wake triggers; let sequences go on."""
        for name in await _tables(self._connection, self._schema):
            await self._connection.execute(f"ALTER TABLE {_quoted(self._schema, name)} ENABLE TRIGGER USER")
            await self._go_on(name, sequences.get(name, 0))
        for index in self._indexes:
            await self._connection.execute(index)
        for table, name, definition in self._references:
            try:
                await self._connection.execute(
                    f"ALTER TABLE {_quoted(self._schema, table)} ADD CONSTRAINT {_quoted(name)} {definition}"
                )
            except asyncpg.ForeignKeyViolationError:
                raise CopyFailed(f"Rows of {table} refer to rows that are not there.") from None

    async def _go_on(self, table: str, reached: int) -> None:
        """Have the sequence of a table's key give out numbers above all that were ever given."""
        owned = await self._connection.fetch(
            "SELECT s.oid::regclass::text, a.attname FROM pg_depend d JOIN pg_class s ON s.oid = d.objid "
            "JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid "
            "WHERE s.relkind = 'S' AND d.deptype IN ('a', 'i') AND d.refobjid = $1::regclass",
            _quoted(self._schema, table),
        )
        for sequence, column in owned:
            highest = await self._connection.fetchval(
                f"SELECT max({_quoted(column)}) FROM {_quoted(self._schema, table)}"
            )
            top = max(highest or 0, reached)
            if top:
                await self._connection.execute(f"SELECT setval('{sequence}', {int(top)})")

    async def commit(self) -> None:
        """Keep what was done."""
        if self._connection.is_in_transaction():
            await self._connection.execute("COMMIT")

    async def fence(self) -> None:
        """Have triggers on every table refuse what would change it."""
        function = _quoted(self._schema, f"{FENCE}refuse")
        await self._connection.execute(
            f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{MOVED}' USING ERRCODE = '{SQLSTATE}'; END $$"
        )
        for name in await _tables(self._connection, self._schema):
            await self._connection.execute(
                f"CREATE OR REPLACE TRIGGER {_quoted(f'{FENCE}away')} "
                f"BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {_quoted(self._schema, name)} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
            )

    async def lift_fence(self) -> None:
        """Take the triggers of the fence away."""
        function = _quoted(self._schema, f"{FENCE}refuse")
        await self._connection.execute(f"DROP FUNCTION IF EXISTS {function}() CASCADE")


def _value(column: Column) -> str:
    """Return the expression of a column's value as rows are written."""
    return _READ.get(column.kind, "{0}::text").format(_quoted(column.name))


def _quoted(*names: str) -> str:
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


def _copy_line(row: Row, binary: set[int]) -> str:
    """Return a row as COPY reads it."""
    cells = []
    for place, value in enumerate(row):
        if value is None:
            cells.append("\\N")
        elif place in binary:
            cells.append(f"\\\\x{value}")
        elif isinstance(value, str):
            cells.append(value.translate(_ESCAPES))
        else:
            cells.append(repr(value))
    return "\t".join(cells) + "\n"
