"""Statements ready for the driver: text for one shape of request, and how values become its parameters."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Dialect, Select
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite

from wangge._host.plans.values import MARKER

PLACE = "wangge_place"
"""Stands for the district's schema in statements; each district puts its own there."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of a statement, in the order in which the driver takes them.

    Attributes:
        name: whose value it is.
        index: which element, where the value is a list written out; None for the whole value.
        default: the value of constants.
        process: turns the value into what the driver takes.
    """

    name: str
    index: int | None
    default: Any
    process: Callable[[Any], Any] | None


class Statement:
    """The text of one shape of request.

    Attributes:
        ranges: its conditions are patterns or ranges, whose values decide how to search.
        may_hide: its answer may hold the marker of something hidden.
    """

    def __init__(self, text: str, parameters: list[Parameter], *, ranges: bool = False) -> None:
        self.ranges = ranges
        self.may_hide = MARKER in text
        self._text = text
        self._parameters = parameters
        self._placed: dict[str | None, str] = {}

    def text(self, schema: str | None) -> str:
        """Return the text for a district's schema; None for a database of its own."""
        known = self._placed.get(schema)
        if known is None:
            own = "" if schema is None else f'"{schema}".'
            known = self._placed[schema] = self._text.replace(f"{PLACE}.", own)
        return known

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of the parameters, in the order in which the driver takes them."""
        return tuple(
            one.name if one.index is None else f"{one.name}[{one.index}]" for one in self._parameters
        )

    def arguments(self, values: Mapping[str, Any]) -> list[Any]:
        """Return the driver's arguments."""
        found = []
        for one in self._parameters:
            value = values.get(one.name, one.default)
            if one.index is not None:
                value = value[one.index]
            found.append(value if one.process is None else one.process(value))
        return found


def dialect_of(name: str) -> Dialect:
    """Return the dialect of a database by its name."""
    made: Any = SQLiteDialect_aiosqlite() if name == "sqlite" else PGDialect_asyncpg()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves its dialects untyped
    dialect: Dialect = made
    return dialect


def compiled(
    statement: Select[Any], dialect: Dialect, values: Mapping[str, Any], *, ranges: bool = False
) -> Statement:
    """Return a statement for the driver; `values` tell how long its lists are."""
    made: Any = statement.compile(  # SQLAlchemy's compiled form has no public type with these attributes
        dialect=dialect, schema_translate_map={None: PLACE}, render_schema_translate=True
    )
    given = {name: values[name] for name in made.params if name in values}
    state = made.construct_expanded_state(given)
    text = state.statement
    processors = made._bind_processors
    expanded = {
        part: (name, index)
        for name, parts in state.parameter_expansion.items()
        for index, part in enumerate(parts)
    }
    parameters = []
    for name in state.positiontup or ():
        source, index = expanded.get(name, (name, None))
        process = state.processors.get(name, processors.get(source))
        if source in values:
            parameters.append(Parameter(source, index, None, process))
        else:  # a constant; of a list, the element itself
            parameters.append(Parameter(source, None, state.parameters.get(name), process))
    return Statement(text, parameters, ranges=ranges)
