"""Rows of persons whose data are restricted (PIPL arts. 44, 47): stored, and kept out of every statement."""

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, exists
from sqlalchemy.orm import Mapper

from wangge.db.base import Model


def withheld(model: type[Model]) -> ColumnElement[bool] | None:
    """Return the condition that leaves out rows of restricted persons; None where no row of `model` is one's.

    It stands beside the scope and not in it, since it holds for everybody, whoever sees the whole district
    and published rows included. A row is a person's where `__person_key__` or `__ends_with_person__` says so.
    """
    return _condition(model, frozenset(Model.registry.mappers))


@lru_cache(maxsize=1024)
def _condition(model: type[Model], mappers: frozenset[Mapper[Any]]) -> ColumnElement[bool] | None:
    person = _table_of_persons(mappers)
    if person is None or model.__shows_restricted__:
        return None
    if model is person:
        own: ColumnElement[bool] = getattr(model, str(person.__restricted_by__)).is_(None)
        return own
    # Each row asks a partial index of the restricted. NOT IN reads all of them for any page, and where their
    # hash does not fit into PostgreSQL's work_mem, for every row: with 50,000 a count took over 20 s.
    held: Any = person.__table__.alias("held")
    restricted = exists().where(held.c[str(person.__restricted_by__)].is_not(None))
    found = [~restricted.where(held.c.id == getattr(model, name)) for name in _names(model)]
    return and_(*found) if found else None


def _names(model: type[Model]) -> list[str]:
    """Return the attributes of a model that name a person."""
    ending: tuple[str, ...] = getattr(model, "__ends_with_person__", ())
    return sorted({*ending, *([model.__person_key__] if model.__person_key__ else [])} - {"id"})


def _table_of_persons(mappers: frozenset[Mapper[Any]]) -> type[Model] | None:
    """Return the class whose rows are persons; the kit itself knows none."""
    return next((mapper.class_ for mapper in mappers if mapper.class_.__restricted_by__), None)
