"""The scope of a principal in the grid tree, and the mixin of every row that belongs to a grid."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    Select,
    Uuid,
    bindparam,
    false,
    inspect,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from wangge import Model, NotFound, Scope

MAX_DEPTH = 6
"""Levels below the district's root that rows remember. Deeper trees are refused by `rules`."""

ANCESTORS = tuple(f"anc_{depth}" for depth in range(1, MAX_DEPTH + 1))
"""The columns of the ancestors, outermost first."""

_HELD = "wangge_schema.held_grid"

_HOMES = ("household", "dwelling")


@dataclass(frozen=True)
class Place:
    """A grid as a scope names it: its depth below the root and its number in the district."""

    depth: int
    number: int


@dataclass(frozen=True)
class GridScope(Scope):
    """Part of the tree (staff), or a person with household and wards (residents).

    `everything` is the typed All: a district-wide principal, to whom no filter is applied. With no place
    and no person nothing is visible.
    """

    places: tuple[Place, ...] = ()
    person_ids: frozenset[UUID] = field(default_factory=frozenset)
    household_ids: frozenset[UUID] = field(default_factory=frozenset)
    dwelling_ids: frozenset[UUID] = field(default_factory=frozenset)

    def criteria(self, model: type[Model]) -> ColumnElement[bool] | None:
        """Return the filter for reads of `model`, or None where its rows are open to this scope."""
        if self.everything or not is_scoped(model) or model.__published__:
            return None
        return self._filter(model)

    def branches(self, model: type[Model]) -> list[ColumnElement[bool]]:
        """Return a condition for each place: none of them lies below another."""
        if self.criteria(model) is None or not issubclass(model, GridBound) or self._personal(model):
            return []
        return self._in_places(model)

    def write_criteria(self, model: type[Model]) -> ColumnElement[bool] | None:
        """Return the filter for updates and deletes of `model`; published rows are scoped here too."""
        if self.everything or not is_scoped(model):
            return None
        return self._filter(model)

    def shape(self) -> Hashable:
        """Return what the criteria's text depends on: depths of the places, numbers of ids."""
        return self._shape

    @cached_property
    def _shape(self) -> Hashable:
        depths = tuple(place.depth for place in self.places)
        return ("grids", self.everything, depths, *(len(ids) for ids in self._homes().values()))

    @property
    def place_names(self) -> list[str]:
        """Names of the places' parameters, in their order."""
        return [f"scope_place_{at}" for at in range(len(self.places))]

    def parameters(self) -> Mapping[str, Any]:
        """Return the numbers of the places, and the ids."""
        return self._parameters

    @cached_property
    def _parameters(self) -> Mapping[str, Any]:
        numbers = {name: place.number for name, place in zip(self.place_names, self.places, strict=True)}
        return {**numbers, **{f"scope_{name}": sorted(ids) for name, ids in self._homes().items()}}

    def _homes(self) -> dict[str, frozenset[UUID]]:
        return {
            "person": self.person_ids,
            "household": self.household_ids,
            "dwelling": self.dwelling_ids,
        }

    def _filter(self, model: type[Model]) -> ColumnElement[bool]:
        parts = self._in_places(model) if issubclass(model, GridBound) else []
        return or_(false(), *parts, *self._personal(model))

    def _in_places(self, model: type[Model]) -> list[ColumnElement[bool]]:
        return [
            getattr(model, f"anc_{place.depth}") == bindparam(name, place.number, Integer)
            for place, name in zip(self.places, self.place_names, strict=True)
        ]

    def _personal(self, model: type[Model]) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        for name, ids in self._homes().items():
            attribute = getattr(model, f"__{name}_key__", None)
            if attribute and ids:
                wanted = bindparam(f"scope_{name}", sorted(ids), Uuid, expanding=True)
                found.append(getattr(model, attribute).in_(wanted))
        return found

    def keys(self, model: type[Model]) -> frozenset[str]:
        """Return the attributes that bind a row to a grid, a person, a household or a dwelling."""
        personal = (model.__person_key__, *(getattr(model, f"__{name}_key__", None) for name in _HOMES))
        grid = ("grid_id", *ANCESTORS)
        found = {name for name in personal if name}
        return frozenset(found.union(grid) if issubclass(model, GridBound) else found)

    def contains(self, row: Model) -> bool:
        """Say whether a loaded row lies within the scope."""
        model = type(row)
        if self.everything or not is_scoped(model):
            return True
        if isinstance(row, GridBound) and any(
            getattr(row, f"anc_{place.depth}") == place.number for place in self.places
        ):
            return True
        return any(
            attribute and getattr(row, attribute) in ids
            for attribute, ids in (
                (model.__person_key__, self.person_ids),
                (getattr(model, "__household_key__", None), self.household_ids),
                (getattr(model, "__dwelling_key__", None), self.dwelling_ids),
            )
        )

    def holds(self, lineage: Sequence[int]) -> bool:
        """Say whether a grid lies within the scope, by its own number and those of its ancestors."""
        return self.everything or any(place.number in lineage for place in self.places)


