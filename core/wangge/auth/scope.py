"""The part of a district that a principal may see; the base programme supplies the form for grids."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from sqlalchemy import ColumnElement, false
from sqlalchemy.sql.elements import BooleanClauseList
from sqlalchemy.sql.operators import and_

from wangge.db.base import Model

if TYPE_CHECKING:
    from wangge.auth.models import Account, RoleGrant
    from wangge.db.session import Database


@dataclass(frozen=True)
class Scope:
    """Which rows a principal may see and change.

    The kit knows only this policy: `everything` is the typed All, to which no filter is applied; without
    it, the default sees nothing at all. A plugin that provides the capability `scope/1` subclasses it.
    """

    everything: bool = False

    def criteria(self, model: type[Model]) -> ColumnElement[bool] | None:
        """Return the filter for reads of `model`; None means that its rows are open to this scope."""
        return None if self.everything or not model.__person_key__ else false()

    def branches(self, model: type[Model]) -> list[ColumnElement[bool]]:
        """Return disjoint conditions that together are the criteria, so that a list can read each in order.

        Fewer than two mean that there is nothing to gain. One OR over several places makes a database sort
        all rows; a page of each place and the best of these pages need no sort.
        """
        return []

    def write_criteria(self, model: type[Model]) -> ColumnElement[bool] | None:
        """Return the filter for updates and deletes of `model`."""
        return self.criteria(model)

    def shape(self) -> Hashable:
        """Return what the text of the criteria depends on; scopes of one shape share prepared statements.

        A subclass that gives less than itself writes every other value into the criteria as a named,
        non-unique `bindparam` and returns it from `parameters`.
        """
        return self

    def parameters(self) -> Mapping[str, Any]:
        """Return the values of the criteria's named parameters, for prepared statements."""
        return {}

    def keys(self, model: type[Model]) -> frozenset[str]:
        """Return the attributes that say to whom a row of `model` belongs; no bulk update sets them."""
        return frozenset({model.__person_key__} if model.__person_key__ else ())

    def contains(self, row: Model) -> bool:
        """Say whether a loaded row lies within the scope."""
        return self.everything or not type(row).__person_key__

    def holds(self, lineage: Sequence[int]) -> bool:
        """Say whether a place lies within the scope; `lineage` as the scope's provider gives it."""
        return self.everything


_COVERED = "wangge_covered"


def covered(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Note on a condition that all rows it holds for lie within the caller's scope.

    A list narrowed by it is not filtered by the scope again: two conditions that say the same mislead the
    database's planner. Only who knows the scope may say so.
    """
    noted: ColumnElement[bool] = condition._annotate({_COVERED: True})
    return noted


def is_covered(condition: ColumnElement[bool]) -> bool:
    """Say whether it is noted on a condition, or on one that it demands."""
    if condition._annotations.get(_COVERED):
        return True
    if isinstance(condition, BooleanClauseList) and condition.operator is and_:
        return any(is_covered(one) for one in condition.clauses)
    return False


EVERYTHING = Scope(everything=True)
NOTHING = Scope()


class ScopeProvider(Protocol):
    """What the capability `scope/1` provides.

    Attributes:
        place_type: GraphQL name of the places, which their ids start with.
    """

    place_type: str

    def nothing(self) -> Scope:
        """Return the scope of someone who may see no scoped row (and, say, no anonymous caller may)."""
        ...

    async def scope_for(self, db: "Database", account: "Account", grants: Sequence["RoleGrant"]) -> Scope:
        """Return the scope that an account's current role grants add up to."""
        ...

    async def lineages(self, db: "Database", place_ids: Collection[UUID]) -> Mapping[UUID, Sequence[int]]:
        """Return the numbers of places, each after those of the places above it; numbers never change."""
        ...

    async def place_by_code(self, db: "Database", code: str) -> UUID | None:
        """Return the place with a code, for the command line."""
        ...

    async def codes_of(self, db: "Database", place_ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Return the codes of places, or the names of those without one, for the command line."""
        ...

    async def place_for_role(self, db: "Database", role: str) -> UUID | None:
        """Return a place at which the demo account of a role may hold it; None for roles without one."""
        ...

    async def person_for_demo(self, db: "Database") -> UUID | None:
        """Return the person whose account the demo resident is, or None where nobody is registered."""
        ...
