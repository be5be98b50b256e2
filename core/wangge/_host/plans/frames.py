"""Rows of a table inside a statement: their alias, their columns, and what of them the caller may see."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, Text, inspect, literal_column
from sqlalchemy.orm import Mapper
from sqlalchemy.sql.elements import ColumnClause
from sqlalchemy.sql.selectable import SelectBase
from sqlalchemy.sql.util import ClauseAdapter
from sqlalchemy.sql.visitors import iterate, replacement_traverse

from wangge._host.plans.selection import NotPlanned
from wangge.auth.principal import Principal
from wangge.auth.scope import Scope
from wangge.db.base import Model
from wangge.db.withheld import withheld


@dataclass(frozen=True)
class Seer:
    """What of the caller the text of a statement depends on; the rest of the caller are parameters.

    Attributes:
        scope: whose conditions are written into the statement.
        person: whether the caller is a person, whose own rows are shown in full.
        permissions: those among the asked-for ones that the caller holds.
    """

    scope: Scope
    person: bool
    permissions: frozenset[str]

    @classmethod
    def of(cls, principal: Principal, asked: frozenset[str]) -> "Seer":
        """Return what a principal's statements depend on."""
        held = frozenset(one for one in asked if principal.may(one))
        return cls(principal.scope, principal.person_id is not None, held)

    @property
    def shape(self) -> Hashable:
        """What callers have in common whose statements have the same text."""
        return (self.scope.shape(), self.person, self.permissions)


class Names:
    """Gives out aliases."""

    def __init__(self) -> None:
        self._last = 0

    def next(self) -> str:
        """Return a name not used yet."""
        self._last += 1
        return f"t{self._last}"


