"""Describes the tables of a PostgreSQL schema: for the other database, and as statements for its own."""

from collections import defaultdict
from typing import Any

from wangge._host.databases.fences import FENCE
from wangge._host.transfer.shapes import Column, Contents, IndexShape, Reference, Shape

_KINDS = {
    "uuid": "uuid",
    "smallint": "integer",
    "integer": "integer",
    "bigint": "integer",
    "boolean": "boolean",
    "real": "number",
    "double precision": "number",
    "numeric": "decimal",
    "character varying": "text",
    "character": "text",
    "text": "text",
    "bytea": "bytes",
    "timestamp with time zone": "instant",
    "timestamp without time zone": "datetime",
    "date": "date",
    "time without time zone": "time",
    "json": "json",
    "jsonb": "json",
}

_COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), format_type(a.atttypid, NULL),
       a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity::text, a.attgenerated::text
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.relnamespace = $1::regnamespace AND c.relkind = 'r' ORDER BY c.relname, a.attnum
"""

_CONSTRAINTS = """
SELECT c.relname, k.conname, k.contype::text, pg_get_constraintdef(k.oid),
       ARRAY(SELECT attname::text FROM unnest(k.conkey) WITH ORDINALITY u(n, o)
             JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.n ORDER BY u.o),
       f.relname,
       ARRAY(SELECT attname::text FROM unnest(k.confkey) WITH ORDINALITY u(n, o)
             JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.n ORDER BY u.o),
       k.confdeltype::text
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid LEFT JOIN pg_class f ON f.oid = k.confrelid
WHERE c.relnamespace = $1::regnamespace AND k.contype IN ('p', 'u', 'c', 'f', 'x')
ORDER BY c.relname, k.contype = 'f', k.conname
"""

_INDEXES = """
SELECT c.relname, i.relname, pg_get_indexdef(x.indexrelid), x.indisunique,
       x.indpred IS NULL AND x.indexprs IS NULL,
       ARRAY(SELECT pg_get_indexdef(x.indexrelid, n, true) FROM generate_series(1, x.indnkeyatts::int) n)
FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
WHERE c.relnamespace = $1::regnamespace AND c.relkind = 'r'
  AND NOT EXISTS (SELECT 1 FROM pg_constraint k
                  WHERE k.conindid = x.indexrelid AND k.contype IN ('p', 'u', 'x'))
