"""The base's tables by their names, which is all the kit knows of them, and who may see rows of a table."""

from collections.abc import Iterator
from typing import Any

from wangge.db.base import Model

GRIDS, PEOPLE = "base_grids", "base_people"
FILLED = (
    GRIDS,
    "base_grid_levels",
    "base_grid_functions",
    "base_post_roles",
    "base_processing_purposes",
    "base_calendar_days",
)
"""Tables that a district has filled itself when it was made."""
_DEPTH = "anc_"

Table = type[Any]
"""A model: its attributes are columns of any kind."""


def table(name: str) -> Table:
    """Return the model of a table."""
    return next(one for one in all_tables() if one.__tablename__ == name)


def all_tables() -> list[Table]:
    """Return all models of the process, by the names of their tables."""
    return sorted((one.class_ for one in Model.registry.mappers), key=lambda one: str(one.__tablename__))


def ancestors(model: Table) -> list[str]:
    """Return the attributes in which a row remembers the grids above its own; none where it has no grid."""
    return [one.key for one in model.__mapper__.column_attrs if one.key.startswith(_DEPTH)]


def is_bound(model: Table) -> bool:
    """Say whether rows belong to grids."""
    return "grid_id" in model.__mapper__.column_attrs and bool(ancestors(model))


def is_scoped(model: Table) -> bool:
    """Say whether rows are limited to a scope at all."""
    personal = model.__person_key__ or getattr(model, "__household_key__", None)
    return is_bound(model) or bool(personal)


def pointers(model: Table) -> Iterator[tuple[str, str]]:
    """Yield a model's pointers to other rows: attribute, table."""
    for attribute in model.__mapper__.column_attrs:
        for target in attribute.columns[0].foreign_keys:
            yield attribute.key, str(target.column.table.name)
