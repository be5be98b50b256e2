"""How rows of a connection belong to the object it hangs on: by a foreign key, or over a link table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import InstrumentedAttribute

from wangge.auth.scope import Scope


class Outer(Protocol):
    """The object that a connection hangs on, inside a statement."""

    def __call__(self, attribute: str) -> ColumnElement[Any]:
        """Return one of its columns."""
        ...


@dataclass(frozen=True)
class Branch:
    """One of the disjoint ways in which rows belong to an object, as SQL.

    Attributes:
        condition: on the listed rows, over the mapped classes.
        gate: on the object alone; the branch is empty where it does not hold. None always holds.
    """

    condition: ColumnElement[bool]
    gate: ColumnElement[bool] | None = None


class Via(Protocol):
    """How rows of a connection belong to the object it hangs on."""

    def branches(self, outer: Outer) -> list[Branch]:
        """Return the ways as conditions inside one statement, for SQL plans."""
        ...

    def covered(self, outer: Outer, scope: Scope) -> ColumnElement[bool] | None:
        """Return a condition on the object under which all its rows lie within a scope, if there is one.

        Counts leave the scope's filter out where it holds, which lets them read an index alone.
        """
        ...

    def split(self, parents: Sequence[Any]) -> list[tuple[ColumnElement[Any], dict[Any, list[int]]]]:
        """Return, per column to match on, the value → positions of the parents that have it."""
        ...

    def join(self, statement: Select[Any], model: Any) -> Select[Any]:  # model: a mapped class
        """Add what the columns of `split` need to a statement over `model`, the listed table."""
        ...


@dataclass(frozen=True)
class KeyVia:
    """Rows whose foreign key holds the parent's id."""

    column: InstrumentedAttribute[Any]
    of: str = "id"

    def covered(self, outer: Outer, scope: Scope) -> ColumnElement[bool] | None:
        """Know nothing of scopes."""
        return None

    def branches(self, outer: Outer) -> list[Branch]:
        """Match the foreign key."""
        return [Branch(self.column == outer(self.of))]

    def split(self, parents: Sequence[Any]) -> list[tuple[ColumnElement[Any], dict[Any, list[int]]]]:
        """Match the foreign key."""
        positions: dict[Any, list[int]] = {}
        for position, parent in enumerate(parents):
            positions.setdefault(getattr(parent, self.of), []).append(position)
        return [(self.column.expression, positions)]

    def join(self, statement: Select[Any], model: Any) -> Select[Any]:  # model: a mapped class
        """Need nothing more."""
        return statement


@dataclass(frozen=True)
class LinkVia(KeyVia):
    """Rows that a link table ties to the parent."""

    target: InstrumentedAttribute[Any] | None = None
    only: ColumnElement[bool] | None = None

    def join(self, statement: Select[Any], model: Any) -> Select[Any]:  # model: a mapped class
        """Join the link table."""
        assert self.target is not None  # through() gives it
        statement = statement.join(self.target.class_, self.target == model.id)
        return statement if self.only is None else statement.where(self.only)


def through(
    parent: InstrumentedAttribute[Any],
    target: InstrumentedAttribute[Any],
    only: ColumnElement[bool] | None = None,
) -> Via:
    """Return a way over a link table.

    Args:
        parent: its column for the object the connection hangs on.
        target: its column for the listed row.
        only: which links count; at most one such link may tie the same two.
    """
    return LinkVia(parent, target=target, only=only)