def is_scoped(model: type[Model]) -> bool:
    """Say whether rows of `model` are limited to a scope at all."""
    return issubclass(model, GridBound) or bool(
        model.__person_key__ or getattr(model, "__household_key__", None)
    )


@dataclass(frozen=True)
class HeldGrid:
    """A grid that this transaction has read with a share lock: it cannot move until the transaction ends."""

    id: UUID
    ancestors: tuple[int | None, ...]
    """The numbers that rows bound to it take over, as `ANCESTORS` names them."""


@lru_cache(maxsize=1)
def _ancestors() -> Select[Any]:
    """Return the statement that reads and holds the ancestors of a grid."""
    from wangge_schema.grids.models import Grid  # the models import this module

    columns = [Grid.__table__.c[name] for name in ANCESTORS]
    held = select(*columns).where(Grid.__table__.c.id == bindparam("id"))
    return held.with_for_update(read=True, key_share=True)


class GridBound:
    """Put this on a model whose rows belong to a grid.

    It adds `grid_id` and, for each depth, the number of the grid's ancestor there (`anc_1` … `anc_6`), so
    that a scope is one equality over an index. Set `grid_id` alone; the rest follows when the row is flushed,
    and when the grid moves. When grids are split, merged or redrawn, rows with a `dwelling_id` follow their
    dwelling, rows of models that set `__follows_person__` their person; all others go to the first
    successor, except where a model sets `__stays_with_grid__`: its rows stay as history.
    """

    __grid_ondelete__: ClassVar[str] = "CASCADE"

    __counted_with__: ClassVar[tuple[str, ...]] = ()
    """Columns by which every read is filtered; in the scope's indexes, so that a count reads one alone."""

    anc_1: Mapped[int | None] = mapped_column(Integer, sort_order=81)
    anc_2: Mapped[int | None] = mapped_column(Integer, sort_order=82)
    anc_3: Mapped[int | None] = mapped_column(Integer, sort_order=83)
    anc_4: Mapped[int | None] = mapped_column(Integer, sort_order=84)
    anc_5: Mapped[int | None] = mapped_column(Integer, sort_order=85)
    anc_6: Mapped[int | None] = mapped_column(Integer, sort_order=86)

    @declared_attr
    def grid_id(cls) -> Mapped[UUID]:
        """The grid the row belongs to."""
        return mapped_column(
            ForeignKey("base_grids.id", ondelete=cls.__grid_ondelete__), index=True, sort_order=80
        )

    async def fill_derived(self, session: AsyncSession) -> None:
        """Take over the ancestors of the grid, when the row is new or has changed its grid.

        The grid is read with a share lock, so that it cannot move while the row is being written.
        """
        if not inspect(self).attrs.grid_id.history.has_changes():
            return

        held: HeldGrid | None = inspect(self).info.pop(_HELD, None)
        if held is None or held.id != self.grid_id:
            found = await session.execute(_ancestors(), {"id": self.grid_id})
            ancestors = found.one_or_none()
            if ancestors is None:
                raise NotFound("Grid", path=("grid",))
            held = HeldGrid(self.grid_id, tuple(ancestors))
        for name, number in zip(ANCESTORS, held.ancestors, strict=True):
            setattr(self, name, number)

    def belong_to(self, grid: HeldGrid) -> None:
        """Bind the row to a grid that this transaction has read and holds, so that it is not read again."""
        self.grid_id = grid.id
        inspect(self).info[_HELD] = grid

    def __init_subclass__(cls, **kwargs: object) -> None:
        """Map the class, then add the indexes that make a scope a range of keys."""
        super().__init_subclass__(**kwargs)
        table = getattr(cls, "__table__", None)
        if table is None or "anc_1" not in table.c:
            return
        for depth in range(1, MAX_DEPTH + 1):
            ancestor = table.c[f"anc_{depth}"]
            present = ancestor.is_not(None)
            name = f"ix_{table.name}_anc_{depth}"
            columns = (ancestor, table.c.id, *(table.c[one] for one in cls.__counted_with__))
            Index(name, *columns, sqlite_where=present, postgresql_where=present)