ORDER BY c.relname, i.relname
"""

_TRIGGERS = """
SELECT c.relname, t.tgname, pg_get_triggerdef(t.oid)
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = $1::regnamespace AND NOT t.tgisinternal ORDER BY c.relname, t.tgname
"""

_FUNCTIONS = """
SELECT p.proname, pg_get_functiondef(p.oid) FROM pg_proc p
WHERE p.pronamespace = $1::regnamespace AND p.prokind = 'f' ORDER BY p.proname
"""

_SEQUENCES = """
SELECT c.relname, q.last_value FROM pg_sequences q
JOIN pg_class s ON s.relname = q.sequencename AND s.relnamespace = $1::text::regnamespace
JOIN pg_depend d ON d.objid = s.oid AND d.deptype IN ('a', 'i') JOIN pg_class c ON c.oid = d.refobjid
WHERE q.schemaname = $1::text AND q.last_value IS NOT NULL
"""

_ON_DELETE = {"c": "CASCADE", "n": "SET NULL", "r": "RESTRICT", "d": "SET DEFAULT"}
_SERIAL = {"smallint": "smallserial", "integer": "serial", "bigint": "bigserial"}


async def describe(connection: Any, schema: str) -> Contents:  # an asyncpg connection
    """Return what stands in a schema. Statements name no schema: they hold in whichever is searched first."""
    found = _Descriptions(schema)
    for row in await connection.fetch(_COLUMNS, schema):
        found.column(*row)
    for row in await connection.fetch(_CONSTRAINTS, schema):
        found.constraint(*row)
    for row in await connection.fetch(_INDEXES, schema):
        found.index(*row)
    for row in await connection.fetch(_TRIGGERS, schema):
        found.trigger(*row)
    functions = tuple(
        found.unqualified(text)
        for name, text in await connection.fetch(_FUNCTIONS, schema)
        if not name.startswith(FENCE)
    )
    sequences = {table: int(value) for table, value in await connection.fetch(_SEQUENCES, schema)}
    return Contents("postgresql", found.shapes(), sequences, functions)


class _Descriptions:
    """Gathers, by table, what the database's own catalog says."""

    def __init__(self, schema: str) -> None:
        self._schema = schema
        self._columns: dict[str, list[Column]] = defaultdict(list)
        self._parts: dict[str, list[str]] = defaultdict(list)
        self._keys: dict[str, tuple[str, ...]] = {}
        self._references: dict[str, list[Reference]] = defaultdict(list)
        self._indexes: dict[str, list[IndexShape]] = defaultdict(list)
        self._make: dict[str, list[str]] = defaultdict(list)
        self._after: dict[str, list[str]] = defaultdict(list)
        self._beyond: dict[str, list[str]] = defaultdict(list)

    def column(
        self,
        table: str,
        name: str,
        declared: str,
        base: str,
        required: bool,
        default: str | None,
        identity: str,
        generated: str,
    ) -> None:
        """Take a column in."""
        text = f'"{name}" {declared}'
        if generated:
            text += f" GENERATED ALWAYS AS ({default}) STORED"
        elif identity:
            text += " GENERATED BY DEFAULT AS IDENTITY"
        elif default is not None and default.startswith("nextval("):
            text = f'"{name}" {_SERIAL.get(base, base)}'
        elif default is not None:
            text += f" DEFAULT {default}"
        self._parts[table].append(text + (" NOT NULL" if required else ""))
        if not generated:  # the database works it out again
            self._columns[table].append(Column(name, _KINDS.get(base, "other"), declared, not required))

    def constraint(
        self,
        table: str,
        name: str,
        kind: str,
        text: str,
        columns: list[str],
        target: str | None,
        to: list[str],
        ondelete: str,
    ) -> None:
        """Take a constraint in."""
        statement = f'CONSTRAINT "{name}" {self.unqualified(text)}'
        if kind == "f" and target is not None:
            self._references[table].append(
                Reference(tuple(columns), target, tuple(to), _ON_DELETE.get(ondelete))
            )
            self._after[table].append(f'ALTER TABLE "{table}" ADD {statement}')
            return
        self._parts[table].append(statement)
        if kind == "p":
            self._keys[table] = tuple(columns)
        elif kind == "u":
            self._indexes[table].append(IndexShape(name, tuple(columns), True))
        else:
            self._beyond[table].append(f"check {name}")

    def index(self, table: str, name: str, text: str, unique: bool, plain: bool, columns: list[str]) -> None:
        """Take an index in."""
        self._make[table].append(self.unqualified(text))
        if plain:
            self._indexes[table].append(IndexShape(name, tuple(one.strip('"') for one in columns), unique))
        else:
            self._beyond[table].append(f"index {name}")

    def trigger(self, table: str, name: str, text: str) -> None:
        """Take a trigger in."""
        if not name.startswith(FENCE):
            self._after[table].append(self.unqualified(text))
            self._beyond[table].append(f"trigger {name}")

    def unqualified(self, text: str) -> str:
        """Return a statement without the schema's name."""
        return text.replace(f"{self._schema}.", "").replace(f'"{self._schema}".', "")

    def shapes(self) -> dict[str, Shape]:
        """Return the tables."""
        return {
            table: Shape(
                table,
                tuple(columns),
                self._keys.get(table, ()),
                tuple(self._references[table]),
                tuple(self._indexes[table]),
                (f'CREATE TABLE "{table}" ({", ".join(self._parts[table])})', *self._make[table]),
                tuple(self._after[table]),
                tuple(self._beyond[table]),
            )
            for table, columns in self._columns.items()
        }
