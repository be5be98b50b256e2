"""Statements with the filter of a scope, worked out once for those that are kept."""

from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Executable, Select, and_, bindparam, inspect, select
from sqlalchemy.dialects.postgresql import Insert as PostgresInsert
from sqlalchemy.dialects.sqlite import Insert as SqliteInsert
from sqlalchemy.orm import InstrumentedAttribute, Mapper
from sqlalchemy.orm.interfaces import ORMOption
from sqlalchemy.sql.dml import Delete, Insert, Update

from wangge.auth.scope import EVERYTHING, Scope
from wangge.db.base import Model
from wangge.db.statements import ScopeCriteria, UnscopedStatement, beside, refuse_raw, written
from wangge.db.withheld import withheld


def within(scope: Scope, statement: Executable, *, withholding: bool = True) -> Executable:
    """Return a statement with the filter of a scope.

    Args:
        scope: whose rows; everything limits nothing.
        statement: over mapped classes.
        withholding: leave out rows of persons whose data are restricted.
    """
    if scope.everything:
        return _all_of(statement) if withholding else statement
    refuse_raw(statement)
    if isinstance(statement, Insert | PostgresInsert | SqliteInsert):
        raise UnscopedStatement(
            "Add rows with insert(), add() or add_all(): they are checked against the scope."
        )
    if isinstance(statement, Update | Delete):
        if any(scope.criteria(other) is not None for other in beside(statement)):
            raise UnscopedStatement("Choose rows by another class in a subquery, where it is scoped.")
        model = statement.entity_description["entity"]
        if written(statement) & scope.keys(model):
            raise UnscopedStatement("Change to whom rows belong one by one: each is checked then.")
        criteria = scope.write_criteria(model)
        if criteria is not None:
            statement = statement.where(criteria)
    mappers = frozenset(Model.registry.mappers)
    options = _loader_criteria if _is_value(scope) else _loader_criteria.__wrapped__
    return statement.options(*options(scope, mappers, withholding))


def _all_of(statement: Executable) -> Executable:
    """Return a statement over all rows but withheld ones; the platform's own text stays as it is."""
    if not isinstance(statement, Select | Update | Delete):
        return statement
    return statement.options(*_loader_criteria(EVERYTHING, frozenset(Model.registry.mappers), True))


def _is_value(scope: Scope) -> bool:
    """Say whether scopes of this class are equal only where all they hold is: what is kept is shared then.

    A subclass that is no dataclass itself inherits a comparison that leaves out what it adds.
    """
    return "__dataclass_params__" in vars(type(scope))


def kept_within(scope: Scope, statement: Select[Any], *, withholding: bool = True) -> Executable:
    """Return a statement that is built once, with the filter of a scope; `withholding` as `within` has it."""
    if not _is_value(scope):
        return within(scope, statement, withholding=withholding)
    return _kept(EVERYTHING if scope.everything else scope, statement, withholding)


@lru_cache(maxsize=256)
def _kept(scope: Scope, statement: Select[Any], withholding: bool) -> Executable:
    return within(scope, statement, withholding=withholding)


@lru_cache(maxsize=64)
def _loader_criteria(
    scope: Scope, mappers: frozenset[Mapper[Any]], withholding: bool
) -> tuple[ORMOption, ...]:
    """Return what filters each occurrence of a class; programmes loaded later bring more classes."""
    found = []
    for mapper in mappers:
        held = withheld(mapper.class_) if withholding else None
        parts = [one for one in (scope.criteria(mapper.class_), held) if one is not None]
        if parts:
            criteria = parts[0] if len(parts) == 1 else and_(*parts)
            found.append(ScopeCriteria(mapper.class_, criteria, include_aliases=True))
    return tuple(found)


@lru_cache(maxsize=512)
def by_key(model: type[Model], *, lock: bool = False) -> Select[Any]:
    """Return the statement that reads a row by its key, as it is now where it is to be locked."""
    statement = select(model).where(_key_of(model) == bindparam("key"))
    if not lock:
        return statement
    return statement.with_for_update().execution_options(populate_existing=True)


def _key_of(model: type[Model]) -> InstrumentedAttribute[Any]:  # of whatever type the key is
    """Return the mapped attribute of a table's key: statements go over mapped classes, these included."""
    mapper = inspect(model)
    found = mapper.get_property_by_column(mapper.primary_key[0]).class_attribute
    return cast("InstrumentedAttribute[Any]", found)