class Frame:
    """Rows of a table under an alias.

    In a plain frame columns are used where they stand. A wrapped one is read in a subquery of its own, which
    exports what the query around it uses.

    Attributes:
        beyond: rows are read whether they lie within the caller's scope or not.
        covered: other conditions keep all rows within the scope.
    """

    def __init__(
        self,
        model: type[Model],
        names: Names,
        seer: Seer,
        *,
        beyond: bool = False,
        covered: bool = False,
        wrapped: bool = False,
    ) -> None:
        self.model = model
        self.seer = seer
        self.beyond = beyond
        self.covered = covered
        self.alias: Any = model.__table__.alias(names.next())  # SQLAlchemy types it as what may be named
        self.name = names.next() if wrapped else self.alias.name
        self.wrapped = wrapped
        self.exports: dict[str, ColumnElement[Any]] = {}
        self._adapter = ClauseAdapter(self.alias)

    @property
    def mapper(self) -> Mapper[Any]:
        """The table's mapper."""
        return self.model.__mapper__

    def inner(self, attribute: str) -> ColumnElement[Any]:
        """Return a column where the table itself is read.

        Raises:
            NotPlanned: when the attribute is no column.
        """
        found = self.mapper.column_attrs.get(attribute)
        if found is None:
            raise NotPlanned(f"{self.model.__name__}.{attribute} is no column.")
        column: ColumnElement[Any] = self.alias.c[found.columns[0].key]
        return column

    def column(self, attribute: str) -> ColumnElement[Any]:
        """Return a column where the rows are used, there or in a subquery.

        It is written by name: adapting a condition to another alias of the same table must not touch it.
        """
        found = self.inner(attribute)
        if self.wrapped:
            return self.export(found)
        return literal_column(f'{self.name}."{found.name}"', found.type)

    def nullable(self, attribute: str) -> bool:
        """Say whether a column may be null."""
        return bool(self.mapper.column_attrs[attribute].columns[0].nullable)

    def export(self, value: ColumnElement[Any]) -> ColumnElement[Any]:
        """Return an expression over the alias for use around the subquery, if there is one."""
        if not self.wrapped:
            return value
        label = next((name for name, known in self.exports.items() if known is value), None)
        if label is None:
            label = f"c{len(self.exports)}"
            self.exports[label] = value
        return literal_column(f"{self.name}.{label}", value.type)

    def columns(self) -> list[ColumnElement[Any]]:
        """Return what a wrapped frame's subquery selects."""
        if not self.exports:
            return [literal_column("1", Text()).label("c")]
        return [value.label(label) for label, value in self.exports.items()]

    def adapt(self, expression: ColumnElement[Any], beside: "Frame | None" = None) -> ColumnElement[Any]:
        """Return an expression over the mapped class as one over the alias.

        Args:
            expression: over the class, and over that of `beside`.
            beside: another table of the same FROM.

        Raises:
            NotPlanned: when it reads another table, whose rows no condition would limit, or when a subquery
                in it reads rows that are limited for the caller, or this very table.
        """
        for element in iterate(expression):
            if isinstance(element, SelectBase):
                self._check_subquery(element)
        adapted: ColumnElement[Any] = self._adapter.traverse(expression)
        if beside is not None:
            adapted = beside._adapter.traverse(adapted)
        known = {self.alias.name} if beside is None else {self.alias.name, beside.alias.name}
        for table in _tables_beside(adapted):
            if table not in known:
                raise NotPlanned(f"a condition on {self.model.__name__} reads {table} without a subquery.")
        return adapted

    def _check_subquery(self, subquery: SelectBase) -> None:
        for element in iterate(subquery):
            if isinstance(element, Table):
                model = _mapped().get(element.name)
                if model is None or model is self.model or self._is_limited(model):
                    raise NotPlanned(f"a condition reads {element.name} in a subquery.")

    def _is_limited(self, model: type[Model]) -> bool:
        return self.seer.scope.criteria(model) is not None or withheld(model) is not None

    def visible(self) -> list[ColumnElement[bool]]:
        """Return as conditions on the alias: the caller's scope, and that the row is not withheld."""
        if self.beyond or self.covered:
            return self._not_withheld()
        criteria = self.seer.scope.criteria(self.model)
        return [*([] if criteria is None else [self.adapt(criteria)]), *self._not_withheld()]

    def visible_apart(self) -> list[list[ColumnElement[bool]]]:
        """Return the same as disjoint alternatives, each a list of conditions on the alias."""
        apart = [] if self.beyond or self.covered else self.seer.scope.branches(self.model)
        if len(apart) < 2:
            return [self.visible()]
        return [[self.adapt(one), *self._not_withheld()] for one in apart]

    def _not_withheld(self) -> list[ColumnElement[bool]]:
        condition = withheld(self.model)
        return [] if condition is None else [self._adapter.traverse(condition)]

    def contained(self) -> ColumnElement[bool] | None:
        """Return the condition that a row lies within the scope; None where all of these do."""
        scope = self.seer.scope
        if scope.everything or (not self.beyond and scope.criteria(self.model) is not None):
            return None
        criteria = scope.write_criteria(self.model)
        return None if criteria is None else self.export(self.adapt(criteria))

    def select_from(self, statement: Select[Any]) -> Select[Any]:
        """Read the rows of the alias within the scope."""
        return statement.select_from(self.alias).where(*self.visible())


def _tables_beside(expression: ColumnElement[Any]) -> set[str]:
    """Return the names of the tables that an expression reads outside of its subqueries."""
    found: set[str] = set()
    waiting: list[Any] = [expression]  # elements of any kind
    while waiting:
        element = waiting.pop()
        if isinstance(element, SelectBase):
            continue
        if isinstance(element, ColumnClause) and element.table is not None:
            found.add(str(getattr(element.table, "name", "")))
        waiting += element.get_children()
    return found


def _mapped() -> dict[str, type[Model]]:
    """Return the mapped classes by the names of their tables."""
    return {mapper.class_.__tablename__: mapper.class_ for mapper in Model.registry.mappers}


def with_outer(expression: ColumnElement[Any], outer: Any, frame: Frame) -> ColumnElement[Any]:
    """Return an expression in which columns of `outer`, an aliased class, are those of a frame."""
    selectable = inspect(outer).selectable
    attributes = {
        prop.columns[0].key: prop.key for prop in frame.mapper.column_attrs if prop.columns[0].key is not None
    }

    def replace(element: Any, **_: Any) -> Any:  # as SQLAlchemy's traversal calls it
        if isinstance(element, ColumnClause) and element.table is selectable:
            return frame.column(attributes[str(element.key)])
        return None

    replaced: ColumnElement[Any] = replacement_traverse(expression, {}, replace)
    return replaced
