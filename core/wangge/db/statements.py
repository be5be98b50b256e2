"""What the scope needs to know of statements: whether it reaches all of one, and how it meets aliases."""

from collections.abc import Iterable, Iterator
from typing import Any, cast

from sqlalchemy import Column, Executable, Table
from sqlalchemy.orm import Mapper
from sqlalchemy.orm.util import AliasedInsp, LoaderCriteriaOption
from sqlalchemy.sql.dml import Delete, Update
from sqlalchemy.sql.elements import ClauseElement, ColumnClause, ColumnElement, TextClause
from sqlalchemy.sql.selectable import Alias, FromClause, Select, SelectBase, TableClause, TextualSelect
from sqlalchemy.sql.visitors import HasTraverseInternals

from wangge.db.base import Model


class UnscopedStatement(TypeError):
    """Raise when a statement goes around the mapped classes, where no scope could be applied."""


class ScopeCriteria(LoaderCriteriaOption):
    """`with_loader_criteria` that filters the alias itself wherever a class occurs under one.

    SQLAlchemy adapts fixed criteria to aliases it selects from, not to those it joins, where the filter
    would fall on the class beside the alias and leave the alias open.
    """

    _traverse_internals = LoaderCriteriaOption._traverse_internals  # statements are cached by what it holds

    def _resolve_where_criteria(self, ext_info: Any) -> ColumnElement[bool]:  # a Mapper or an AliasedInsp
        criteria = super()._resolve_where_criteria(ext_info)
        if not ext_info.is_aliased_class:
            return criteria
        return cast("ColumnElement[bool]", ext_info._adapter.traverse(criteria))


def refuse_raw(statement: Executable) -> None:
    """Refuse statements in which text, a table or a column stands by itself and not as its mapped class.

    Raises:
        UnscopedStatement: naming what to write instead.
    """
    seen: set[int] = set()
    waiting: list[ClauseElement] = [cast("ClauseElement", statement)]
    while waiting:
        element = waiting.pop()
        if id(element) in seen:
            continue
        seen.add(id(element))
        if isinstance(element, TextClause | TextualSelect):
            raise UnscopedStatement("Write the statement over mapped classes: text cannot be scoped.")
        waiting += _within(element)


def beside(statement: Update | Delete) -> set[type[Model]]:
    """Return the classes that an UPDATE or DELETE names beside its own, outside of subqueries."""
    waiting: list[Any] = [*statement._where_criteria]  # expressions
    waiting += (getattr(statement, "_values", None) or {}).values()
    found: set[type[Model]] = set()
    while waiting:
        element = waiting.pop()
        if isinstance(element, ClauseElement) and not isinstance(element, SelectBase):
            entity = element._annotations.get("parententity")
            if entity is not None:
                found.add(entity.mapper.class_)
            waiting += element.get_children()
    return found - {statement.entity_description["entity"]}


def written(statement: Update | Delete) -> set[str]:
    """Return the attributes that an UPDATE sets."""
    values: dict[Any, Any] = getattr(statement, "_values", None) or {}
    return {str(getattr(column, "key", column)) for column in values}


def _within(element: ClauseElement) -> Iterator[ClauseElement]:
    """Return what must be looked at below an element.

    Raises:
        UnscopedStatement: when the element itself is a raw table or a column of one.
    """
    entity = element._annotations.get("parententity")
    if entity is not None and isinstance(element, FromClause | ColumnClause):
        yield from _beneath(entity)
        return
    if isinstance(element, TableClause):
        raise _raw(element)
    if isinstance(element, ColumnClause) and element.table is not None:
        yield element.table
    if isinstance(element, Select):
        yield from _written(element)
    elif not isinstance(element, Column):
        yield from element.get_children()


def _beneath(entity: Mapper[Any] | AliasedInsp[Any]) -> Iterator[ClauseElement]:
    """Return the statement that an aliased class stands on, where it is not the class's own table."""
    selectable: Any = entity.selectable
    if isinstance(selectable, Table):
        return
    if isinstance(selectable, Alias) and isinstance(selectable.element, Table):
        if selectable.element is not entity.mapper.local_table:
            raise _raw(selectable.element)
        return
    yield from selectable.get_children()


def _written(statement: Select[Any]) -> Iterator[ClauseElement]:
    """Return the parts of a SELECT as they were written, without the tables that columns imply."""
    omitted = ("_correlate", "_correlate_except")
    children = HasTraverseInternals.get_children(statement, omit_attrs=omitted)
    yield from cast("Iterable[ClauseElement]", children)


def _raw(table: TableClause) -> UnscopedStatement:
    return UnscopedStatement(f"Select the mapped class, not the table, of {table.name}.")
