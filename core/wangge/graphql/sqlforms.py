"""SQL forms of fields that have a Python resolver, so that selections with them still are one statement."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement

from wangge.db.base import Model

Expression = Callable[[Any], ColumnElement[Any]]
"""Takes the mapped class of the row and returns the field's value over its columns."""


@dataclass(frozen=True)
class Rows:
    """The rows that a field leads to, as its resolver would return them.

    Attributes:
        model: the table of the type that the field leads to.
        condition: called with the mapped class of the row the field hangs on (none for a root field) and the
            field's arguments by their Python names; returns the condition on `model` that finds the rows.
            It looks at the database in no other way, and raises for bad arguments as the resolver does.
        order_by: the stated order; the id decides ties.
        first: the field is one object, the first of them, or null.
    """

    model: type[Model]
    condition: Callable[..., ColumnElement[bool]]
    order_by: tuple[Any, ...] = ()
    first: bool = False
