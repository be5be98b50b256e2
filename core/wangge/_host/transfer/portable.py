"""Statements that make a table of one database on the other, as far as both know the same things."""

import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from wangge._host.transfer.shapes import Column, IndexShape, Shape

_TYPES: dict[str, sa.types.TypeEngine[Any]] = {
    "uuid": sa.Uuid(),
    "boolean": sa.Boolean(),
    "number": sa.Double(),
    "decimal": sa.Numeric(),
    "bytes": sa.LargeBinary(),
    "instant": sa.DateTime(timezone=True),
    "datetime": sa.DateTime(),
    "date": sa.Date(),
    "time": sa.Time(),
    "json": sa.JSON(),
}


def statements_for(backend: str, shape: Shape) -> list[str]:
    """Return what makes a table of the other database here: columns, keys, references, plain indexes.

    Checks, triggers, partial indexes and defaults are lost; a shape's `beyond` names them.
    """
    metadata = sa.MetaData()
    numbered = shape.primary_key if len(shape.primary_key) == 1 else ()
    table = sa.Table(
        shape.name,
        metadata,
        *(
            sa.Column(
                one.name,
                _type_of(one),
                nullable=one.nullable,
                primary_key=one.name in shape.primary_key,
                autoincrement=one.kind == "integer" and one.name in numbered,
            )
            for one in shape.columns
        ),
    )
    for ref in shape.references:
        if ref.table not in metadata.tables:  # enough of it to be named
            sa.Table(ref.table, metadata, *(sa.Column(name, sa.Integer()) for name in ref.to))
        target = metadata.tables[ref.table].c
        targets = [target[name] for name in ref.to if name in target]
        if len(targets) == len(ref.to):
            table.append_constraint(sa.ForeignKeyConstraint(ref.columns, targets, ondelete=ref.ondelete))
    dialect = postgresql.dialect() if backend == "postgresql" else sqlite.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves its dialects untyped
    indexes = [
        sa.Index(_name_of(shape, one), *(table.c[name] for name in one.columns), unique=one.unique)
        for one in shape.indexes
    ]
    made: list[sa.schema.ExecutableDDLElement] = [CreateTable(table), *(CreateIndex(one) for one in indexes)]
    return [str(one.compile(dialect=dialect)) for one in made]


def _type_of(column: Column) -> sa.types.TypeEngine[Any]:
    if column.kind == "integer":
        return sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    if column.kind in _TYPES:
        return _TYPES[column.kind]
    length = re.search(r"\((\d+)\)", column.type)
    return sa.String(int(length[1])) if column.kind == "text" and length else sa.Text()


def _name_of(shape: Shape, index: IndexShape) -> str:
    """Return an index's name; those that SQLite gave by itself are its own to give."""
    if index.name.startswith("sqlite_"):
        return f"uq_{shape.name}_{'_'.join(index.columns)}"[:63]
    return index.name
