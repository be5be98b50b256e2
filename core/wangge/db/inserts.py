"""Plain INSERTs of new mapped rows: values completed in Python, statements built once, no unit of work."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    BindParameter,
    Executable,
    Table,
    bindparam,
    exists,
    inspect,
    literal,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.sql.dml import Insert, Update
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from wangge.db.base import Model

_JOINED_AT_MOST = 6
"""Rows that are written by one statement; each number and kind of rows is a statement of its own to keep."""

Values = dict[str, Any]  # column values of one row, by the columns' keys
Run = tuple[type[Model], list[Values]]  # rows of one class with values for the same columns


@dataclass(frozen=True)
class _Default:
    """What a new row gets in an attribute that nobody set."""

    attribute: str
    constant: Any  # of the column's type
    make: Any = None  # SQLAlchemy's wrapper of a function, called with the execution's context

    def value(self) -> Any:  # of the column's type
        """Return a value for one row."""
        return self.constant if self.make is None else self.make(None)


@dataclass(frozen=True)
class _Form:
    """How rows of one class are written."""

    table: Table
    columns: tuple[tuple[str, str], ...]
    """Attribute and column key of each column."""
    defaults: tuple[_Default, ...]
    generated: frozenset[str]
    """Attributes that the database fills when nobody set them."""
    plain: Insert
    free: dict[str, Insert]
    """By dialect: the statement that leaves out rows whose unique key is taken."""


@lru_cache(maxsize=1024)
def _form_of(model: type[Model]) -> _Form:
    mapper = inspect(model)
    table = mapper.local_table
    assert isinstance(table, Table)  # a mapped class of this base has a table of its own
    columns, defaults, generated = [], [], set()
    for attribute in mapper.column_attrs:
        column = attribute.columns[0]
        columns.append((attribute.key, column.key))
        if isinstance(column.default, ScalarElementColumnDefault):
            defaults.append(_Default(attribute.key, column.default.arg))
        elif column.default is not None and column.default.is_callable:
            defaults.append(_Default(attribute.key, None, getattr(column.default, "arg")))  # noqa: B009
        elif column.default is not None or column.server_default is not None:
            generated.add(attribute.key)
    free = {
        "postgresql": postgres_insert(table).on_conflict_do_nothing(),
        "sqlite": sqlite_insert(table).on_conflict_do_nothing(),
    }
    return _Form(
        table, tuple(columns), tuple(defaults), frozenset(generated), table.insert().inline(), dict(free)
    )


def complete(row: Model) -> None:
    """Set the attributes that have a default and that nobody set, as a flush would."""
    state = vars(row)
    for default in _form_of(type(row)).defaults:
        if default.attribute not in state:
            setattr(row, default.attribute, default.value())


def values_of(row: Model) -> Values:
    """Return the values of a completed row; what is left to the database is left out, the rest is NULL."""
    form, state = _form_of(type(row)), vars(row)
    return {column: state[attribute] for attribute, column in form.columns if attribute in state}


def statement_for(model: type[Model], *, free_only: str | None = None) -> Insert:
    """Return the INSERT into a model's table.

    Args:
        model: whose table.
        free_only: the dialect, where a row whose unique key is taken is to be left out instead of failing.
    """
    form = _form_of(model)
    return form.plain if free_only is None else form.free[free_only]


def runs_of(rows: Iterable[Model]) -> list[Run]:
    """Return rows in their order, those beside each other that one statement can write together."""
    runs: list[Run] = []
    for row in rows:
        model, values = type(row), values_of(row)
        if runs and runs[-1][0] is model and runs[-1][1][0].keys() == values.keys():
            runs[-1][1].append(values)
        else:
            runs.append((model, [values]))
    return runs


def can_join(runs: Sequence[Run], *, free_only: bool = False) -> bool:
    """Say whether PostgreSQL writes these rows best in one statement: a few, and not all alike."""
    several = max((len(rows) for _, rows in runs), default=0)
    return len(runs) > 1 and len(runs) * several <= _JOINED_AT_MOST and not (free_only and several > 1)


def join(
    runs: Sequence[Run], *, free_only: bool = False, beside: Update | None = None
) -> tuple[Executable, Values]:
    """Return one statement of PostgreSQL that writes all rows in one round trip, and its values.

    Args:
        runs: what to write.
        free_only: leave out a row whose unique key is taken, and with the row all that follow; the
            statement's row count is then 0.
        beside: an update that runs with it.
    """
    shapes = tuple((model, tuple(rows[0]), len(rows)) for model, rows in runs)
    values = {
        f"r{at}_{row}_{key}": value
        for at, (_, rows) in enumerate(runs)
        for row, given in enumerate(rows)
        for key, value in given.items()
    }
    return (_joined_free(shapes) if free_only else _joined(shapes, beside)), values


Shape = tuple[type[Model], tuple[str, ...], int]  # class, columns' keys, number of rows


@lru_cache(maxsize=512)
def _joined(shapes: tuple[Shape, ...], beside: Update | None) -> Executable:
    before = [] if beside is None else [beside.cte("beside")]
    for at, (model, keys, count) in enumerate(shapes):
        # Not VALUES with several rows: SQLAlchemy would compile the statement anew each time.
        rows = [select(*_binds(model, keys, at, row).values()) for row in range(count)]
        values = rows[0] if count == 1 else union_all(*rows)
        statement = postgres_insert(_form_of(model).table).from_select(keys, values, include_defaults=False)
        before.append(statement.cte(f"run_{at}"))
    return statement.add_cte(*before[:-1])


@lru_cache(maxsize=512)
def _joined_free(shapes: tuple[Shape, ...]) -> Executable:
    """Return inserts each of which writes only where the one before has written."""
    before: list[CTE] = []
    for at, (model, keys, _) in enumerate(shapes):
        values = select(*_binds(model, keys, at, 0).values())
        if before:
            values = values.where(exists(select(before[-1])))
        statement = postgres_insert(_form_of(model).table).from_select(keys, values, include_defaults=False)
        free = statement.on_conflict_do_nothing()
        before.append(free.returning(literal(1)).cte(f"run_{at}"))
    return free.add_cte(*before[:-1])


def _binds(model: type[Model], keys: tuple[str, ...], at: int, row: int) -> dict[str, BindParameter[Any]]:
    columns = _form_of(model).table.c
    return {key: bindparam(f"r{at}_{row}_{key}", type_=columns[key].type) for key in keys}


def adopt(session: Session, rows: Sequence[Model]) -> None:
    """Make written rows members of the session, as if they had been read: changes to them are flushed."""
    for row in rows:
        state = vars(row)
        form = _form_of(type(row))
        for attribute, _ in form.columns:
            if attribute not in state and attribute not in form.generated:
                setattr(row, attribute, None)
        make_transient_to_detached(row)
        session.add(row)


def as_loaded(row: Model) -> Model:
    """Return a copy of a row as the database has it: moving a row into the scope must not take it over."""
    before = type(row)()
    for attribute in inspect(row).mapper.column_attrs:
        stored = inspect(row).committed_state.get(attribute.key, getattr(row, attribute.key))
        setattr(before, attribute.key, stored)
    return before
